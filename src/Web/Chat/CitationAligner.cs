using Rag.Retrieval.Knowledge;
using Rag.Retrieval.Search;

namespace Rag.Web.Chat;

/// <summary>
/// Checks each sentence of the model against the passages. A sentence that one of them supports gets that place as its citation: the
/// number of a quote already shown where it is the same place, else the next number.
/// </summary>
internal sealed class CitationAligner(IPassageSearch search)
{
    public async Task<StoredAnswer> CheckAsync(KnowledgeScope scope, StoredAnswer answer, SearchResult found, CancellationToken cancel)
    {
        var text = answer.ModelText ?? "";
        List<(TextSpan Span, string Plain)> spans = [.. MarkdownSentences.Split(text).Select(s => (s, Plain(text.AsSpan(s.Start, s.Length))))];
        var said = spans.Where(s => SaysSomething(s.Plain)).ToList();
        var supports = said.Count == 0 ? [] : await search.AlignAsync(scope, [.. said.Select(s => s.Plain)], found.Passages, cancel);
        var bySpan = said.Zip(supports).ToDictionary(pair => pair.First.Span, pair => pair.Second);
        var citations = answer.Citations.ToList();
        var sentences = spans.Select(s => new CheckedSentence(
            s.Span.Start, s.Span.Length,
            bySpan.GetValueOrDefault(s.Span) is { } support ? NumberOf(support, found.Passages[support.Passage], citations) : null));
        return answer with { Sentences = [.. sentences], Citations = citations };
    }

    /// <summary>Whether a passage supports one sentence, before the whole text is there.</summary>
    public async Task<bool> IsSupportedAsync(KnowledgeScope scope, string sentence, SearchResult found, CancellationToken cancel)
    {
        var plain = Plain(sentence);
        return SaysSomething(plain) && await search.AlignAsync(scope, [plain], found.Passages, cancel) is [not null];
    }

    /// <summary>A word or two without a figure stand in every file and are supported by none: "Yes.", a heading.</summary>
    private static bool SaysSomething(string sentence) =>
        sentence.Any(char.IsAsciiDigit) || sentence.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length > 2;

    private static int NumberOf(Evidence support, Passage passage, List<StoredCitation> citations)
    {
        var same = citations.Find(c =>
            c.Document == passage.Document.Value && c.Generation == passage.Generation && c.Start < support.End && support.Start < c.End);
        if (same is not null)
        {
            return same.Number;
        }

        citations.Add(Citations.FromEvidence(citations.Count + 1, support, passage));
        return citations.Count;
    }

    /// <summary>The words without the signs of Markdown, which would count as differences.</summary>
    private static string Plain(ReadOnlySpan<char> sentence)
    {
        var plain = new char[sentence.Length];
        var length = 0;
        foreach (var c in sentence)
        {
            if (c is not ('*' or '`' or '#'))
            {
                plain[length++] = c == '|' ? ' ' : c;
            }
        }

        return new string(plain, 0, length).Trim();
    }
}
