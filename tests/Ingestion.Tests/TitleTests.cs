namespace Rag.Ingestion.Tests;

public sealed class TitleTests
{
    [Theory]
    [InlineData("0000320193-23-000077", "2023 Q3 AAPL.pdf", "2023 Q3 AAPL")]
    [InlineData("Microsoft Word - Final_v3.docx", "Annual report.pdf", "Annual report")]
    [InlineData("untitled", "notes.md", "notes")]
    [InlineData("d41d8cd98f00b204e9800998ecf8427e", "letter.pdf", "letter")]
    [InlineData("wk-20231029.htm", "nvda.pdf", "nvda")]
    [InlineData("Report", "q3.pdf", "q3")]
    [InlineData("", "a.b.pdf", "a.b")]
    [InlineData("The Origin of Species", "origin.pdf", "The Origin of Species")]
    [InlineData("  Attention Is\n All You Need ", "1706.03762.pdf", "Attention Is All You Need")]
    [InlineData("量子力学入門", "q.pdf", "量子力学入門")]
    [InlineData("safe\u202Etitle of words", "x.pdf", "safetitle of words")]
    public void Title_FromMetadataOrName_ReadsLikeWords(string metadata, string fileName, string expected)
    {
        Assert.Equal(expected, TitleChooser.Choose(metadata, fileName));
    }
}
