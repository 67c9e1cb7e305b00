using Microsoft.EntityFrameworkCore.Storage.ValueConversion;
using Rag.Web.Assistants;
using Rag.Web.Chat;

namespace Rag.Web.Data;

internal sealed class AssistantIdConverter() : ValueConverter<AssistantId, Guid>(id => id.Value, value => new AssistantId(value));

internal sealed class ConversationIdConverter() : ValueConverter<ConversationId, Guid>(id => id.Value, value => new ConversationId(value));

internal sealed class TurnIdConverter() : ValueConverter<TurnId, Guid>(id => id.Value, value => new TurnId(value));

/// <summary>Instants are stored as UTC and come back as UTC; SQLite keeps no kind.</summary>
internal sealed class UtcConverter() : ValueConverter<DateTime, DateTime>(
    instant => instant, stored => DateTime.SpecifyKind(stored, DateTimeKind.Utc));
