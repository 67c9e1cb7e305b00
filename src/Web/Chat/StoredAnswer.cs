using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Rag.Retrieval.Knowledge;
using Rag.Web.Chat.Whole;

namespace Rag.Web.Chat;

public enum AnswerKind
{
    /// <summary>Nothing is known yet, or the search failed.</summary>
    Open,

    /// <summary>Quotes from the files, then the model's words.</summary>
    FromFiles,

    /// <summary>The relevance floor: the quotes are the nearest passages and not an answer. The model was not called.</summary>
    NotInFiles,
    NoFiles,
    FilesBeingRead,
    SmallTalk,

    /// <summary>Every passage was read: <see cref="StoredAnswer.Whole"/> says how many and groups the quotes.</summary>
    WholeFiles,
}

/// <summary>A quote with its place, kept as it was when the answer was given.</summary>
/// <param name="Number">The number on its chip, from 1. The server gives it; a number that the model writes is never shown.</param>
/// <param name="Page">Physical page, from 1.</param>
/// <param name="Start">UTF-16 offset in the document's text; <paramref name="End"/> is excluded.</param>
/// <param name="Boxes">Rectangles on the page, one a line; empty where only the offsets are known.</param>
public sealed record StoredCitation(
    int Number, Guid Document, int Generation, string ContentHash, string Title, string FileName,
    int Page, string? PageLabel, int Start, int End, string Quote, string? Caption, IReadOnlyList<PageBox> Boxes);

/// <summary>A passage that the answer used, by reference: its text can be read again from the document's text.</summary>
/// <param name="InPrompt">Whether the model was shown it.</param>
public sealed record StoredPassage(
    Guid Chunk, Guid Document, int Generation, string Title, int PageFrom, int PageTo, int Start, int End,
    int? DenseRank, double? DenseScore, int? LexicalRank, double? LexicalScore, double FusedScore, bool InPrompt, string? FileName = null);

/// <summary>A sentence of the model's text: where it stands in it, and the citation that supports it (null: no passage does).</summary>
public sealed record CheckedSentence(int Start, int Length, int? Citation);

/// <summary>Milliseconds; null where the step did not happen. All but <paramref name="Search"/> and <paramref name="Queue"/> count from the question.</summary>
/// <param name="Search">Spent searching and choosing sentences.</param>
/// <param name="Evidence">From the question to the quotes on the screen.</param>
/// <param name="Queue">Spent waiting for other answers.</param>
public sealed record AnswerTimings(double? Search = null, double? Evidence = null, double? Queue = null, double? FirstToken = null, double? Total = null);

/// <summary>Everything an answer used, as JSON in its turn. Written with the quotes, during the writing and at the end.</summary>
public sealed record StoredAnswer
{
    public const int CurrentVersion = 1;

    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter() },
    };

    public int Version { get; init; } = CurrentVersion;

    public AnswerKind Kind { get; init; }

    /// <summary>The server's own words where no model is needed; else null.</summary>
    public string? Text { get; init; }

    /// <summary>In the order of their numbers; the first <see cref="Quotes"/> are shown as quotes, the others only support sentences.</summary>
    public IReadOnlyList<StoredCitation> Citations { get; init; } = [];

    public int Quotes { get; init; }

    public IReadOnlyList<StoredPassage> Passages { get; init; } = [];

    /// <summary>For an answer that read every passage; else null.</summary>
    public WholeReading? Whole { get; init; }

    /// <summary>What the model wrote, without the citation numbers it may have made up. Untrusted Markdown.</summary>
    public string? ModelText { get; init; }

    /// <summary>Null until the sentences were checked against the passages.</summary>
    public IReadOnlyList<CheckedSentence>? Sentences { get; init; }

    /// <summary>Sentences of the model that were left out for a guest, because no passage supports them.</summary>
    public int LeftOut { get; init; }

    /// <summary>One sentence that says why the model's words are missing or end early.</summary>
    public string? Problem { get; init; }

    /// <summary>What the reader should know: files still being read, earlier messages left out.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    public string? ModelId { get; init; }

    public string? ModelName { get; init; }

    public AnswerStyle? Style { get; init; }

    /// <summary>Hash of the prompt files.</summary>
    public string? PromptHash { get; init; }

    public string? SearchedQuestion { get; init; }

    public int FilesSearched { get; init; }

    /// <summary>Another embedding model was taking over: the search compared words and no meanings, so it may have missed what is there.</summary>
    public bool ByWordsAlone { get; init; }

    public AnswerTimings Timings { get; init; } = new();

    [JsonIgnore]
    public IEnumerable<StoredCitation> QuotedCitations => Citations.Take(Quotes);

    public StoredCitation? FindCitation(int number) => Citations.FirstOrDefault(c => c.Number == number);

    public string ToJson() => JsonSerializer.Serialize(this, Format);

    /// <summary>Null when there is nothing stored, or something from a newer version of the program.</summary>
    public static StoredAnswer? Parse(string? json) =>
        json is not null && JsonSerializer.Deserialize<StoredAnswer>(json, Format) is { Version: <= CurrentVersion } answer ? answer : null;

    /// <summary>
    /// The same answer for a reader who gets only what the files support: other sentences are gone, and so is text that is not checked yet.
    /// </summary>
    public StoredAnswer WithoutUnsupported()
    {
        if (ModelText is not { } text || Sentences is not { } sentences)
        {
            return this with { ModelText = null, Sentences = null };
        }

        var kept = new StringBuilder();
        List<CheckedSentence> supported = [];
        var end = 0;
        foreach (var sentence in sentences)
        {
            if (sentence.Citation is not null)
            {
                // Between sentences stand blanks and the signs of Markdown; words would be a sentence that nobody checked.
                var gap = text.AsSpan(end, sentence.Start - end);
                var mark = IsMark(gap) ? gap : "\n";
                kept.Append(kept.Length == 0 || kept[^1] == '\n' ? mark.TrimStart() : mark);
                supported.Add(sentence with { Start = kept.Length });
                kept.Append(text, sentence.Start, sentence.Length);
            }
            else if (text.AsSpan(end, sentence.Start - end).Contains('\n') && kept.Length > 0 && kept[^1] != '\n')
            {
                kept.Append('\n');
            }

            end = sentence.Start + sentence.Length;
        }

        return this with
        {
            ModelText = supported.Count == 0 ? null : kept.ToString(),
            Sentences = supported.Count == 0 ? null : supported,
            LeftOut = LeftOut + sentences.Count - supported.Count,
        };
    }

    /// <summary>Nothing but blanks, signs and the number of a list item.</summary>
    private static bool IsMark(ReadOnlySpan<char> gap)
    {
        var digits = 0;
        foreach (var c in gap)
        {
            digits += char.IsDigit(c) ? 1 : 0;
            if (char.IsLetter(c) || c is '`' or '~' || digits > 3)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The same answer after <paramref name="document"/> was deleted: its quotes and every word that rests on them are gone.</summary>
    public StoredAnswer Without(Guid document)
    {
        var gone = Citations.Where(c => c.Document == document).Select(c => c.Number).ToHashSet();
        var wasRead = Whole?.Documents.Contains(document) ?? false;
        if (gone.Count == 0 && !wasRead && Passages.All(p => p.Document != document))
        {
            return this;
        }

        // The model read the passages in its prompt: its text may repeat them anywhere, so it goes as a whole.
        var modelReadIt = wasRead || Passages.Any(p => p.Document == document && p.InPrompt) || (Sentences?.Any(s => s.Citation is { } n && gone.Contains(n)) ?? false);
        return this with
        {
            Citations = [.. Citations.Where(c => c.Document != document)],
            Quotes = QuotedCitations.Count(c => c.Document != document),
            Passages = [.. Passages.Where(p => p.Document != document)],
            Whole = Whole?.Without(document),
            ModelText = modelReadIt ? null : ModelText,
            Sentences = modelReadIt ? null : Sentences,
            Notes = [.. Notes, "A file that this answer quoted was deleted, and its words with it."],
        };
    }
}
