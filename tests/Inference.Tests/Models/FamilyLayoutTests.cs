using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Rag.Inference.Chat;
using Rag.Inference.Models;
using Rag.Inference.Runtime;
using Rag.Inference.Tests.Tokenizers;
using Rag.Inference.Tokenizers;

namespace Rag.Inference.Tests.Models;

/// <summary>Folders of Gemma, Mistral and Phi-3 as they are downloaded, with random weights. The expected prompts are their own Jinja templates' text, cut by hand.</summary>
public sealed class FamilyLayoutTests : IDisposable
{
    private const string GemmaTemplate = "{{ bos_token }}{{ '<start_of_turn>' + role + '\n' + message['content'] | trim + '<end_of_turn>\n' }}";
    private const string MistralTemplate = "{{ bos_token }}{{ '[INST] ' + message['content'] + '[/INST]' }}";
    private const string Phi3Template = @"{{'<|user|>\n' + message['content'] + '<|end|>\n'}}";

    private static readonly ChatMessage[] Conversation = [new(ChatRole.System, "the"), new(ChatRole.User, " Hi the"), new(ChatRole.Assistant, "sea"), new(ChatRole.User, "user")];

    private readonly TinyModels models = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => models.Dispose();

    [Fact]
    public Task Gemma_WithoutManifest_ReadsItsPromptAndAnswers() => AnswersAsync("gemma", GemmaTemplate, TinyPieces.Gemma,
    [
        "<bos>", "<start_of_turn>", "user", "\n", "the", "\n", "\n", "▁Hi", "▁the", "<end_of_turn>", "\n",
        "<start_of_turn>", "m", "o", "d", "e", "l", "\n", "sea", "<end_of_turn>", "\n",
        "<start_of_turn>", "user", "\n", "user", "<end_of_turn>", "\n", "<start_of_turn>", "m", "o", "d", "e", "l", "\n",
    ]);

    [Fact]
    public Task Mistral_WithoutManifest_ReadsItsPromptAndAnswers() => AnswersAsync("mistral", MistralTemplate, TinyPieces.Mistral,
        ["<s>", "[INST]", "▁the", "\n", "\n", "▁Hi", "▁the", "[/INST]", "▁sea", "</s>", "[INST]", "▁user", "[/INST]"]);

    [Fact]
    public Task Phi3_WithoutManifest_ReadsItsPromptAndAnswers() => AnswersAsync("phi3", Phi3Template, TinyPieces.Phi3,
        ["<|system|>", "▁the", "<|end|>", "<|user|>", "▁Hi", "▁the", "<|end|>", "<|assistant|>", "▁sea", "<|end|>", "<|user|>", "▁user", "<|end|>", "<|assistant|>"]);

    // Whether blanks beside a control token belong to it is the tokenizer's to say.
    [Fact]
    public void ControlTokens_TakeTheBlanksThatTheyStrip()
    {
        int[] Render(TinyPieces pieces, string content) => new ChatTemplate(
            new() { Id = "m", Kind = ModelKind.Chat, Files = [], Tokenizer = new() { Type = TokenizerLoader.SentencePiece }, ChatTemplate = new("phi3", null) },
            new SentencePieceTokenizer(SentencePieceFile.Parse(pieces.Json()))).Render([new(ChatRole.User, content)]).Ids;

        var none = TinyPieces.Phi3 with { RightStrips = [] };
        Assert.Equal(none.Ids("<|user|>", "▁", "\n", "▁Hi", "▁", "\n", "<|end|>", "▁", "\n", "<|assistant|>", "▁", "\n"), Render(none, " Hi \n"));
        var before = none with { LeftStrips = ["<|end|>"] };
        Assert.Equal(none.Ids("<|user|>", "▁", "\n", "▁Hi", "<|end|>", "▁", "\n", "<|assistant|>", "▁", "\n"), Render(before, " Hi \n"));
        Assert.Equal(none.Ids("<|user|>", "<|end|>", "▁", "\n", "<|assistant|>", "▁", "\n"), Render(before with { RightStrips = ["<|user|>"] }, " \n "));
        var both = before with { LeftStrips = ["<|end|>", "<|assistant|>"], RightStrips = ["<|user|>", "<|assistant|>"] };
        Assert.Equal(none.Ids("<|user|>", "▁Hi", "▁the", "<|end|>", "<|assistant|>"), Render(both, "Hi the\n\n"));
    }

    // Of version 0.1: what is an instruction is told by plain letters, which a user could write as well.
    [Fact]
    public async Task Mistral_WhoseMarksAreNoTokens_IsRefusedByName()
    {
        models.AddOnnxCommunity("tiny", MistralTemplate, new TinyPieces("<unk>", "<s>", "</s>").Json());
        var message = await RefusalAsync();
        Assert.Contains("The tokenizer of tiny has no control tokens of the chat template 'mistral'", message);
        Assert.Contains("[INST]", message);
    }

    [Theory]
    [InlineData("model", """{"type":"WordLevel","vocab":{"a":0}}""", "its tokenizer is of the type WordLevel, and bpe-bytelevel or bpe-sentencepiece is needed")]
    [InlineData("model", """{"vocab":{"a":0}}""", "its tokenizer is of the type (none)")]
    [InlineData("pre_tokenizer", """{"type":"Whitespace"}""", """The tokenizer of tiny (tokenizer.json) cannot be used: The pre_tokenizer {"type":"Whitespace"} is not known.""")]
    [InlineData("normalizer", """{"type":"Nmt"}""", "The normalizer")]
    [InlineData("decoder", "null", "It states no decoder")]
    [InlineData("pre_tokenizer", """{"type":5}""", "cannot be used without: pre_tokenizer.type is not a text.")]
    public async Task Tokenizer_ThatIsNotKnown_IsRefusedByName(string part, string content, string words)
    {
        var tokenizer = JsonNode.Parse(TinyPieces.Gemma.Json())!.AsObject();
        tokenizer[part] = JsonNode.Parse(content);
        models.AddOnnxCommunity("tiny", GemmaTemplate, JsonSerializer.SerializeToUtf8Bytes(tokenizer));
        var message = await RefusalAsync();
        Assert.Contains(words, message);
        Assert.DoesNotContain("..", message);
    }

    private async Task AnswersAsync(string family, string template, TinyPieces pieces, string[] prompt)
    {
        var path = models.AddOnnxCommunity("tiny", template, pieces.Json());
        var folder = ModelFolder.Open(path, ModelKind.Chat, 8_192);
        Assert.Equal(TokenizerLoader.SentencePiece, folder.Manifest.Tokenizer.Type);
        var tokenizer = TokenizerLoader.Chat(folder);
        Assert.Equal(pieces.Ids(prompt), new ChatTemplate(folder.Manifest, tokenizer).Render(Conversation).Ids);

        await using var services = InferenceHost.Build(("ModelsFolder", models.Root), ("ChatModel", "tiny"), ("Provider", "Cpu"));
        var chat = services.GetRequiredService<IChatClient>();
        var options = new ChatOptions { MaxOutputTokens = 8, Temperature = 0 };
        var response = await chat.GetResponseAsync(Conversation, options, Cancel);
        Assert.Equal(pieces.Ids(prompt).Length, response.Usage!.InputTokenCount);
        Assert.InRange(response.Usage.OutputTokenCount!.Value, 1, 8);
        Assert.DoesNotContain('▁', response.Text);
        var streamed = "";
        await foreach (var update in chat.GetStreamingResponseAsync(Conversation, options, Cancel))
        {
            streamed += update.Text;
        }

        Assert.Equal(response.Text, streamed);
        var status = services.GetRequiredService<InferenceStatus>().Models[0];
        Assert.Equal(ModelState.Ready, status.State);
        Assert.Contains($"chat template {family}", status.Note);
    }

    private async Task<string> RefusalAsync()
    {
        await using var services = InferenceHost.Build(("ModelsFolder", models.Root), ("ChatModel", "tiny"));
        var error = await Assert.ThrowsAsync<InferenceException>(() => services.GetRequiredService<IChatClient>().GetResponseAsync("Hi", cancellationToken: Cancel));
        Assert.Equal(InferenceFailure.Unavailable, error.Reason);
        return error.Message;
    }
}
