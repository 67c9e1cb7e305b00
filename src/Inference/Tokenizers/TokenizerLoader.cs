using System.Text.Json;
using Rag.Inference.Models;

namespace Rag.Inference.Tokenizers;

/// <summary>Reads a model folder's tokenizer after checking its file.</summary>
internal static class TokenizerLoader
{
    public static WordPieceTokenizer WordPiece(ModelFolder folder)
    {
        var rules = folder.Manifest.Tokenizer;
        Require(folder, "wordpiece");
        if (rules.Vocab.EndsWith(".json", StringComparison.Ordinal))
        {
            var whole = File.ReadAllBytes(folder.Verify(rules.Vocab));
            return Read(folder, rules.Vocab, () => WordPieceFile.Parse(whole));
        }

        var vocabulary = File.ReadAllLines(folder.Verify(rules.Vocab));
        return Read(folder, rules.Vocab, () => new WordPieceTokenizer(vocabulary, rules));
    }

    public static BytePairTokenizer BytePair(ModelFolder folder)
    {
        var name = folder.Manifest.Tokenizer.File;
        Require(folder, "bpe-bytelevel");
        var json = File.ReadAllBytes(folder.Verify(name));
        return Read(folder, name, () => new BytePairTokenizer(BytePairFile.Parse(json)));
    }

    private static void Require(ModelFolder folder, string type)
    {
        if (folder.Manifest.Tokenizer.Type != type)
        {
            throw new InferenceException(
                InferenceFailure.Unavailable, $"The model {folder.Manifest.Id} has a tokenizer of the type '{folder.Manifest.Tokenizer.Type}'; '{type}' is needed.");
        }
    }

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
