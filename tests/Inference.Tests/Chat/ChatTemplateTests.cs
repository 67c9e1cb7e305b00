using Microsoft.Extensions.AI;
using Rag.Inference.Chat;
using Rag.Inference.Tokenizers;

namespace Rag.Inference.Tests.Chat;

public sealed class ChatTemplateTests
{
    private static readonly ChatTemplate Template = new(ShippedModels.ChatFolder.Manifest, TokenizerLoader.BytePair(ShippedModels.ChatFolder));

    [Fact]
    public void Render_SystemMessage_IsTheStablePart()
    {
        var one = Template.Render([new(ChatRole.System, "Be brief."), new(ChatRole.User, "Hi")]);
        var two = Template.Render([new(ChatRole.System, "Be brief."), new(ChatRole.User, "What is the sea?")]);
        Assert.Equal(one.StableLength, two.StableLength);
        Assert.Equal(one.Ids[..one.StableLength], two.Ids[..two.StableLength]);
        Assert.True(one.StableLength > 5);
    }

    [Fact]
    public void Render_NoMessage_IsInvalid() => Refused([]);

    [Fact]
    public void Render_ToolMessage_IsInvalid() => Refused([new(ChatRole.Tool, "42")]);

    [Fact]
    public void Render_Picture_IsInvalid() => Refused([new(ChatRole.User, [new DataContent(new byte[] { 1 }, "image/png")])]);

    private static void Refused(ChatMessage[] messages) =>
        Assert.Equal(InferenceFailure.InvalidOption, Assert.Throws<InferenceException>(() => Template.Render(messages)).Reason);
}
