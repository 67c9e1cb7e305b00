using Rag.Web.Assistants;

namespace Rag.Web.Chat;

public readonly record struct ConversationId(Guid Value)
{
    public static ConversationId New() => new(Guid.CreateVersion7());
    public override string ToString() => Value.ToString("N");
}

public readonly record struct TurnId(Guid Value)
{
    public static TurnId New() => new(Guid.CreateVersion7());
    public override string ToString() => Value.ToString("N");
}

/// <summary>A chat of one person, or of one guest, with one assistant.</summary>
public sealed class Conversation
{
    public ConversationId Id { get; init; }

    public AssistantId AssistantId { get; init; }

    public Assistant? Assistant { get; init; }

    /// <summary>Exactly one of <see cref="OwnerId"/> and <see cref="GuestId"/> is set.</summary>
    public string? OwnerId { get; init; }

    public Guid? GuestId { get; init; }

    /// <summary>The link a guest came by.</summary>
    public Guid? LinkId { get; init; }

    public string Title { get; set; } = "";

    public DateTime CreatedAt { get; init; }

    public DateTime LastMessageAt { get; set; }

    public List<Turn> Turns { get; init; } = [];
}

public enum TurnState
{
    Waiting,
    Answering,
    Done,
    Stopped,

    /// <summary>The server went away in the middle; what was written so far is kept.</summary>
    Interrupted,
    Failed,
}

/// <summary>One question and its answer, with everything that the answer used.</summary>
public sealed class Turn
{
    public TurnId Id { get; init; }

    public ConversationId ConversationId { get; init; }

    public Conversation? Conversation { get; init; }

    /// <summary>Place in the conversation, from 1.</summary>
    public int Ordinal { get; init; }

    public required string Question { get; init; }

    public DateTime AskedAt { get; init; }

    public TurnState State { get; set; }

    /// <summary>The answer's snapshot as JSON (<c>StoredAnswer</c>): evidence, passages, quotes, boxes, model, prompt hash, timings.</summary>
    public string? AnswerJson { get; set; }

    /// <summary>1 helpful, -1 not; null = not said.</summary>
    public int? Feedback { get; set; }
}
