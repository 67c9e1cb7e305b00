using System.Text.Json.Serialization;
using Rag.Web.Chat.Whole;

namespace Rag.Web.Chat;

/// <summary>A question by HTTP. Unknown fields are refused: nobody can name a model, a file or another caller.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record AskRequest(string Question);

/// <param name="Feedback">1 helpful, -1 not, null takes it back.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record FeedbackRequest(int? Feedback);

public sealed record ConversationItem(Guid Id, string Title, DateTime LastMessageAt);

public sealed record ConversationReply(Guid Id, Guid Assistant, string Title, IReadOnlyList<TurnReply> Turns);

public sealed record TurnReply(Guid Id, string Question, DateTime AskedAt, TurnState State, AnswerReply? Answer, int? Feedback);

/// <param name="Number">Open it by <c>/api/v1/turns/{turn}/sources/{number}</c>.</param>
/// <param name="Shown">Shown as a quote above the answer; else it only supports a sentence.</param>
public sealed record CitationReply(int Number, string Title, int Page, string? PageLabel, string Quote, string? Caption, bool Shown);

/// <param name="Citation">Null: no passage supports this sentence.</param>
public sealed record SentenceReply(string Text, int? Citation);

/// <param name="Citation">Number of its quote among the answer's citations.</param>
public sealed record WholePointReply(int Citation, string? Value, int Places);

public sealed record WholeSectionReply(string Title, string? Heading, IReadOnlyList<WholePointReply> Points);

/// <summary>An answer that read every passage: <paramref name="Read"/> of <paramref name="Passages"/>.</summary>
/// <param name="Found">All different ones found; the sections may hold fewer.</param>
public sealed record WholeReply(
    WholeTask Task, string? Subject, int Read, int Passages, int Files, int Found, int Places, string Coverage, IReadOnlyList<WholeSectionReply> Sections);

/// <param name="ByWordsAlone">The search compared words and no meanings, because another embedding model was taking over.</param>
public sealed record AnswerReply(
    AnswerKind Kind, string? Text, IReadOnlyList<CitationReply> Citations, string? ModelText, IReadOnlyList<SentenceReply>? Sentences,
    string? Problem, IReadOnlyList<string> Notes, string? Model, int FilesSearched, AnswerTimings Timings, WholeReply? Whole = null, int LeftOut = 0, bool ByWordsAlone = false);

public sealed record SourceReply(
    int Number, string Title, int Page, string? PageLabel, int? PageCount, string Quote, string? Caption, float? Width, float? Height,
    string? Text, IReadOnlyList<Retrieval.Knowledge.PageBox> Marks);

/// <summary>One event of an answer's stream; its name says which of the fields are set.</summary>
public sealed record AnswerEvent(
    Guid Turn, Guid? Conversation = null, string? Text = null, int? Ahead = null, double? WaitSeconds = null, TurnState? State = null, AnswerReply? Answer = null,
    int? Read = null, int? Passages = null);

/// <summary>What crosses HTTP: no document ids, no offsets, no passages that were not shown.</summary>
internal static class ChatMapping
{
    public static ConversationItem ToItem(this ConversationSummary summary) => new(summary.Id.Value, summary.Title, summary.LastMessageAt);

    public static ConversationReply ToReply(this ConversationView view) => new(
        view.Id.Value, view.Assistant.Value, view.Title,
        [.. view.Turns.Select(t => new TurnReply(t.Id.Value, t.Question, t.AskedAt, t.State, t.Answer?.ToReply(), t.Feedback))]);

    public static AnswerReply ToReply(this StoredAnswer answer) => new(
        answer.Kind, answer.Text,
        [.. answer.Citations.Select((c, i) => new CitationReply(c.Number, c.Title, c.Page, c.PageLabel, c.Quote, c.Caption, i < answer.Quotes))],
        answer.ModelText,
        answer.Sentences is { } sentences && answer.ModelText is { } text ? [.. sentences.Select(s => new SentenceReply(text.Substring(s.Start, s.Length), s.Citation))] : null,
        answer.Problem, answer.Notes, answer.ModelName, answer.FilesSearched, answer.Timings, answer.Whole?.ToReply(), answer.LeftOut, answer.ByWordsAlone);

    private static WholeReply ToReply(this WholeReading whole) => new(
        whole.Task, whole.Subject, whole.Read, whole.Passages, whole.Files, whole.Found, whole.Places, WholeWords.Coverage(whole),
        [.. whole.Sections.Select(s => new WholeSectionReply(s.Title, s.Heading, [.. s.Points.Select(p => new WholePointReply(p.Citation, p.Value, p.Places))]))]);

    public static SourceReply ToReply(this SourceView source) => new(
        source.Citation.Number, source.Citation.Title, source.Citation.Page, source.Citation.PageLabel, source.PageCount,
        source.Citation.Quote, source.Citation.Caption, source.Page?.Width, source.Page?.Height, source.Page?.Text, source.Marks);

    /// <summary>The event's name and what it carries.</summary>
    public static (string Name, AnswerEvent Event) ToEvent(this AnswerPart part, TurnId turn) => part switch
    {
        AnswerPart.Searching => ("searching", new AnswerEvent(turn.Value)),
        AnswerPart.Reading reading => ("reading", new AnswerEvent(turn.Value, Read: reading.Done, Passages: reading.Total)),
        AnswerPart.EvidenceReady ready => ("evidence", new AnswerEvent(turn.Value, Answer: ready.Answer.ToReply())),
        AnswerPart.InQueue queue => ("queue", new AnswerEvent(turn.Value, Ahead: queue.Ahead, WaitSeconds: queue.Wait?.TotalSeconds)),
        AnswerPart.TextDelta delta => ("text", new AnswerEvent(turn.Value, Text: delta.Text)),
        AnswerPart.SentencesChecked check => ("checked", new AnswerEvent(turn.Value, Answer: check.Answer.ToReply())),
        AnswerPart.Ended ended => ("ended", new AnswerEvent(turn.Value, State: ended.State, Answer: ended.Answer.ToReply())),
        _ => throw new InvalidOperationException($"No event for {part.GetType().Name}."),
    };
}
