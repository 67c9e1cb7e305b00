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
        var spans = SentenceSplitter.Split(text);
        var supports = spans.Count == 0
            ? []
            : await search.AlignAsync(scope, [.. spans.Select(s => Plain(text.AsSpan(s.Start, s.Length)))], found.Passages, cancel);
        var citations = answer.Citations.ToList();
        var sentences = spans.Select((span, i) => new CheckedSentence(
            span.Start, span.Length, supports[i] is { } support ? NumberOf(support, found.Passages[support.Passage], citations) : null));
        return answer with { Sentences = [.. sentences], Citations = citations };
    }

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
