using Rag.Ingestion.Chunking;

namespace Rag.Ingestion.Tests.Chunking;

public sealed class SentenceSplitterTests
{
    [Theory]
    [InlineData("One. Two! Three? Four", "One.|Two!|Three?|Four")]
    [InlineData("Apple Inc. sold it. It cost $4.0 billion.", "Apple Inc. sold it.|It cost $4.0 billion.")]
    [InlineData("See Fig. 3 for J. R. Smith. Then go on.", "See Fig. 3 for J. R. Smith.|Then go on.")]
    [InlineData("He said “Stop.” Then he left.", "He said “Stop.”|Then he left.")]
    [InlineData("It is e.g. Here or there.", "It is e.g. Here or there.")]
    [InlineData("これは文です。次の文です。", "これは文です。|次の文です。")]
    [InlineData("  ", "")]
    public void Text_IsCutBetweenSentences(string text, string expected)
    {
        Assert.Equal(expected, string.Join('|', SentenceSplitter.Split(text).Select(range => text[range.Start..range.End])));
    }
}
