using System.Text;

namespace Rag.Inference.Tokenizers;

/// <summary>
/// SentencePiece's BPE: pairs of characters are merged over a whole text, spaces being letters (U+2581). Control tokens have no way in but by id: a merge that would give an added token
/// is left out, but for runs of blanks. The reference makes added tokens from texts; this does not.
/// </summary>
internal sealed class SentencePieceTokenizer : IChatTokenizer
{
    private readonly Dictionary<(int Left, int Right), (int Rank, int Merged)> merges;
    private readonly Dictionary<int, int> characters = [];   // code point to token
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>>? wholePieces;
    private readonly int?[] byteIds = new int?[256];
    private readonly byte[][] bytes;   // by id; empty for control tokens
    private readonly SentencePieceFile file;

    /// <exception cref="FormatException">Merges and vocabulary do not fit.</exception>
    public SentencePieceTokenizer(SentencePieceFile file)
    {
        this.file = file;
        var vocabulary = file.Vocabulary;
        bytes = new byte[vocabulary.Values.Concat(file.Added.All.Select(t => t.Id)).DefaultIfEmpty().Max() + 1][];
        Array.Fill(bytes, []);
        foreach (var (token, id) in vocabulary.Concat(file.Added.All.Select(t => KeyValuePair.Create(t.Content, t.Id))).Where(t => !file.Added.Special.Contains(t.Value)))
        {
            bytes[id] = file.ByteFallback && Byte(token) is { } value ? [value] : Encoding.UTF8.GetBytes(token.Replace(TextNormalizer.Blank, ' '));
        }

        foreach (var (token, id) in vocabulary.Where(t => file.Added.MayCome(t.Key)))
        {
            if (Rune.TryGetRuneAt(token.Length > 0 ? token : " ", 0, out var rune) && rune.Utf16SequenceLength == token.Length)
            {
                characters[rune.Value] = id;
            }
        }

        if (file.ByteFallback)
        {
            for (var value = 0; value < 256; value++)
            {
                byteIds[value] = vocabulary.TryGetValue($"<0x{value:X2}>", out var id) ? id : null;
            }
        }

        if (file.IgnoresMerges)
        {
            wholePieces = vocabulary.Where(t => file.Added.MayCome(t.Key)).ToDictionary(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();
        }

        merges = new(file.Merges.Count);
        for (var rank = 0; rank < file.Merges.Count; rank++)
        {
            var (left, right) = file.Merges[rank];
            if (!vocabulary.TryGetValue(left, out var first) || !vocabulary.TryGetValue(right, out var second) || !vocabulary.TryGetValue(left + right, out var merged))
            {
                throw new FormatException($"The vocabulary lacks a part of the merge '{left}' '{right}'.");
            }

            if (file.Added.MayCome(left + right))
            {
                merges.TryAdd((first, second), (rank, merged));
            }
        }
    }

    public IReadOnlySet<int> ControlIds => file.Added.Special;

    public int LeadingBlanks => file.LeadingBlanks;

    public int Control(string name) => file.Added.Id(name);

    public (bool Before, bool Behind) Strips(int id) => file.Added.Strips(id);

    public ReadOnlySpan<byte> Bytes(int id) => id < bytes.Length ? bytes[id] : [];   // graphs may have more rows than there are tokens

    public List<int> Encode(string text, TextPlace place = TextPlace.Start)
    {
        var ids = new List<int>(text.Length / 3);
        var merger = new PairMerger(merges);
        foreach (var piece in file.Cutter.Cut(file.Normalizer.Normalize(text, place), place))
        {
            if (wholePieces is { } whole && whole.TryGetValue(piece.Span, out var id))
            {
                ids.Add(id);
            }
            else
            {
                Add(piece.Span, merger, ids);
            }
        }

        return ids;
    }

    private void Add(ReadOnlySpan<char> piece, PairMerger merger, List<int> ids)
    {
        merger.Start(Encoding.UTF8.GetMaxByteCount(piece.Length));
        var unknown = 0;   // characters that wait to become an unknown token
        foreach (var rune in piece.EnumerateRunes())
        {
            if (characters.TryGetValue(rune.Value, out var id))
            {
                AddUnknown(merger, unknown);
                unknown = 0;
                merger.Add(id);
            }
            else if (!AddBytes(rune, merger))
            {
                unknown++;
            }
        }

        AddUnknown(merger, unknown);
        merger.Finish(ids);
    }

    private void AddUnknown(PairMerger merger, int characters)
    {
        for (var i = 0; file.Unknown is { } id && i < (file.FusesUnknown ? Math.Min(1, characters) : characters); i++)
        {
            merger.Add(id);
        }
    }

    // All of the character's bytes have a token, or none is taken.
    private bool AddBytes(Rune rune, PairMerger merger)
    {
        Span<byte> utf8 = stackalloc byte[4];
        utf8 = utf8[..rune.EncodeToUtf8(utf8)];
        foreach (var value in utf8)
        {
            if (byteIds[value] is null)
            {
                return false;
            }
        }

        foreach (var value in utf8)
        {
            merger.Add(byteIds[value]!.Value);
        }

        return true;
    }

    // <0x0A>
    private static byte? Byte(string token) =>
        token is ['<', '0', 'x', _, _, '>'] && byte.TryParse(token.AsSpan(3, 2), System.Globalization.NumberStyles.AllowHexSpecifier, null, out var value) ? value : null;
}
