using Microsoft.EntityFrameworkCore;
using Rag.Web.Access;
using Rag.Web.Assistants;
using Rag.Web.Data;

namespace Rag.Web.Chat;

public sealed record ConversationSummary(ConversationId Id, string Title, DateTime LastMessageAt);

/// <param name="State">Waiting and Answering only while the answer is in the making.</param>
public sealed record TurnSnapshot(TurnId Id, string Question, DateTime AskedAt, TurnState State, StoredAnswer? Answer, int? Feedback);

/// <param name="IsOwner">The caller owns the assistant; else the caller is a guest.</param>
/// <param name="SourcesAllowed">Whether the caller may open the cited pages.</param>
public sealed record ChatHead(
    AssistantId Assistant, string Name, IReadOnlyList<string> Starters, bool IsOwner, bool SourcesAllowed, DateTime? LinkExpiresAt, int? MessagesLeft);

public sealed record ConversationView(ConversationId Id, AssistantId Assistant, string Title, IReadOnlyList<TurnSnapshot> Turns);

/// <summary>A caller's own conversations. Nobody sees another's: not the owner a guest's, not a guest the owner's.</summary>
internal sealed class ConversationStore(AccessPolicy policy, IDbContextFactory<AppDbContext> contexts, AnswerRunner runner)
{
    /// <summary>What stands around a chat; null for an assistant that the caller may not use.</summary>
    public async Task<ChatHead?> FindHeadAsync(Caller caller, AssistantId assistant, CancellationToken cancel) =>
        await policy.FindAssistantAsync(caller, assistant, AssistantRight.Chat, cancel) is { } grant
            ? new ChatHead(
                assistant, grant.Assistant.Name, [.. grant.Assistant.Starters], grant.IsOwner, grant.SourcesAllowed, grant.Link?.ExpiresAt,
                grant.Link is { MessageCap: { } cap } link ? Math.Max(0, cap - link.MessagesUsed) : null)
            : null;

    /// <summary>Newest first; null for an assistant that the caller may not use.</summary>
    public async Task<IReadOnlyList<ConversationSummary>?> ListAsync(Caller caller, AssistantId assistant, CancellationToken cancel)
    {
        if (await policy.FindAssistantAsync(caller, assistant, AssistantRight.Chat, cancel) is not { } grant)
        {
            return null;
        }

        var user = grant.IsOwner ? caller.User?.Value : null;
        var guest = grant.IsOwner ? null : caller.Guest?.Value;
        await using var db = await contexts.CreateDbContextAsync(cancel);
        return await db.Conversations.AsNoTracking()
            .Where(c => c.AssistantId == assistant && ((user != null && c.OwnerId == user) || (guest != null && c.GuestId == guest)))
            .OrderByDescending(c => c.LastMessageAt)
            .Select(c => new ConversationSummary(c.Id, c.Title, c.LastMessageAt))
            .ToListAsync(cancel);
    }

    public async Task<ConversationView?> FindAsync(Caller caller, ConversationId id, CancellationToken cancel)
    {
        if (await policy.FindConversationAsync(caller, id, cancel) is not { } grant)
        {
            return null;
        }

        await using var db = await contexts.CreateDbContextAsync(cancel);
        var turns = await db.Turns.AsNoTracking().Where(t => t.ConversationId == id).OrderBy(t => t.Ordinal).ToListAsync(cancel);
        return new ConversationView(id, grant.Conversation.AssistantId, grant.Conversation.Title,
            [.. turns.Select(t => new TurnSnapshot(t.Id, t.Question, t.AskedAt, t.State, Readable(t.AnswerJson, grant.Assistant), t.Feedback))]);
    }

    /// <summary>A stored answer as the caller may see it now, whatever was so when it was given.</summary>
    internal static StoredAnswer? Readable(string? json, AssistantGrant grant) =>
        grant.DropsUnsupported ? StoredAnswer.Parse(json)?.WithoutUnsupported() : StoredAnswer.Parse(json);

    /// <summary>Deletes the conversation with its answers; an answer in the making is stopped.</summary>
    public async Task<bool> DeleteAsync(Caller caller, ConversationId id, CancellationToken cancel)
    {
        if (await policy.FindConversationAsync(caller, id, cancel) is null)
        {
            return false;
        }

        await using var db = await contexts.CreateDbContextAsync(cancel);
        foreach (var turn in await db.Turns.Where(t => t.ConversationId == id).Select(t => t.Id).ToListAsync(cancel))
        {
            runner.Find(turn)?.Stop(StopReason.ByReader);
        }

        return await db.Conversations.Where(c => c.Id == id).ExecuteDeleteAsync(cancel) > 0;
    }

    /// <param name="feedback">1 helpful, -1 not, null takes it back.</param>
    public async Task<bool> GiveFeedbackAsync(Caller caller, TurnId turn, int? feedback, CancellationToken cancel)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Math.Abs(feedback ?? 1), 1);
        ArgumentOutOfRangeException.ThrowIfEqual(feedback ?? 1, 0);
        await using var db = await contexts.CreateDbContextAsync(cancel);
        var conversation = await db.Turns.Where(t => t.Id == turn).Select(t => (ConversationId?)t.ConversationId).FirstOrDefaultAsync(cancel);
        return conversation is { } id
            && await policy.FindConversationAsync(caller, id, cancel) is not null
            && await db.Turns.Where(t => t.Id == turn).ExecuteUpdateAsync(row => row.SetProperty(t => t.Feedback, feedback), cancel) > 0;
    }

    /// <summary>
    /// Takes a deleted file's words out of all stored answers of its assistant. Call after the file was deleted; only its owner's act leads here.
    /// </summary>
    public async Task ForgetDocumentAsync(Caller owner, AssistantId assistant, Guid document, CancellationToken cancel)
    {
        if (await policy.FindAssistantAsync(owner, assistant, AssistantRight.Manage, cancel) is null)
        {
            return;
        }

        await using var db = await contexts.CreateDbContextAsync(cancel);
        var id = document.ToString("D");
        var turns = await db.Turns.AsNoTracking()
            .Where(t => t.Conversation!.AssistantId == assistant && t.AnswerJson != null && t.AnswerJson.Contains(id))
            .Select(t => new { t.Id, t.AnswerJson }).ToListAsync(cancel);
        foreach (var turn in turns)
        {
            var json = StoredAnswer.Parse(turn.AnswerJson)?.Without(document).ToJson();
            await db.Turns.Where(t => t.Id == turn.Id).ExecuteUpdateAsync(row => row.SetProperty(t => t.AnswerJson, json), cancel);
        }
    }
}
