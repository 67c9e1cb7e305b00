using System.Globalization;
using System.Text;

namespace Rag.Web.Chat;

/// <summary>One question on the screen, with what is known of its answer by now.</summary>
public sealed class TurnView(TurnId id, string question)
{
    private readonly StringBuilder text = new();

    public TurnId Id { get; } = id;

    public string Question { get; } = question;

    public TurnState State { get; private set; } = TurnState.Waiting;

    /// <summary>Null before the quotes are there.</summary>
    public StoredAnswer? Answer { get; private set; }

    public int? Feedback { get; set; }

    public bool IsLive => State is TurnState.Waiting or TurnState.Answering;

    /// <summary>The model's words as far as they came. Untrusted Markdown.</summary>
    public string ModelText => Answer?.ModelText ?? text.ToString();

    /// <summary>Which the words are checked; null while they are written.</summary>
    public IReadOnlyList<CheckedSentence>? Sentences => Answer?.Sentences;

    /// <summary>What the reader waits for, in words; null when there is nothing to say.</summary>
    public string? Waiting { get; private set; } = "Searching …";

    /// <summary>How much of everything is read; null where that is not what happens.</summary>
    public (int Done, int Total)? Progress { get; private set; }

    public static TurnView From(TurnSnapshot turn)
    {
        var view = new TurnView(turn.Id, turn.Question) { State = turn.State, Answer = turn.Answer, Feedback = turn.Feedback };
        view.Waiting = view.IsLive ? view.Waiting : null;
        return view;
    }

    /// <summary>Starts anew: another wording was asked for, or all parts of a live answer come again.</summary>
    public void Restart()
    {
        (State, Answer, Feedback, Waiting, Progress) = (TurnState.Waiting, null, null, "Searching …", null);
        text.Clear();
    }

    /// <returns>What a screen reader should say; null when nothing new can be heard.</returns>
    public string? Apply(AnswerPart part)
    {
        switch (part)
        {
            case AnswerPart.Reading reading:
                var begins = Progress is null || reading.Done == 0;
                (State, Progress) = (TurnState.Answering, (reading.Done, reading.Total));
                Waiting = string.Create(CultureInfo.InvariantCulture, $"{(reading.ByModel ? "The model reads: " : "")}read {reading.Done:N0} of {reading.Total:N0} passages");
                return begins ? string.Create(CultureInfo.InvariantCulture, $"Reading all {reading.Total:N0} passages.") : null;
            case AnswerPart.EvidenceReady ready:
                (State, Answer, Progress) = (TurnState.Answering, ready.Answer, null);
                Waiting = ready.Answer.Kind == AnswerKind.FromFiles ? "The model reads the passages …" : null;
                return ready.Answer.Kind switch
                {
                    AnswerKind.FromFiles => string.Create(CultureInfo.InvariantCulture, $"{ready.Answer.Quotes} quotes found. The model is answering."),
                    AnswerKind.WholeFiles => ready.Answer.Text ?? string.Create(CultureInfo.InvariantCulture, $"{ready.Answer.Quotes} sentences chosen from all passages."),
                    _ => ready.Answer.Text,
                };
            case AnswerPart.InQueue { Ahead: > 0 } queue:
                Waiting = queue.Wait is { } wait
                    ? string.Create(CultureInfo.InvariantCulture, $"{queue.Ahead} ahead of you, about {Math.Max(1, Math.Round(wait.TotalSeconds)):0} s")
                    : string.Create(CultureInfo.InvariantCulture, $"{queue.Ahead} ahead of you");
                return null;
            case AnswerPart.InQueue:
                Waiting = "The model reads the passages …";
                return null;
            case AnswerPart.TextDelta delta:
                text.Append(delta.Text);
                Waiting = Progress is null ? null : Waiting;
                return null;
            case AnswerPart.SentencesChecked check:
                Answer = check.Answer;
                return null;
            case AnswerPart.Ended ended:
                (State, Answer, Waiting, Progress) = (ended.State, ended.Answer, null, null);
                return ended.State == TurnState.Done ? "The answer is complete." : Words(ended.State);
            default:
                return null;
        }
    }

    /// <summary>One sentence about an answer that did not end by itself; null for others.</summary>
    public static string? Words(TurnState state) => state switch
    {
        TurnState.Stopped => "You stopped this answer.",
        TurnState.Interrupted => "This answer was interrupted before it was complete. Your question is kept; make it again for a whole one.",
        _ => null,
    };
}
