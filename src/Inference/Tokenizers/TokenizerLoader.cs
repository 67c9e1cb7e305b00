using System.Text.Json;
using Rag.Inference.Models;

namespace Rag.Inference.Tokenizers;

/// <summary>Reads a model folder's tokenizer after checking its file.</summary>
internal static class TokenizerLoader
{
    public const string ByteLevel = "bpe-bytelevel";
    public const string SentencePiece = "bpe-sentencepiece";
    public const string Unigram = "unigram";
    public const string WordPieces = "wordpiece";

    public static IChatTokenizer Chat(ModelFolder folder) => folder.Manifest.Tokenizer.Type switch
    {
        ByteLevel => BytePair(folder),
        SentencePiece => Read(folder, json => new SentencePieceTokenizer(SentencePieceFile.Parse(json))),
        _ => throw Unknown(folder, ByteLevel, SentencePiece),
    };

    public static IEmbeddingTokenizer Embedding(ModelFolder folder) => folder.Manifest.Tokenizer.Type switch
    {
        WordPieces => WordPiece(folder),
        Unigram => Read(folder, json => FramedTokenizer.Parse(json, UnigramTokenizer.Parse(json))),
        SentencePiece => Read(folder, json => FramedTokenizer.Parse(json, new SentencePieceTokenizer(SentencePieceFile.Parse(json)))),
        ByteLevel => Read(folder, json => FramedTokenizer.Parse(json, new BytePairTokenizer(BytePairFile.Parse(json)))),
        _ => throw Unknown(folder, WordPieces, Unigram, SentencePiece, ByteLevel),
    };

    public static WordPieceTokenizer WordPiece(ModelFolder folder)
    {
        var rules = folder.Manifest.Tokenizer;
        if (rules.Vocab.EndsWith(".json", StringComparison.Ordinal))
        {
            var whole = File.ReadAllBytes(folder.Verify(rules.Vocab));
            return Read(folder, rules.Vocab, () => WordPieceFile.Parse(whole));
        }

        var vocabulary = File.ReadAllLines(folder.Verify(rules.Vocab));
        return Read(folder, rules.Vocab, () => new WordPieceTokenizer(vocabulary, rules));
    }

    public static BytePairTokenizer BytePair(ModelFolder folder) => Read(folder, json => new BytePairTokenizer(BytePairFile.Parse(json)));

    private static T Read<T>(ModelFolder folder, Func<byte[], T> read)
    {
        var json = File.ReadAllBytes(folder.Verify(folder.Manifest.Tokenizer.File));
        return Read(folder, folder.Manifest.Tokenizer.File, () => read(json));
    }

    private static InferenceException Unknown(ModelFolder folder, params string[] known) => new(
        InferenceFailure.Unavailable, $"The model {folder.Manifest.Id} has a tokenizer of the type '{folder.Manifest.Tokenizer.Type}'; '{string.Join("' or '", known)}' is needed.");

    private static T Read<T>(ModelFolder folder, string name, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception error) when (error is FormatException or JsonException or KeyNotFoundException or InvalidOperationException or ArgumentException)
        {
            throw new InferenceException(InferenceFailure.Unavailable, $"The tokenizer of {folder.Manifest.Id} ({name}) cannot be used: {error.Message}", error);
        }
    }
}
