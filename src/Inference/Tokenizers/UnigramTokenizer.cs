using System.Text;

namespace Rag.Inference.Tokenizers;

/// <summary>
/// SentencePiece's Unigram (T. Kudo 2018): of all ways to cut a text into pieces, the one with the greatest sum of scores, found by Viterbi's algorithm in time linear in the text.
/// For multilingual encoders (XLM-R, multilingual E5, BGE-M3).
/// </summary>
internal sealed class UnigramTokenizer : ITextTokenizer
{
    private const double UnknownPenalty = 10;   // below the worst piece, as in SentencePiece

    private readonly PieceTrie trie = new();
    private readonly double[] scores;
    private readonly int?[] byteIds = new int?[256];
    private readonly TextNormalizer normalizer;
    private readonly TextCutter cutter;
    private readonly int unknown;

    private UnigramTokenizer(TokenizerPart root)
    {
        var model = root.Get("model");
        if (model.Type != "Unigram")
        {
            throw new FormatException("The tokenizer is no Unigram.");
        }

        model.Only("vocab", "unk_id", "byte_fallback");
        normalizer = new(root.Find("normalizer"));
        cutter = new(root.Find("pre_tokenizer"), normalizer);
        var vocabulary = model.Get("vocab").List();
        unknown = model.FindNumber("unk_id") is { } id && id < vocabulary.Length ? id : throw new FormatException("The model has no piece for what is unknown.");
        scores = new double[vocabulary.Length];
        var added = new AddedTokens(root.AddedTokens());
        var bytes = model.Flag("byte_fallback", false) ? Enumerable.Range(0, 256).ToDictionary(value => $"<0x{value:X2}>") : [];
        for (var piece = 0; piece < scores.Length; piece++)
        {
            if (vocabulary[piece].List() is not [{ Json.ValueKind: System.Text.Json.JsonValueKind.String } text, var score])
            {
                throw new FormatException("A piece is not a text and a score.");
            }

            var letters = text.Json.GetString()!;
            scores[piece] = score.Score();
            if (bytes.TryGetValue(letters, out var value))
            {
                byteIds[value] = piece;
            }

            // No control token comes from a text.
            if (letters.Length > 0 && piece != unknown && added.MayCome(letters))
            {
                trie.Add(letters, piece);
            }
        }

        scores[unknown] = scores.Min() - UnknownPenalty;
    }

    /// <exception cref="FormatException">Not a tokenizer this library knows.</exception>
    /// <exception cref="System.Text.Json.JsonException">Damaged.</exception>
    public static UnigramTokenizer Parse(ReadOnlyMemory<byte> json) => TokenizerPart.Read(json, root => new UnigramTokenizer(root));

    public List<int> Encode(string text, TextPlace place = TextPlace.Start)
    {
        var ids = new List<int>(text.Length / 3);
        var path = new Path();
        foreach (var piece in cutter.Cut(normalizer.Normalize(text, place), place))
        {
            Add(piece.Span, path, ids);
        }

        return ids;
    }

    private void Add(ReadOnlySpan<char> text, Path path, List<int> ids)
    {
        path.Start(text.Length);
        for (var start = 0; start < text.Length;)
        {
            Rune.DecodeFromUtf16(text[start..], out _, out var letter);
            var single = false;
            var node = 0;
            for (var end = start; end < text.Length && (node = trie.Next(node, text[end])) >= 0; end++)
            {
                if (trie.Piece(node) is >= 0 and var piece)
                {
                    path.Offer(start, end + 1, piece, scores[piece]);
                    single |= end + 1 - start == letter;
                }
            }

            if (!single)
            {
                path.Offer(start, start + letter, unknown, scores[unknown]);
            }

            start += letter;
        }

        path.Trace(text.Length);
        for (var i = 0; i < path.Steps.Count; i++)
        {
            var (start, end, piece) = path.Steps[i];
            if (piece != unknown)
            {
                ids.Add(piece);
                continue;
            }

            while (i + 1 < path.Steps.Count && path.Steps[i + 1].Piece == unknown)
            {
                end = path.Steps[++i].End;   // neighbours are one unknown piece
            }

            AddUnknown(text[start..end], ids);
        }
    }

    private void AddUnknown(ReadOnlySpan<char> text, List<int> ids)
    {
        var before = ids.Count;
        Span<byte> utf8 = stackalloc byte[4];
        foreach (var rune in text.EnumerateRunes())
        {
            foreach (var value in utf8[..rune.EncodeToUtf8(utf8)])
            {
                if (byteIds[value] is not { } id)
                {
                    ids.RemoveRange(before, ids.Count - before);
                    ids.Add(unknown);
                    return;
                }

                ids.Add(id);
            }
        }
    }

    /// <summary>The best way to each place of one text.</summary>
    private sealed class Path
    {
        private double[] best = new double[64];
        private int[] from = new int[64];   // -1: not reached
        private int[] pieces = new int[64];

        /// <summary>The pieces of the best way, in order.</summary>
        public List<(int Start, int End, int Piece)> Steps { get; } = [];

        public void Start(int length)
        {
            if (from.Length <= length)
            {
                (best, from, pieces) = (new double[length + 1], new int[length + 1], new int[length + 1]);
            }

            from.AsSpan(0, length + 1).Fill(-1);
            best[0] = 0;
        }

        public void Offer(int start, int end, int piece, double score)
        {
            var sum = best[start] + score;
            if (from[end] < 0 || sum > best[end])
            {
                (from[end], best[end], pieces[end]) = (start, sum, piece);
            }
        }

        public void Trace(int length)
        {
            Steps.Clear();
            for (var end = length; end > 0; end = from[end])
            {
                Steps.Add((from[end], end, pieces[end]));
            }

            Steps.Reverse();
        }
    }
}
