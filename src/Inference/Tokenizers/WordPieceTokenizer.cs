using System.Globalization;
using System.Text;
using Rag.Inference.Models;

namespace Rag.Inference.Tokenizers;

/// <summary>
/// BERT's word pieces. Names of control tokens written in a text are plain words: brackets are punctuation and stand alone, so no text
/// can produce a control id other than that of an unknown word.
/// </summary>
internal sealed class WordPieceTokenizer : IEmbeddingTokenizer
{
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> starts;
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> continuations;
    private readonly WordPieceNormalizer normalizer;
    private readonly int maxWordLength;
    private readonly int unknown;

    /// <param name="vocabulary">Pieces by id.</param>
    public WordPieceTokenizer(IReadOnlyList<string> vocabulary, ManifestTokenizer rules)
    {
        var whole = new Dictionary<string, int>(vocabulary.Count, StringComparer.Ordinal);
        var inner = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var id = 0; id < vocabulary.Count; id++)
        {
            var piece = vocabulary[id];
            whole[piece] = id;
            if (piece.Length > rules.ContinuingPrefix.Length && piece.StartsWith(rules.ContinuingPrefix, StringComparison.Ordinal))
            {
                inner[piece[rules.ContinuingPrefix.Length..]] = id;
            }
        }

        Cls = whole[rules.Cls];
        Sep = whole[rules.Sep];
        Pad = whole[rules.Pad];
        unknown = whole[rules.Unk];
        starts = whole.GetAlternateLookup<ReadOnlySpan<char>>();
        continuations = inner.GetAlternateLookup<ReadOnlySpan<char>>();
        normalizer = new WordPieceNormalizer(rules.Lowercase, rules.StripAccents, rules.SplitCjk);
        maxWordLength = rules.MaxCharsPerWord;
    }

    public int Cls { get; }

    public int Sep { get; }

    public int Pad { get; }

    /// <summary>The text's pieces without special tokens, however many.</summary>
    public List<int> Encode(string text, TextPlace place = TextPlace.Start)
    {
        var ids = new List<int>(text.Length / 4);
        var normal = normalizer.Normalize(text);
        var word = 0;   // start of the word being read
        var at = 0;
        foreach (var rune in normal.EnumerateRunes())
        {
            var next = at + rune.Utf16SequenceLength;
            var blank = Rune.IsWhiteSpace(rune);
            if (blank || IsPunctuation(rune))
            {
                AddWord(normal.AsSpan(word..at), ids);
                if (!blank)
                {
                    AddWord(normal.AsSpan(at..next), ids);
                }

                word = next;
            }

            at = next;
        }

        AddWord(normal.AsSpan(word), ids);
        return ids;
    }

    /// <summary>[CLS] pieces [SEP], at most <paramref name="maxTokens"/>; what does not fit is left out, [SEP] stays.</summary>
    public int[] EncodeForModel(string text, int maxTokens)
    {
        var pieces = Encode(text);
        var kept = Math.Min(pieces.Count, maxTokens - 2);
        var ids = new int[kept + 2];
        ids[0] = Cls;
        pieces.CopyTo(0, ids, 1, kept);
        ids[^1] = Sep;
        return ids;
    }

    // Greedy longest match; if any rest has no piece, the whole word is unknown.
    private void AddWord(ReadOnlySpan<char> word, List<int> ids)
    {
        if (word.IsEmpty)
        {
            return;
        }

        var before = ids.Count;
        var start = 0;
        var fits = CodePoints(word) <= maxWordLength;
        while (fits && start < word.Length)
        {
            var pieces = start == 0 ? starts : continuations;
            var end = word.Length;
            int id;
            while (!pieces.TryGetValue(word[start..end], out id) && end > start)
            {
                end--;
            }

            if (end == start)
            {
                break;
            }

            ids.Add(id);
            start = end;
        }

        if (start < word.Length)
        {
            ids.RemoveRange(before, ids.Count - before);
            ids.Add(unknown);
        }
    }

    private static int CodePoints(ReadOnlySpan<char> word)
    {
        var count = word.Length;
        foreach (var unit in word)
        {
            if (char.IsLowSurrogate(unit))
            {
                count--;
            }
        }

        return count;
    }

    // ASCII symbols such as $ and + count as punctuation, other symbols (€, °) do not.
    private static bool IsPunctuation(Rune rune) =>
        rune.Value is (>= 33 and <= 47) or (>= 58 and <= 64) or (>= 91 and <= 96) or (>= 123 and <= 126)
        || (!rune.IsAscii && Rune.GetUnicodeCategory(rune) is UnicodeCategory.ConnectorPunctuation or UnicodeCategory.DashPunctuation
            or UnicodeCategory.OpenPunctuation or UnicodeCategory.ClosePunctuation or UnicodeCategory.InitialQuotePunctuation
            or UnicodeCategory.FinalQuotePunctuation or UnicodeCategory.OtherPunctuation);
}
