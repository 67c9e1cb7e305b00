using System.Text;

namespace Rag.Inference.Tokenizers;

/// <summary>
/// Byte-level BPE. A text only ever gives ordinary tokens; control tokens have no way in but by id, from <see cref="Control"/>.
/// </summary>
internal sealed class BytePairTokenizer
{
    private readonly int[] byteIds = new int[256];
    private readonly Dictionary<(int Left, int Right), (int Rank, int Merged)> merges;
    private readonly byte[][] bytes;   // by id; empty for control tokens
    private readonly Dictionary<string, int> control;
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>>? wholeWords;   // in the byte alphabet
    private readonly BytePairCut cut;
    private readonly bool composes;

    public BytePairTokenizer(BytePairFile file)
    {
        control = file.AddedTokens.ToDictionary(t => t.Content, t => t.Id, StringComparer.Ordinal);
        ControlIds = file.AddedTokens.Where(t => t.Special).Select(t => t.Id).ToHashSet();
        (cut, composes) = (file.Cut, file.Composes);
        var vocabulary = file.Model.Vocab;

        bytes = new byte[Math.Max(vocabulary.Values.Max(), file.AddedTokens.Select(t => t.Id).DefaultIfEmpty().Max()) + 1][];
        Array.Fill(bytes, []);
        foreach (var (token, id) in vocabulary)
        {
            if (!control.ContainsKey(token))
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
            wholeWords = vocabulary.Where(word => !control.ContainsKey(word.Key)).ToDictionary(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();
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

    public IReadOnlySet<int> ControlIds { get; }

    /// <exception cref="KeyNotFoundException">The vocabulary has no such control token.</exception>
    public int Control(string name) => control[name];

    /// <summary>The token's bytes, which may be part of a character; none for a control token.</summary>
    public ReadOnlySpan<byte> Bytes(int id) => id < bytes.Length ? bytes[id] : [];   // graphs may have more rows than there are tokens

    public List<int> Encode(string text)
    {
        var ids = new List<int>(text.Length / 3);
        var merger = new Merger(merges);
        var rest = (composes ? UnicodeForms.Compose(text) : text).AsSpan();
        while (!rest.IsEmpty)
        {
            var length = BytePairWords.FirstLength(rest, cut);
            AddWord(rest[..length], merger, ids);
            rest = rest[length..];
        }

        return ids;
    }

    private void AddWord(ReadOnlySpan<char> word, Merger merger, List<int> ids)
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

    /// <summary>
    /// Merges one word's pairs, best rank first and leftmost among equals, in n log n: a file may hold a megabyte without a blank.
    /// </summary>
    private sealed class Merger(Dictionary<(int Left, int Right), (int Rank, int Merged)> merges)
    {
        private readonly PriorityQueue<(int At, int Left, int Right), long> best = new();
        private int[] id = new int[64];
        private int[] next = new int[64];       // index of the following symbol; count at the end
        private int[] previous = new int[64];   // -1 at the front
        private int count;

        public void Start(int capacity)
        {
            count = 0;
            if (id.Length < capacity)
            {
                id = new int[capacity];
                next = new int[capacity];
                previous = new int[capacity];
            }
        }

        public void Add(int symbol)
        {
            id[count] = symbol;
            previous[count] = count - 1;
            next[count] = count + 1;
            count++;
        }

        public void Finish(List<int> ids)
        {
            for (var at = 0; at + 1 < count; at++)
            {
                Offer(at, at + 1);
            }

            while (best.TryDequeue(out var pair, out _))
            {
                var right = next[pair.At];
                // One of the two was merged with another since; merged symbols hold -1.
                if (id[pair.At] != pair.Left || right >= count || id[right] != pair.Right)
                {
                    continue;
                }

                id[pair.At] = merges[(pair.Left, pair.Right)].Merged;
                id[right] = -1;
                next[pair.At] = next[right];
                if (next[right] < count)
                {
                    previous[next[right]] = pair.At;
                    Offer(pair.At, next[right]);
                }

                if (previous[pair.At] >= 0)
                {
                    Offer(previous[pair.At], pair.At);
                }
            }

            for (var at = 0; at < count; at = next[at])
            {
                ids.Add(id[at]);
            }
        }

        private void Offer(int left, int right)
        {
            if (merges.TryGetValue((id[left], id[right]), out var merge))
            {
                best.Enqueue((left, id[left], id[right]), ((long)merge.Rank << 32) | (uint)left);
            }
        }
    }
}
