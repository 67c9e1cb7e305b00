using Rag.Retrieval.Search;
using Rag.Retrieval.Text;

namespace Rag.Web.Chat;

/// <summary>Turns what a search found into the stored answer with the server's numbers.</summary>
internal static class Citations
{
    /// <summary>Quotes shown with an answer: the best three held it in 92 % of the measured questions.</summary>
    public const int MaxQuotes = 3;

    /// <summary>UTF-16 characters shown of a passage that is only near and holds no sentence worth quoting.</summary>
    private const int NearestLength = 300;

    /// <summary>The answer before the model's words: its kind, the quotes, the passages.</summary>
    public static StoredAnswer Describe(SearchResult found, int nearest)
    {
        var answerable = found.Answerable && found.Evidence.Count > 0;
        List<StoredCitation> quotes = found.Evidence.Count > 0
            ? [.. found.Evidence.Take(answerable ? MaxQuotes : nearest).Select((e, i) => FromEvidence(i + 1, e, found.Passages[e.Passage]))]
            : [.. found.Passages.Take(nearest).Select((p, i) => FromPassage(i + 1, p))];
        return new StoredAnswer
        {
            Kind = answerable ? AnswerKind.FromFiles : AnswerKind.NotInFiles,
            Text = answerable ? null : "These files do not answer that.",
            Citations = quotes,
            Quotes = quotes.Count,
            Passages = [.. found.Passages.Select(p => new StoredPassage(
                p.Chunk.Value, p.Document.Value, p.Generation, p.Title, p.Pages.From, p.Pages.To, p.Start, p.End,
                p.DenseRank, p.DenseScore, p.LexicalRank, p.LexicalScore, p.FusedScore, InPrompt: false, p.FileName))],
            SearchedQuestion = found.SearchedQuestion,
            FilesSearched = found.FilesSearched,
            ByWordsAlone = found.ByWordsAlone,
        };
    }

    public static StoredCitation FromEvidence(int number, Evidence evidence, Passage passage) => new(
        number, passage.Document.Value, passage.Generation, passage.ContentHash, passage.Title, passage.FileName,
        evidence.Page, evidence.PageLabel, evidence.Start, evidence.End, evidence.Text, evidence.Caption, evidence.Boxes);

    /// <summary>Its first sentence, which stands on its first page; a passage may reach over the next.</summary>
    private static StoredCitation FromPassage(int number, Passage passage)
    {
        var first = SentenceSplitter.Split(passage.Text).FirstOrDefault(new TextUnit(0, passage.Text.Length, false));
        var end = first.End - first.Start <= NearestLength ? first.End : first.Start + NearestLength;
        end = end < first.End && passage.Text.LastIndexOf(' ', end) is var blank && blank > first.Start ? blank : end;
        var text = string.Join(' ', passage.Text[first.Start..end].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return new StoredCitation(
            number, passage.Document.Value, passage.Generation, passage.ContentHash, passage.Title, passage.FileName,
            passage.Pages.From, null, passage.Start + first.Start, passage.Start + end, text, passage.Caption, []);
    }
}
