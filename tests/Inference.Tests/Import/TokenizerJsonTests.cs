using System.Text.Json;
using Rag.Inference.Import;
using Rag.Inference.Tokenizers;
using Rag.Testing.Gguf;

namespace Rag.Inference.Tests.Import;

public sealed class TokenizerJsonTests : IDisposable
{
    private readonly ImportBench bench = new();

    public void Dispose() => bench.Dispose();

    [Theory]
    [InlineData("gpt-2", BytePairCut.Gpt2, false)]
    [InlineData("smollm", BytePairCut.Gpt2DigitsAlone, false)]
    [InlineData("llama-bpe", BytePairCut.ThreeDigits, false)]
    [InlineData("qwen2", BytePairCut.OneDigit, true)]
    public void ByteLevel_IsReadBackAsItIs(string name, object cut, bool composes)
    {
        var parsed = BytePairFile.Parse(Write(new TinyGguf(new()).File.Add("tokenizer.ggml.pre", name)));
        Assert.Equal((cut, composes, name == "llama-bpe"), (parsed.Cut, parsed.Composes, parsed.Model.IgnoreMerges));
        Assert.Equal([("<|im_start|>", 256, true), ("<|im_end|>", 257, true), ("<tool>", 258, false)], parsed.AddedTokens.Select(token => (token.Content, token.Id, token.Special)));
        var tokenizer = new BytePairTokenizer(parsed);
        Assert.Equal([260, 'm'], tokenizer.Encode("them"));
        Assert.Equal(12, tokenizer.Encode("<|im_start|>").Count);   // plain text stays plain text
        Assert.Equal("<tool>"u8.ToArray(), tokenizer.Bytes(258).ToArray());
        Assert.Equal(0, tokenizer.Bytes(270).Length);   // an unused one
    }

    [Fact]
    public void SentencePiece_HasTheMergesThatItsScoresStandFor()
    {
        string[] tokens = ["<unk>", "<s>", "</s>", "<0x00>", "<0x0A>", "▁", "h", "e", "l", "o", "he", "ll", "hel", "▁he", "llo", "el", "hello", "▁hello"];
        float[] scores = [0, 0, 0, 0, 0, -20, -21, -22, -23, -24, -1, -2, -3, -4, -5, -6, -7, -8];
        var file = new TinyGguf(new()).File.Add("tokenizer.ggml.model", "llama").Add("tokenizer.ggml.tokens", tokens).Add("tokenizer.ggml.scores", scores)
            .Add("tokenizer.ggml.token_type", tokens.Select((_, i) => i == 0 ? 2 : i < 3 ? 3 : i < 5 ? 6 : 1).ToArray()).Add("tokenizer.ggml.eos_token_id", 2).Remove("tokenizer.ggml.merges");
        using var json = JsonDocument.Parse(Write(file));
        var model = json.RootElement.GetProperty("model");
        Assert.Equal(["h e", "l l", "he l", "h el", "▁ he", "ll o", "e l", "he llo", "▁he llo", "▁ hello"],
            model.GetProperty("merges").EnumerateArray().Select(merge => merge.GetString()));
        Assert.Equal((true, true, "<unk>", "BPE"), (model.GetProperty("byte_fallback").GetBoolean(), model.GetProperty("fuse_unk").GetBoolean(),
            model.GetProperty("unk_token").GetString(), model.GetProperty("type").GetString()));
        Assert.Equal(tokens.Length, model.GetProperty("vocab").EnumerateObject().Count());
        Assert.Equal(["<unk>", "<s>", "</s>"], json.RootElement.GetProperty("added_tokens").EnumerateArray().Select(token => token.GetProperty("content").GetString()));
        Assert.Equal(["Prepend", "Replace"], Steps(json.RootElement, "normalizer", "normalizers"));
        Assert.Equal(["Replace", "ByteFallback", "Fuse", "Strip"], Steps(json.RootElement, "decoder", "decoders"));
        using var bare = JsonDocument.Parse(Write(file.Add("tokenizer.ggml.add_space_prefix", false)));
        Assert.Equal(["Replace"], Steps(bare.RootElement, "normalizer", "normalizers"));
    }

    private static IEnumerable<string?> Steps(JsonElement root, string part, string list) =>
        root.GetProperty(part).GetProperty(list).EnumerateArray().Select(step => step.GetProperty("type").GetString());

    private byte[] Write(GgufWriter writer)
    {
        using var file = GgufFile.Open(writer.Save(bench.PathOf("tiny.gguf")));
        return TokenizerJson.Write(file, GgufVocabulary.Read(file, TinyShape.Vocabulary));
    }
}
