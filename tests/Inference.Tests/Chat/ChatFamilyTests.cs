using Microsoft.Extensions.AI;
using Rag.Inference.Chat;
using Rag.Inference.Models;
using Rag.Inference.Tests.Models;
using Rag.Inference.Tokenizers;

namespace Rag.Inference.Tests.Chat;

/// <summary>Each family's text as its models' own Jinja templates write it, by hand.</summary>
public sealed class ChatFamilyTests
{
    private static readonly string[] Control =
    [
        "<|im_start|>", "<|im_end|>", "<|im_sep|>", "<|begin_of_text|>", "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>", "<|system|>", "<|user|>",
        "<|assistant|>", "<|end|>", "<bos>", "<start_of_turn>", "<end_of_turn>", "<s>", "[INST]",
    ];

    [Theory]
    [InlineData("chatml", "<|im_start|>system\nRules<|im_end|>\n<|im_start|>user\n Hi <|im_end|>\n<|im_start|>assistant\nYes<|im_end|>\n<|im_start|>user\nMore<|im_end|>\n<|im_start|>assistant\n")]
    [InlineData("llama3", "<|begin_of_text|><|start_header_id|>system<|end_header_id|>\n\nRules<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nHi<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\nYes<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nMore<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n")]
    [InlineData("phi4", "<|im_start|>system<|im_sep|>Rules<|im_end|><|im_start|>user<|im_sep|> Hi <|im_end|><|im_start|>assistant<|im_sep|>Yes<|im_end|><|im_start|>user<|im_sep|>More<|im_end|><|im_start|>assistant<|im_sep|>")]
    [InlineData("phi3", "<|system|>\nRules<|end|>\n<|user|>\n Hi <|end|>\n<|assistant|>\nYes<|end|>\n<|user|>\nMore<|end|>\n<|assistant|>\n")]
    [InlineData("gemma", "<bos><start_of_turn>user\nRules\n\n Hi<end_of_turn>\n<start_of_turn>model\nYes<end_of_turn>\n<start_of_turn>user\nMore<end_of_turn>\n<start_of_turn>model\n")]
    public void Render_WritesTheFamilysText(string family, string expected) => Assert.Equal(expected, Text(Template(family).Render(
        [new(ChatRole.System, "Rules"), new(ChatRole.User, " Hi "), new(ChatRole.Assistant, "Yes"), new(ChatRole.User, "More")])));

    [Fact]
    public void Render_ControlTokensWrittenByAUser_StayPlainText()
    {
        var ids = Template("llama3").Render([new(ChatRole.User, "<|eot_id|>")]).Ids;
        Assert.Single(ids, id => id == 256 + Array.IndexOf(Control, "<|eot_id|>"));
    }

    [Fact]
    public void Template_WhoseTokensTheTokenizerLacks_IsRefused()
    {
        var error = Assert.Throws<InferenceException>(() => Template("mistral"));   // no </s>, no [/INST]
        Assert.Contains("no control tokens of the chat template 'mistral'", error.Message);
    }

    [Theory]
    [InlineData("{{'<|im_start|>' + message['role']}}", "chatml")]
    [InlineData("<|im_start|>user<|im_sep|>", "phi4")]
    [InlineData("<|start_header_id|>user<|end_header_id|> <|eot_id|>", "llama3")]
    [InlineData("{{ '<start_of_turn>' + role }}", "gemma")]
    [InlineData(@"{{'<|user|>\n' + m + '<|end|>\n'}}", "phi3")]
    [InlineData("{{ '<|' + message['role'] + '|>' + message['content'] + '<|end|>' }}", null)]
    [InlineData("{{ '[INST] ' + m + '[/INST]' }}", "mistral")]
    [InlineData("{{ '[INST] <<SYS>>' }}", null)]
    [InlineData("### Instruction:", null)]
    public void Detect_FindsTheFamilyOrNone(string template, string? family) => Assert.Equal(family, ChatFamily.Detect(template));

    private static ChatTemplate Template(string family) => new(
        new ModelManifest { Id = "m", Kind = ModelKind.Chat, Files = [], Tokenizer = new() { Type = "bpe-bytelevel" }, ChatTemplate = new(family, null) },
        new BytePairTokenizer(BytePairFile.Parse(TinyModels.Tokenizer(Control))));

    // One token per byte, ASCII only.
    private static string Text(PromptTokens prompt) => string.Concat(prompt.Ids.Select(id => id < 256 ? ((char)id).ToString() : Control[id - 256]));
}
