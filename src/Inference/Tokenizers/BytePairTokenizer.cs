using System.Text;

namespace Rag.Inference.Tokenizers;

/// <summary>
/// Byte-level BPE. A text only ever gives ordinary tokens; control tokens have no way in but by id, from <see cref="Control"/>.
/// </summary>
internal sealed class BytePairTokenizer : IChatTokenizer
{
    private readonly int[] byteIds = new int[256];
    private readonly Dictionary<(int Left, int Right), (int Rank, int Merged)> merges;
    private readonly byte[][] bytes;   // by id; empty for control tokens
    private readonly AddedTokens added;
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>>? wholeWords;   // in the byte alphabet
    private readonly BytePairCut cut;
    private readonly bool composes;

    public BytePairTokenizer(BytePairFile file)
    {
        added = new(file.AddedTokens);
        (cut, composes) = (file.Cut, file.Composes);
        var vocabulary = file.Model.Vocab;

        bytes = new byte[Math.Max(vocabulary.Values.Max(), file.AddedTokens.Select(t => t.Id).DefaultIfEmpty().Max()) + 1][];
        Array.Fill(bytes, []);
        foreach (var (token, id) in vocabulary)
        {
            if (!added.Contains(token))
            {
                bytes[id] = ByteAlphabet.Decode(token);
            }
        }

        foreach (var token in file.AddedTokens.Where(t => !t.Special))
        {
            bytes[token.Id] = Encoding.UTF8.GetBytes(token.Content);   // read when the model writes it, never made from a text
        }

        if (file.Model.IgnoreMerges)
        {
            wholeWords = vocabulary.Where(word => !added.Contains(word.Key)).ToDictionary(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();
        }

        for (var value = 0; value < 256; value++)
        {
            // A byte without a token is left out, as in the reference: no such byte occurs in valid UTF-8.
            byteIds[value] = vocabulary.GetValueOrDefault(ByteAlphabet.Character((byte)value).ToString(), -1);
        }

        merges = new Dictionary<(int, int), (int, int)>(file.Model.Merges.Length);
        for (var rank = 0; rank < file.Model.Merges.Length; rank++)
        {
            var (left, right) = BytePairFile.Pair(file.Model.Merges[rank]);
            merges.TryAdd((vocabulary[left], vocabulary[right]), (rank, vocabulary[left + right]));
        }
    }

    public IReadOnlySet<int> ControlIds => added.Special;

    public int LeadingBlanks => 0;

    public int Control(string name) => added.Id(name);

    public (bool Before, bool Behind) Strips(int id) => added.Strips(id);

    public ReadOnlySpan<byte> Bytes(int id) => id < bytes.Length ? bytes[id] : [];   // graphs may have more rows than there are tokens

    public List<int> Encode(string text, TextPlace place = TextPlace.Start)
    {
        var ids = new List<int>(text.Length / 3);
        var merger = new PairMerger(merges);
        var rest = (composes ? UnicodeForms.Compose(text) : text).AsSpan();
        while (!rest.IsEmpty)
        {
            var length = BytePairWords.FirstLength(rest, cut);
            AddWord(rest[..length], merger, ids);
            rest = rest[length..];
        }

        return ids;
    }

    private void AddWord(ReadOnlySpan<char> word, PairMerger merger, List<int> ids)
    {
        Span<byte> small = stackalloc byte[256];
        var utf8 = word.Length * 3 <= small.Length ? small : new byte[Encoding.UTF8.GetMaxByteCount(word.Length)];
        utf8 = utf8[..Encoding.UTF8.GetBytes(word, utf8)];   // a lone surrogate becomes U+FFFD
        if (wholeWords is { } words && Whole(utf8, words) is { } whole)
        {
            ids.Add(whole);
            return;
        }

        merger.Start(utf8.Length);
        foreach (var value in utf8)
        {
            if (byteIds[value] >= 0)
            {
                merger.Add(byteIds[value]);
            }
        }

        merger.Finish(ids);
    }

    private static int? Whole(ReadOnlySpan<byte> utf8, Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> words)
    {
        const int Longest = 256;   // bytes; no vocabulary has longer words
        if (utf8.Length > Longest)
        {
            return null;
        }

        Span<char> letters = stackalloc char[Longest];
        for (var i = 0; i < utf8.Length; i++)
        {
            letters[i] = ByteAlphabet.Character(utf8[i]);
        }

        return words.TryGetValue(letters[..utf8.Length], out var id) ? id : null;
    }
}
