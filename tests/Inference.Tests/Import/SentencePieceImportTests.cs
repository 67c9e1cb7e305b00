using System.Text.Json;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Rag.Inference.Chat;
using Rag.Inference.Import;
using Rag.Inference.Models;
using Rag.Inference.Runtime;
using Rag.Inference.Tests.Tokenizers;
using Rag.Inference.Tokenizers;
using Rag.Testing.Gguf;

namespace Rag.Inference.Tests.Import;

/// <summary>A GGUF file whose vocabulary is SentencePiece's: tokens and scores, no merges.</summary>
public sealed class SentencePieceImportTests : IDisposable
{
    private const string Template = "{{ bos_token }}{{ '[INST] ' + message['content'] + '[/INST]' }}";

    // As such files say it: a blank before every text between control tokens.
    private static readonly TinyPieces Pieces = new("<unk>", "<s>", "</s>", "[INST]", "[/INST]");

    private readonly ImportBench bench = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => bench.Dispose();

    [Fact]
    public async Task File_IsImportedAndAnswers()
    {
        var imported = await bench.ImportAsync(File());
        using (var manifest = JsonDocument.Parse(await System.IO.File.ReadAllBytesAsync(Path.Combine(imported.Folder, "model.json"), Cancel)))
        {
            Assert.Equal("bpe-sentencepiece", manifest.RootElement.GetProperty("tokenizer").GetProperty("type").GetString());
            Assert.Equal("mistral", manifest.RootElement.GetProperty("chatTemplate").GetProperty("family").GetString());
            Assert.Equal([2], manifest.RootElement.GetProperty("stopTokens").EnumerateArray().Select(id => id.GetInt32()));
        }

        var folder = ModelFolder.Open(imported.Folder, ModelKind.Chat, 8_192);
        ChatMessage[] messages = [new(ChatRole.User, "Hi the"), new(ChatRole.Assistant, "sea"), new(ChatRole.User, "user")];
        var expected = Pieces.Ids("<s>", "[INST]", "▁", "▁Hi", "▁the", "[/INST]", "▁", "▁sea", "</s>", "[INST]", "▁", "▁user", "[/INST]");
        Assert.Equal(expected, new ChatTemplate(folder.Manifest, TokenizerLoader.Chat(folder)).Render(messages).Ids);

        await using var services = InferenceHost.Build(("ModelsFolder", bench.Models), ("ChatModel", imported.Id), ("Provider", "Cpu"));
        var response = await services.GetRequiredService<IChatClient>().GetResponseAsync(messages, new() { MaxOutputTokens = 6, Temperature = 0 }, Cancel);
        Assert.Equal(expected.Length, response.Usage!.InputTokenCount);
        Assert.InRange(response.Usage.OutputTokenCount!.Value, 1, 6);
        Assert.DoesNotContain('▁', response.Text);
        Assert.Equal(ModelState.Ready, services.GetRequiredService<InferenceStatus>().Models[0].State);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Tokens_AreThoseOfTheTokenizerItself_AndOfItsScores(bool opens)
    {
        var pieces = opens ? Pieces : Pieces with { Normalizer = TinyPieces.Gemma.Normalizer, Strips = false };
        var own = new SentencePieceTokenizer(SentencePieceFile.Parse(pieces.Json()));
        using var file = GgufFile.Open(File().Add("tokenizer.ggml.add_space_prefix", opens).Save(bench.PathOf("tiny.gguf")));
        var written = new SentencePieceTokenizer(SentencePieceFile.Parse(TokenizerJson.Write(file, GgufVocabulary.Read(file, TinyShape.Vocabulary))));
        Assert.Equal(own.ControlIds.Order(), written.ControlIds.Order());
        Assert.Equal(own.LeadingBlanks, written.LeadingBlanks);
        var scores = pieces.Tokens.Zip(Scores(pieces)).Where((_, id) => id >= pieces.Control.Length).ToDictionary(pair => pair.First, pair => pair.Second);
        foreach (var text in RandomTexts.Make(300))
        {
            var ids = written.Encode(text);
            Assert.Equal(own.Encode(text), ids);
            Assert.Equal(ByScores(pieces, scores, (opens && text.Length > 0 ? " " : "") + text), ids);
        }
    }

    // SentencePiece's own way, with no merges: of all neighbours that are a token together the best one, the first among equals, until there is none.
    private static int[] ByScores(TinyPieces pieces, Dictionary<string, float> scores, string text)
    {
        var parts = text.Replace(' ', '▁').EnumerateRunes().Select(rune => rune.ToString()).ToList();
        while (Enumerable.Range(0, Math.Max(0, parts.Count - 1)).Where(at => scores.ContainsKey(parts[at] + parts[at + 1])).ToArray() is { Length: > 0 } places)
        {
            var best = places.MaxBy(at => scores[parts[at] + parts[at + 1]]);
            parts[best] += parts[best + 1];
            parts.RemoveAt(best + 1);
        }

        return pieces.Ids([.. parts]);
    }

    // Letters last, as in real files; the pieces in their order.
    private static float[] Scores(TinyPieces pieces) =>
        [.. pieces.Tokens.Select((token, id) => token.Length == 1 ? -1_000f - id : token.StartsWith("<0x", StringComparison.Ordinal) || id < pieces.Control.Length ? 0f : -id)];

    private static GgufWriter File()
    {
        var tokens = Pieces.Tokens;
        return new TinyGguf(new()).File
            .Add("tokenizer.ggml.model", "llama").Add("tokenizer.ggml.pre", "default").Add("tokenizer.ggml.tokens", tokens).Add("tokenizer.ggml.scores", Scores(Pieces))
            .Add("tokenizer.ggml.token_type", tokens.Select((token, id) => id == 0 ? 2 : id < Pieces.Control.Length ? 3 : token.StartsWith("<0x", StringComparison.Ordinal) ? 6 : 1).ToArray())
            .Add("tokenizer.ggml.bos_token_id", 1).Add("tokenizer.ggml.eos_token_id", 2).Add("tokenizer.chat_template", Template).Remove("tokenizer.ggml.merges");
    }
}
