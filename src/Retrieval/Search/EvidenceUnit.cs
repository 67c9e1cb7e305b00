using Rag.Retrieval.Knowledge;
using Rag.Retrieval.Text;

namespace Rag.Retrieval.Search;

/// <summary>A sentence or table row that may decide a question.</summary>
/// <param name="Draft">Position of its passage.</param>
/// <param name="Start">UTF-16 offset in the document's text.</param>
/// <param name="Text">As shown: blanks folded, cells parted by tabs.</param>
/// <param name="Caption">Of its table; null for a sentence.</param>
/// <param name="Terms">Terms of the text.</param>
/// <param name="Context">Terms of what stands around it: title, headings, and for a row the caption.</param>
internal sealed record EvidenceUnit(
    int Draft, PageText Page, int Start, int End, string Text, string? Caption, IReadOnlyList<string> Terms, IReadOnlySet<string> Context)
{
    private const int FewestTerms = 3;
    private const int LongestEmbeddedCaption = 120;
    private const int LongestEmbeddedText = 1_000;

    public bool IsRow { get; } = Text.Contains('\t');

    /// <summary>A heading, a stray label, "… is as follows:" or the header of a table: says what follows, not what is so.</summary>
    public bool IsLabel => IsRow
        ? Terms.All(Context.Contains)
        : Text[^1] is ':' || (Text[^1] is not ('.' or '!' or '?' or '。' or '”' or '"' or ')') && (Terms.Count < FewestTerms || IsTitleCase(Text)));

    /// <summary>What is embedded: a row means little without the caption of its table, but its column headers only cost time.</summary>
    public string EmbeddedText => IsRow
        ? $"{Cut(Caption?.Split('\n')[0], LongestEmbeddedCaption)} {Text.Replace('\t', ' ')}".Trim()
        : Cut(Text, LongestEmbeddedText);

    public Evidence ToEvidence(int passage, double score) => new(
        passage, Page.Number, Page.Label, Start, End, Text, IsRow ? Caption : null, score, TextLocator.Boxes(Page, Start, End));

    /// <summary>Splits a stretch of a document. Nothing reaches over the end of a page.</summary>
    /// <param name="captionAt">Caption of the table at an offset.</param>
    public static IEnumerable<EvidenceUnit> Split(
        int draft, DocumentText document, int start, int end, Func<int, string?> captionAt, Func<int, string?> headingAt, string title)
    {
        var contexts = new Dictionary<(string?, string?), IReadOnlySet<string>>();
        foreach (var page in document.All)
        {
            var from = Math.Max(start, page.Start);
            var to = Math.Min(end, page.Start + page.Text.Length);
            if (from >= to)
            {
                continue;
            }

            foreach (var unit in SentenceSplitter.Split(page.Text.AsSpan(from - page.Start, to - from)))
            {
                var at = from + unit.Start;
                var text = Blanks.Fold(page.Text.AsSpan(at - page.Start, unit.End - unit.Start));
                var caption = unit.IsRow ? captionAt(at) : null;
                var heading = headingAt(at);
                if (!contexts.TryGetValue((caption, heading), out var context))
                {
                    contexts[(caption, heading)] = context = Rag.Retrieval.Text.Terms.Of($"{title}\n{heading}\n{caption}").ToHashSet();
                }

                yield return new EvidenceUnit(draft, page, at, from + unit.End, text, caption, Rag.Retrieval.Text.Terms.Of(text), context);
            }
        }
    }

    private static bool IsTitleCase(string text)
    {
        var words = text.Split(' ').Where(word => word.Length > 3 && char.IsLetter(word[0])).ToList();
        return words.Count > 0 && words.TrueForAll(word => char.IsUpper(word[0]));
    }

    private static string Cut(string? text, int length) => text is null ? "" : text.Length <= length ? text : text[..length];
}
