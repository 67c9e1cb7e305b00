namespace Rag.Web.Chat;

/// <summary>What happens while an answer is made, in order. A page that joins late gets all parts from the first.</summary>
public abstract record AnswerPart
{
    private AnswerPart()
    {
    }

    public sealed record Searching : AnswerPart;

    /// <summary>A reading of every passage is on its way.</summary>
    /// <param name="ByModel">The chat model reads them; else the server alone.</param>
    public sealed record Reading(int Done, int Total, bool ByModel) : AnswerPart;

    /// <summary>The quotes (or the server's own words) are there; the model has written nothing yet.</summary>
    public sealed record EvidenceReady(StoredAnswer Answer) : AnswerPart;

    /// <param name="Ahead">Answers before this one; 0 = the model reads the prompt.</param>
    /// <param name="Wait">Estimated from recent answers; null while there is no honest estimate.</param>
    public sealed record InQueue(int Ahead, TimeSpan? Wait) : AnswerPart;

    /// <summary>More of the model's text, without made-up citation numbers.</summary>
    public sealed record TextDelta(string Text) : AnswerPart;

    /// <summary>The model's sentences were checked against the passages.</summary>
    public sealed record SentencesChecked(StoredAnswer Answer) : AnswerPart;

    /// <summary>The last part. What it carries is stored.</summary>
    /// <param name="State">Done, Stopped, Interrupted or Failed.</param>
    public sealed record Ended(TurnState State, StoredAnswer Answer) : AnswerPart;
}
