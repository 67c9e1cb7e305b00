using Rag.Ingestion.Extraction;
using Rag.Testing.Office;

namespace Rag.Ingestion.Tests.Extraction.Kinds;

/// <summary>T7, F18, F24: what a container may not do, beside the tricks of <see cref="HostileCorpusTests"/>.</summary>
public sealed class HostileContainerTests
{
    private static readonly FileKind[] Zipped = [FileKind.Word, FileKind.Slides, FileKind.Sheets, FileKind.Epub];

    [Fact]
    public async Task Parts_WithNamesThatLeaveTheFolder_AreOnlyNames()
    {
        await using var pool = Extractors.Pool();
        Reading reading = await pool.ReadAsync(ZipFiles.Word("<w:p><w:r><w:t>Still read.</w:t></w:r></w:p>", ("../../../../tmp/docent-slip", "x"), ("/etc/docent-slip", "x"), ("C:\\docent-slip", "x")), "slip.docx");

        Assert.Equal("Still read.\n", reading.Text);
        Assert.False(File.Exists("/tmp/docent-slip") || File.Exists("/etc/docent-slip"));
    }

    [Fact]
    public async Task Pictures_WithoutTheirReader_AreRefusedForThat()
    {
        await using var pool = Extractors.Pool();
        Assert.Equal(Rag.Retrieval.Knowledge.RefusalReason.OcrOff, (await pool.ReadAsync([0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10, 0, 0], "a.png")).Reason);
    }

    [Fact]
    public async Task FilesOfEachKind_AreReadInTheRealProcess()
    {
        await using var pool = Extractors.Pool();
        Assert.Contains("five years", (await pool.ReadAsync(OfficeFiles.Word(), "a.docx")).Text, StringComparison.Ordinal);
        Assert.Contains("eight percent", (await pool.ReadAsync(OfficeFiles.Slides(), "a.pptx")).Text, StringComparison.Ordinal);
        Assert.Contains("1,234.50 €", (await pool.ReadAsync(OfficeFiles.Sheets(), "a.xlsx")).Text, StringComparison.Ordinal);
        Assert.Contains("red button", (await pool.ReadAsync(ZipFiles.Book(), "a.epub")).Text, StringComparison.Ordinal);
        Assert.Contains("replacement pump", (await pool.ReadAsync(ZipFiles.Mail(), "a.eml")).Text, StringComparison.Ordinal);
        Assert.Contains("A | B", (await pool.ReadAsync("A,B\nx,1\n"u8.ToArray(), "a.csv")).Blocks.First().Caption, StringComparison.Ordinal);
        Assert.Contains("words", (await pool.ReadAsync("<p>words"u8.ToArray(), "a.html")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void CutAndFlippedFiles_EndInTextOrARefusalNeverAnythingElse()
    {
        var random = new Random(7);
        byte[][] files = [OfficeFiles.Word(), OfficeFiles.Slides(), OfficeFiles.Sheets(), ZipFiles.Book()];
        for (int round = 0; round < 400; round++)
        {
            int which = round % files.Length;
            byte[] file = [.. files[which]];
            for (int flips = random.Next(1, 8); flips > 0; flips--)
            {
                file[random.Next(file.Length)] = (byte)random.Next(256);
            }

            file = round % 3 == 0 ? file[..random.Next(file.Length)] : file;
            Exception? thrown = Record.Exception(() => Flows.Read(Zipped[which], file).AssertWhole());
            Assert.True(thrown is null or System.Xml.XmlException or InvalidDataException or EndOfStreamException or IOException or NotSupportedException or ArgumentException or InvalidOperationException or FormatException, thrown?.ToString());
        }
    }
}
