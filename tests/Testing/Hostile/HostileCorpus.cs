using System.Globalization;
using System.Text;
using Rag.Testing.Office;
using Rag.Testing.Pdf;

namespace Rag.Testing.Hostile;

/// <summary>All hostile files: PDFs, Office, books, pages, mails, tables. Seeded, and made one after the other: not all fit into memory at once.</summary>
public static class HostileCorpus
{
    /// <summary>One file of each trick that is no PDF.</summary>
    public static IEnumerable<HostileFile> OtherTricks(int seed) =>
        HostileZips.Tricks(seed).Concat(HostileOffice.Tricks(seed)).Concat(HostilePages.Tricks(seed)).Concat(HostileLines.Tricks(seed));

    /// <summary>Those of <see cref="OtherTricks"/> that are made and read in no time.</summary>
    public static IEnumerable<HostileFile> SmallTricks(int seed) => HostileZips.Tricks(seed).Concat(HostileOffice.SmallTricks(seed)).Concat(HostilePages.SmallTricks());

    /// <summary>Files that are no PDFs cut at each KB. A container without its end is damaged; of a text, what was before the cut is there.</summary>
    public static IEnumerable<HostileFile> OtherTruncations(int seed)
    {
        foreach ((string extension, byte[] whole) in Samples(seed, paragraphs: 60))
        {
            bool container = extension is "docx" or "pptx" or "xlsx" or "epub";
            for (int length = 1_024; length < whole.Length; length += 1_024)
            {
                var files = new HostileFiles(extension);
                yield return container ? files.Refuse("cut-at-a-kb", whole[..length], "Damaged") : files.Read("cut-at-a-kb", whole[..length]);
            }
        }
    }

    /// <summary>A good file that is no PDF with some of its bytes changed.</summary>
    public static HostileFile OtherFlipped(int seed)
    {
        var random = new Random(seed);
        (string extension, byte[] bytes) = Samples(seed, 3 + (seed % 7)).ElementAt(seed % 7);
        for (int flips = 1 << random.Next(0, 9); flips > 0; flips--)
        {
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
        }

        return new HostileFiles(extension).Either("bytes-flipped", bytes);
    }

    /// <summary>A good file of each kind with <see cref="HostileFile.Line"/> near its beginning.</summary>
    private static IEnumerable<(string Extension, byte[] File)> Samples(int seed, int paragraphs)
    {
        var prose = new SeededProse(seed);
        string[] text = [HostileFile.Line, .. Enumerable.Range(0, paragraphs).Select(_ => prose.Paragraph(4))];
        yield return ("docx", seed % 3 == 0 && paragraphs < 20 ? OfficeFiles.Word() : ZipFiles.Word(string.Concat(text.Select(ZipFiles.Paragraph))));
        yield return ("pptx", seed % 3 == 0 && paragraphs < 20 ? OfficeFiles.Slides() : ZipFiles.Slides(string.Concat(text.Select(ZipFiles.Shape))));
        yield return ("xlsx", seed % 3 == 0 && paragraphs < 20 ? OfficeFiles.Sheets() : ZipFiles.Sheets($"<sheetData>{string.Concat(text.Select(row => $"<row>{ZipFiles.Cell("A1", row)}{ZipFiles.Cell("B1", "1")}</row>"))}</sheetData>"));
        yield return ("epub", seed % 3 == 0 && paragraphs < 20 ? ZipFiles.Book() : ZipFiles.Chapter(string.Concat(text.Select(words => $"<p>{words}</p>"))));
        yield return ("html", Encoding.UTF8.GetBytes($"<html><body>{string.Concat(text.Select(words => $"<p>{words}</p>\n"))}</body></html>"));
        yield return ("eml", Encoding.UTF8.GetBytes($"From: a@example.org\r\nSubject: Ferry\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\n{string.Join("\r\n\r\n", text)}\r\n--b--\r\n"));
        yield return ("csv", Encoding.UTF8.GetBytes("Number,Text\n" + string.Concat(text.Select((row, i) => string.Create(CultureInfo.InvariantCulture, $"{i},\"{row}\"\n")))));
    }
}
