using Rag.Inference.Chat;

namespace Rag.Inference.Tests.Chat;

public sealed class StopSequenceMatcherTests
{
    [Fact]
    public void Append_StopAcrossPieces_HoldsItsBeginningBack()
    {
        var matcher = new StopSequenceMatcher(["\nUser:"]);
        Assert.Equal("Hello", matcher.Append("Hello\nUs"));
        Assert.False(matcher.Stopped);
        Assert.Equal("", matcher.Append("er: more"));
        Assert.True(matcher.Stopped);
        Assert.Equal("", matcher.Finish());
    }

    [Fact]
    public void Append_OnlyLooksLikeAStop_LetsItGo()
    {
        var matcher = new StopSequenceMatcher(["aab"]);
        Assert.Equal("x", matcher.Append("xaa"));
        Assert.Equal("a", matcher.Append("a"));    // "aaa": the last two may still begin it
        Assert.Equal("aac", matcher.Append("c"));
        Assert.Equal("", matcher.Append("a"));
        Assert.Equal("a", matcher.Finish());
    }

    [Fact]
    public void Append_TwoStopsInOnePiece_EndsBeforeTheFirst()
    {
        var matcher = new StopSequenceMatcher(["END", "STOP"]);
        Assert.Equal("a ", matcher.Append("a STOP b END"));
    }

    [Fact]
    public void Append_NoStops_PassesEverything() => Assert.Equal("any", new StopSequenceMatcher([]).Append("any"));
}
