using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Rag.Testing;
using Rag.Testing.Pdf;

namespace Rag.Benchmarks;

/// <param name="Truth">What a person reads in it, in reading order; null where nobody wrote it down.</param>
internal sealed record ReadingFile(string Name, byte[] Pdf, string? Truth);

/// <summary>PDFs for the reading figures: generated ones with known text, the three 10-Qs, and packages of Debian that ship a manual as PDF and as text.</summary>
internal static class ReadingCorpus
{
    /// <summary>A folder with such packages unpacked (<c>dpkg -x</c>): debian-policy, debian-reference-en, developers-reference, maint-guide.</summary>
    private const string DebianDocs = "DOCENT_DEBIAN_DOCS";

    private const int Pages = 40;

    public static IReadOnlyList<ReadingFile> Read()
    {
        List<ReadingFile> files = [Columns(), Tables(), new("prose, 168 pages", PdfFiles.Text(168), null)];
        files.AddRange(new[] { TestData.Apple, TestData.Amazon, TestData.Nvidia }.Select(name => new ReadingFile(name, File.ReadAllBytes(TestData.TenQ(name)), null)));
        if (Environment.GetEnvironmentVariable(DebianDocs) is { Length: > 0 } folder)
        {
            files.AddRange(Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Where(IsPdf).Select(Manual).OfType<ReadingFile>()
                .DistinctBy(file => Convert.ToHexString(SHA256.HashData(file.Pdf))));   // packages link to their files from several folders
        }
        else
        {
            Console.WriteLine($"{DebianDocs} is not set: without Debian's manuals.");
        }

        return files;
    }

    private static bool IsPdf(string path) => path.EndsWith(".pdf", StringComparison.Ordinal) || path.EndsWith(".pdf.gz", StringComparison.Ordinal);

    private static ReadingFile? Manual(string path)
    {
        string stem = path[..path.LastIndexOf(".pdf", StringComparison.Ordinal)];
        string? text = new[] { stem + ".txt.gz", stem + ".txt" }.FirstOrDefault(File.Exists);
        return text is null ? null : new(Path.GetFileName(stem), Bytes(path), Encoding.UTF8.GetString(Bytes(text)));
    }

    private static byte[] Bytes(string path)
    {
        if (!path.EndsWith(".gz", StringComparison.Ordinal))
        {
            return File.ReadAllBytes(path);
        }

        using var packed = new GZipStream(File.OpenRead(path), CompressionMode.Decompress);
        using var all = new MemoryStream();
        packed.CopyTo(all);
        return all.ToArray();
    }

    /// <summary>A running header, a title over two columns, a page number; the columns' lines are written in turns, as some typesetters do.</summary>
    private static ReadingFile Columns()
    {
        var prose = new SeededProse(11);
        var truth = new StringBuilder();
        var pages = new List<PdfCanvas>();
        for (int number = 1; number <= Pages; number++)
        {
            var page = new PdfCanvas();
            string title = prose.Heading(), left = prose.Paragraph(14), right = prose.Paragraph(14);
            page.Text(60, 40, "Journal of works and stores", size: 8).Text(300, 760, $"{number}", size: 8).Text(60, 90, title, size: 16, bold: true);
            string[] first = [.. Helvetica.Wrap(left, 10, 236)], second = [.. Helvetica.Wrap(right, 10, 236)];
            for (int i = 0; i < Math.Max(first.Length, second.Length); i++)
            {
                if (i < first.Length)
                {
                    page.Text(60, 120 + (13 * i), first[i]);
                }

                if (i < second.Length)
                {
                    page.Text(316, 120 + (13 * i), second[i]);
                }
            }

            truth.AppendLine(title).AppendLine(left).AppendLine(right);
            pages.Add(page);
        }

        return new("two columns, 40 pages", PdfFiles.Build(pages), truth.ToString());
    }

    /// <summary>Tables between paragraphs. Truth is row by row.</summary>
    private static ReadingFile Tables()
    {
        var prose = new SeededProse(12);
        var random = new Random(12);
        var truth = new StringBuilder();
        var pages = new List<PdfCanvas>();
        for (int number = 1; number <= Pages; number++)
        {
            var page = new PdfCanvas();
            page.Text(72, 40, "Statistical yearbook", size: 8).Text(300, 760, $"{number}", size: 8);
            double y = 84;
            for (int table = 0; table < 2; table++)
            {
                string before = prose.Paragraph(3), caption = $"Table {number}.{table + 1} " + prose.Heading();
                y = PdfFiles.Paragraph(page, 72, y, 468, before) + 10;
                page.Text(72, y, caption, size: 11, bold: true);
                truth.AppendLine(before).AppendLine(caption);
                y += 20;
                for (int row = 0; row < 11; row++)
                {
                    string label = row == 0 ? "Place and use" : prose.Heading().Replace("The ", "", StringComparison.Ordinal);
                    string[] figures = [.. Enumerable.Range(0, 3).Select(column => row == 0 ? $"{2020 + column}" : $"{random.Next(1, 900)},{random.Next(100, 999)}")];
                    page.Text(72, y, label, bold: row == 0);
                    for (int column = 0; column < figures.Length; column++)
                    {
                        page.TextRight(340 + (90 * column), y, figures[column], bold: row == 0);
                    }

                    truth.AppendJoin(' ', figures.Prepend(label)).AppendLine();
                    y += 14;
                }

                y += 14;
            }

            pages.Add(page);
        }

        return new("tables, 40 pages", PdfFiles.Build(pages), truth.ToString());
    }
}
