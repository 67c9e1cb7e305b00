using System.Text;
using Rag.Ingestion.Extraction;
using Rag.Retrieval.Knowledge;

namespace Rag.Ingestion.Tests.Extraction;

public sealed class TextExtractorTests
{
    public static TheoryData<string, byte[]> Encodings
    {
        get
        {
            const string Text = "Grüße, naïve café";
            return new()
            {
                { "UTF-8", Encoding.UTF8.GetBytes(Text) },
                { "UTF-8 with mark", [0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(Text)] },
                { "UTF-16 little endian", [0xFF, 0xFE, .. Encoding.Unicode.GetBytes(Text)] },
                { "UTF-16 big endian", [0xFE, 0xFF, .. Encoding.BigEndianUnicode.GetBytes(Text)] },
                { "Windows-1252", Encoding.Latin1.GetBytes(Text) },
            };
        }
    }

    [Theory]
    [MemberData(nameof(Encodings))]
    public void Text_InEachEncoding_IsDecoded(string name, byte[] file)
    {
        Assert.NotEmpty(name);
        Assert.Equal("Grüße, naïve café\n", TextExtractor.Extract(file, FileKind.PlainText).Text.Text);
    }

    [Fact]
    public void Windows1252_WithCurlyQuotes_IsNotLatin1()
    {
        Assert.Equal("“so”\n", TextExtractor.Extract([0x93, (byte)'s', (byte)'o', 0x94], FileKind.PlainText).Text.Text);
    }

    [Fact]
    public void Page_OfAText_HasNoWidthAndALinePerLine()
    {
        PageText page = Read("One line\nand its next.\n\n\nA new paragraph.\r\n", FileKind.PlainText).Text;
        Assert.Equal((1, 0f, 0f, 0), (page.Number, page.Width, page.Height, page.Start));
        Assert.Equal("One line\nand its next.\n\nA new paragraph.\n", page.Text);
        Assert.Equal(["One line", "and its next.", "A new paragraph."], page.Lines.Select(line => page.Text.Substring(line.Start, line.Length)));
    }

    [Fact]
    public void Markdown_HeadingsListsTablesAndFences_AreBlocks()
    {
        ExtractedPage page = Read("# Top\nText under it.\n- first\n- second\n\nUnder\n-----\n```\n# no heading\n```\n\n| A | B |\n|---|---|\n| 1 | 2 |\n", FileKind.Markdown);
        Assert.Equal(
            [
                (BlockKind.Heading, 6f, "# Top"), (BlockKind.Paragraph, 0f, "Text under it."), (BlockKind.ListItem, 0f, "- first"), (BlockKind.ListItem, 0f, "- second"),
                (BlockKind.Heading, 5f, "Under"), (BlockKind.Paragraph, 0f, "-----\n```\n# no heading\n```"),
                (BlockKind.TableRow, 0f, "| A | B |"), (BlockKind.TableRow, 0f, "|---|---|"), (BlockKind.TableRow, 0f, "| 1 | 2 |"),
            ],
            page.Blocks.Select(block => (block.Kind, block.Rank, page.Text.Text[block.Start..block.End])));
        Assert.Equal("A | B", page.Blocks[^1].Caption);
    }

    [Fact]
    public void PlainText_WithHashes_HasNoHeadings()
    {
        Assert.DoesNotContain(Read("# not a heading\n\ntext", FileKind.PlainText).Blocks, block => block.Kind == BlockKind.Heading);
    }

    [Fact]
    public void InvisibleCharacters_AreRemoved()
    {
        Assert.Equal("plain text 😀\n", Read("pl\u200Bain\u202E te\u0000xt\u2066 😀\uFEFF", FileKind.PlainText).Text.Text);
    }

    [Fact]
    public void Prose_BrokenAtAFixedWidth_IsOneLineAgain()
    {
        const string Wrapped = "The warranty of the boiler ends five years after\nthe day of sale, unless it was serviced by someone\nelse. Then it ends at once.\n\nNext paragraph.";

        var page = Read(Wrapped, FileKind.PlainText).Text;

        Assert.Equal(Wrapped[..^17].Replace('\n', ' ') + "\n\nNext paragraph.\n", page.Text);
        Assert.Equal(["The warranty", "the day of s", "else. Then i", "Next paragra"], page.Lines.Select(line => page.Text.Substring(line.Start, 12)));
    }

    [Theory]
    [InlineData("Tyger Tyger, burning bright,\nIn the forests of the night;\nWhat immortal hand or eye,")]
    [InlineData("2024-01-01 10:00:00 started the server on port 80\n2024-01-01 10:00:01 ready\n2024-01-01 10:00:02 a request from somewhere came")]
    [InlineData("This line is wide enough to be the first of some prose,\n    but the next one is indented like code, so it is kept.")]
    [InlineData("A single line that is rather long and stands alone in its paragraph.")]
    public void Lines_ThatMeanToBeLines_StayLines(string text) => Assert.Equal(text + "\n", Read(text, FileKind.PlainText).Text.Text);

    private static ExtractedPage Read(string text, FileKind kind) => TextExtractor.Extract(Encoding.UTF8.GetBytes(text), kind);
}
