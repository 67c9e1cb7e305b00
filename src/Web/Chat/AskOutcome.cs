namespace Rag.Web.Chat;

public enum AskRefusal
{
    Empty,
    TooLong,

    /// <summary>The link's messages are used up.</summary>
    CapReached,

    /// <summary>Too many questions in a short time; later it works.</summary>
    TooFast,

    /// <summary>An answer in this conversation, or too many of this caller's, are still in the making.</summary>
    StillAnswering,
}

/// <summary>What became of a question.</summary>
public abstract record AskOutcome
{
    private AskOutcome()
    {
    }

    /// <summary>The question is stored and its answer is in the making; watch it by its turn.</summary>
    public sealed record Accepted(ConversationId Conversation, TurnId Turn) : AskOutcome;

    /// <param name="Sentence">For the person: what happened and what to do. The question was not stored.</param>
    /// <param name="RetryAfter">When it will work, where waiting helps.</param>
    public sealed record Refused(AskRefusal Reason, string Sentence, TimeSpan? RetryAfter = null) : AskOutcome;

    /// <summary>Missing and foreign assistants, conversations and turns alike.</summary>
    public sealed record NotFound : AskOutcome;
}
