using System.Buffers.Binary;
using System.Text;
using Rag.Ingestion.Extraction;
using Rag.Retrieval.Knowledge;
using Rag.Testing.Office;

namespace Rag.Ingestion.Tests.Extraction.Kinds;

/// <summary>T7, F18, F24: what a container may not do. Each through a real extractor process.</summary>
public sealed class HostileContainerTests
{
    private static readonly FileKind[] Zipped = [FileKind.Word, FileKind.Slides, FileKind.Sheets, FileKind.Epub];

    public static TheoryData<string, byte[], RefusalReason> Hostile => new()
    {
        { "a.docx", ZipFiles.Word(new string(' ', 40_000_000)), RefusalReason.TooLarge },                                   // a bomb by its ratio
        { "a.docx", ZipFiles.Of([.. Enumerable.Range(0, 10_001).Select(i => ($"part{i}", Array.Empty<byte>()))]), RefusalReason.TooLarge },
        { "a.docx", Lying(ZipFiles.Word(new string(' ', 40_000_000))), RefusalReason.Damaged },                             // its directory says 1,000 bytes
        { "a.docx", Entities("word/document.xml", "<!DOCTYPE d [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;\">]><d>&b;</d>"), RefusalReason.Damaged },
        { "a.docx", Entities("word/document.xml", "<!DOCTYPE d [<!ENTITY a SYSTEM \"file:///etc/passwd\">]><d>&a;</d>"), RefusalReason.Damaged },
        { "a.docx", ZipFiles.Of(("nested.zip", ZipFiles.Of(("word/document.xml", "x"u8.ToArray())))), RefusalReason.WrongType },
        { "a.docx", ZipFiles.Word(string.Concat(Enumerable.Repeat("<w:tbl><w:tr><w:tc>", 500)) + string.Concat(Enumerable.Repeat("</w:tc></w:tr></w:tbl>", 500))), RefusalReason.Empty },
        { "a.docx", ZipFiles.Word(string.Concat(Enumerable.Repeat("<w:sdt><w:sdtContent>", 5_000)) + string.Concat(Enumerable.Repeat("</w:sdtContent></w:sdt>", 5_000))), RefusalReason.Damaged },
        { "a.docx", OfficeFiles.Word()[..2_000], RefusalReason.Damaged },
        { "a.docx", OfficeFiles.Sheets(), RefusalReason.WrongType },
        { "a.xlsx", OfficeFiles.Slides(), RefusalReason.WrongType },
        { "a.pptx", ZipFiles.Book(), RefusalReason.WrongType },
        { "a.epub", OfficeFiles.Word(), RefusalReason.WrongType },
        { "a.docx", Compound("EncryptedPackage"), RefusalReason.Encrypted },
        { "a.xlsx", Compound("Workbook"), RefusalReason.OldFormat },
        { "a.epub", ZipFiles.Of(("META-INF/container.xml", "<container><rootfile full-path='b.opf'/></container>"), ("b.opf", "<package/>"), ("META-INF/encryption.xml", "<e><CipherReference URI='OPS/one.xhtml'/></e>")), RefusalReason.Encrypted },
        { "a.png", [0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10, 0, 0], RefusalReason.OcrOff },
    };

    [Fact]
    public async Task HostileFiles_AreRefusedForTheirReasonAndTheExtractorLives()
    {
        await using var pool = Extractors.Pool();
        var wrong = new List<string>();
        foreach (var row in Hostile)
        {
            (string name, byte[] file, RefusalReason expected) = row.Data;
            Reading reading = await pool.ReadAsync(file, name);
            if (reading.Reason != expected)
            {
                wrong.Add($"{name}, {file.Length} bytes: {reading.Reason} instead of {expected}");
            }
        }

        Assert.Empty(wrong);
    }

    [Fact]
    public async Task Parts_WithNamesThatLeaveTheFolder_AreOnlyNames()
    {
        await using var pool = Extractors.Pool();
        Reading reading = await pool.ReadAsync(ZipFiles.Word("<w:p><w:r><w:t>Still read.</w:t></w:r></w:p>", ("../../../../tmp/docent-slip", "x"), ("/etc/docent-slip", "x"), ("C:\\docent-slip", "x")), "slip.docx");

        Assert.Equal("Still read.\n", reading.Text);
        Assert.False(File.Exists("/tmp/docent-slip") || File.Exists("/etc/docent-slip"));
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

    private static byte[] Entities(string part, string xml) => ZipFiles.Of((part, xml));

    private static byte[] Compound(string stream) => [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1, .. new byte[504], .. Encoding.Unicode.GetBytes(stream), .. new byte[512]];

    /// <summary>The sizes in the directory and in the headers say 1,000 bytes.</summary>
    private static byte[] Lying(byte[] zip)
    {
        for (int i = 0; i + 30 < zip.Length; i++)
        {
            int at = BinaryPrimitives.ReadUInt32LittleEndian(zip.AsSpan(i)) == 0x02014B50 ? i + 24 : -1;
            if (at > 0 && BinaryPrimitives.ReadUInt32LittleEndian(zip.AsSpan(at)) > 1_000_000)
            {
                BinaryPrimitives.WriteUInt32LittleEndian(zip.AsSpan(at), 1_000);
            }
        }

        return zip;
    }
}
