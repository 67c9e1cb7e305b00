namespace Rag.Web.Tests.Shell;

public sealed class WebOptionsTests
{
    [Fact]
    public void Options_Defaults_AreValid() => Assert.True(new WebOptionsValidator().Validate(null, new WebOptions()).Succeeded);

    [Theory]
    [InlineData(1023, null, false)]
    [InlineData(1024, null, true)]
    [InlineData(10_000_000_001, null, false)]
    [InlineData(1024, "docent.example", false)]
    [InlineData(1024, "ftp://docent.example", false)]
    [InlineData(1024, "https://docent.example/?a=b", false)]
    [InlineData(1024, "https://docent.example", true)]
    [InlineData(1024, "http://nas.home:5080/docent", true)]
    public void Options_OutOfBounds_AreRefused(long bytes, string? url, bool valid) =>
        Assert.Equal(valid, new WebOptionsValidator().Validate(null, new WebOptions { MaxUploadBytes = bytes, PublicBaseUrl = url }).Succeeded);
}
