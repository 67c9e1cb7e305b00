using System.Text;
using Rag.Inference.Tests.Models;
using Rag.Inference.Tokenizers;

namespace Rag.Inference.Tests.Tokenizers;

/// <summary>Tokens give back the text they were made of, token by token as well as all at once.</summary>
public sealed class RoundTripTests
{
    private const string Llama = "llama-legacy", First = "metaspace-first", Gemma = "gemma";

    public static TheoryData<string> Kinds => [Llama, First, Gemma, "tiny llama", "tiny first", "tiny gemma", "bytes", "shipped"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Decode_OfATextsTokens_IsTheText(string kind)
    {
        var tokenizer = Tokenizer(kind);
        foreach (var text in RandomTexts.Make(400))
        {
            var ids = tokenizer.Encode(text);
            Assert.DoesNotContain(ids, tokenizer.ControlIds.Contains);
            // "first" puts no blank before one that is there, and the decoder takes one all the same: as in the reference.
            Assert.Equal(kind.EndsWith("first", StringComparison.Ordinal) && text.StartsWith(' ') ? text[1..] : text, Streamed(tokenizer, ids));
            Assert.Equal(Whole(tokenizer, ids), Streamed(tokenizer, ids));
        }

        Assert.Equal("a\ufffdb", Streamed(tokenizer, tokenizer.Encode("a\ud800b")));
    }

    // Whatever a model writes: bytes that are no characters, control tokens within, rows beyond the vocabulary.
    [Theory]
    [MemberData(nameof(Kinds))]
    public void Decode_OfRandomTokens_IsTheSameInPieces(string kind)
    {
        var tokenizer = Tokenizer(kind);
        var random = new Random(13);
        for (var round = 0; round < 400; round++)
        {
            // Mostly the first three hundred, where most kinds have their bytes.
            int[] ids = [.. Enumerable.Range(0, random.Next(14)).Select(_ => random.Next(3) == 0 ? random.Next(1_000) : random.Next(300))];
            Assert.Equal(Whole(tokenizer, ids), Streamed(tokenizer, ids));
        }
    }

    // A text that goes on another must not be opened by a blank of its own.
    [Theory]
    [MemberData(nameof(Kinds))]
    public void Encode_OfATextInTwo_GivesTheTextTogether(string kind)
    {
        var tokenizer = Tokenizer(kind);
        foreach (var (first, second) in RandomTexts.Make(150).Zip(RandomTexts.Make(150, seed: 12)))
        {
            List<int> ids = [.. tokenizer.Encode("a" + first), .. tokenizer.Encode(second, TextPlace.Continued)];
            Assert.Equal("a" + first + second, Streamed(tokenizer, ids));
        }
    }

    private static IChatTokenizer Tokenizer(string kind) => kind switch
    {
        "shipped" => TokenizerLoader.BytePair(ShippedModels.ChatFolder),
        "bytes" => new BytePairTokenizer(BytePairFile.Parse(TinyModels.Tokenizer(["<s>", "</s>", "[INST]"]))),
        "tiny llama" => Pieces(TinyPieces.Phi3),
        "tiny first" => Pieces(TinyPieces.Mistral),
        "tiny gemma" => Pieces(TinyPieces.Gemma),
        _ => new SentencePieceTokenizer(SentencePieceFile.Parse(SentencePieceGoldenTests.File(kind))),
    };

    private static SentencePieceTokenizer Pieces(TinyPieces pieces) => new(SentencePieceFile.Parse(pieces.Json()));

    private static string Whole(IChatTokenizer tokenizer, IReadOnlyList<int> ids)
    {
        var text = Encoding.UTF8.GetString([.. ids.SelectMany(id => tokenizer.Bytes(id).ToArray())]);
        var blanks = text.Length - text.TrimStart(' ').Length;
        return text[Math.Min(blanks, tokenizer.LeadingBlanks)..];
    }

    private static string Streamed(IChatTokenizer tokenizer, IReadOnlyList<int> ids)
    {
        var decoder = new TokenStreamDecoder(tokenizer);
        var text = new StringBuilder();
        foreach (var id in ids)
        {
            text.Append(decoder.Append(id));
        }

        return text.Append(decoder.Finish()).ToString();
    }
}
