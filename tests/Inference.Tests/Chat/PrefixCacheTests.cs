using Rag.Inference.Chat;

namespace Rag.Inference.Tests.Chat;

public sealed class PrefixCacheTests
{
    private static readonly int[] Cached = [1, 2, 3, 4, 5, 6, 7];

    [Fact]
    public void Take_SameConversation_ReusesTheLongestCommonPart() =>
        Assert.Equal(5, Second(new([1, 2, 3, 4, 5, 9, 9], 2, "a", null), first: new([1, 2, 3, 4, 5], 2, "a", null)));

    [Fact]
    public void Take_WholePromptCached_StillReadsItsLastTwoTokens() =>
        Assert.Equal(3, Second(new([1, 2, 3, 4, 5], 2, "a", null), first: new([1, 2, 3, 4, 5], 2, "a", null)));

    [Fact]
    public void Take_OtherConversationOfTheScope_ReusesTheSystemMessageOnly() =>
        Assert.Equal(2, Second(new([1, 2, 3, 4, 5, 9], 2, "b", "s"), first: new([1, 2, 3, 4, 5], 2, "a", "s")));

    [Theory]
    [InlineData("b", "t")]
    [InlineData("b", null)]
    [InlineData(null, null)]
    public void Take_OtherTenantWithTheSameText_ReusesNothing(string? conversation, string? scope) =>
        Assert.Equal(0, Second(new([1, 2, 3, 4, 5], 2, conversation, scope), first: new([1, 2, 3, 4, 5], 2, scope is null ? null : "a", scope is null ? null : "s")));

    private static int Second(PromptTokens next, PromptTokens first)
    {
        var cache = new PrefixCache();
        Assert.Equal(0, cache.Take(first, []));
        return cache.Take(next, Cached);
    }
}
