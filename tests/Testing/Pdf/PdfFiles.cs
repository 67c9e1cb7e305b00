using System.Globalization;
using System.Text;

namespace Rag.Testing.Pdf;

/// <summary>PDF files made for tests: the ordinary ones. Every call with the same arguments gives the same bytes.</summary>
public static partial class PdfFiles
{
    /// <summary>A realistic text file: headings, paragraphs, a running header and page numbers.</summary>
    public static byte[] Text(int pages, int seed = 1)
    {
        var prose = new SeededProse(seed);
        return Build(Enumerable.Range(1, pages).Select(number =>
        {
            var page = new PdfCanvas();
            page.Text(72, 40, "Annual survey of works and stores", size: 8);
            page.Text(300, 760, number.ToString(CultureInfo.InvariantCulture), size: 8);
            double y = 84;
            while (y < 640)
            {
                page.Text(72, y, prose.Heading(), size: 13, bold: true);
                y += 22;
                for (int i = 0; i < 2; i++)
                {
                    y = Paragraph(page, 72, y, 468, prose.Paragraph(4)) + 8;
                }

                y += 12;
            }

            return page;
        }));
    }

    /// <summary>One page per array, one line per string, 10 pt Helvetica, top left.</summary>
    public static byte[] Lines(params string[][] pages) => Build(pages.Select(lines =>
    {
        var page = new PdfCanvas();
        for (int i = 0; i < lines.Length; i++)
        {
            page.Text(72, 84 + (i * 13), lines[i]);
        }

        return page;
    }));

    /// <summary>A title over two columns of prose, the left one to be read first.</summary>
    public static byte[] TwoColumns(string title, string left, string right)
    {
        var page = new PdfCanvas();
        page.Text(72, 80, title, size: 16, bold: true);
        Paragraph(page, 60, 120, 236, left);
        Paragraph(page, 316, 120, 236, right);
        return Build([page]);
    }

    /// <summary>A captioned table: title, header row, then one row per array with right-aligned figures.</summary>
    public static byte[] Table(string title, string[] header, params string[][] rows)
    {
        var page = new PdfCanvas();
        page.Text(72, 100, title, size: 11, bold: true);
        double y = 124;
        foreach (string[] row in rows.Prepend(header))
        {
            page.Text(72, y, row[0], bold: ReferenceEquals(row, header));
            for (int i = 1; i < row.Length; i++)
            {
                page.TextRight(260 + (90 * i), y, row[i], bold: ReferenceEquals(row, header));
            }

            y += 14;
        }

        return Build([page]);
    }

    /// <summary>An image and no letter on every page, as a scanner without text recognition writes it.</summary>
    public static byte[] NoText(int pages = 1) => Build(Enumerable.Range(0, pages).Select(_ => new PdfCanvas().Image(36, 36, 540, 720)));

    /// <summary>Writes a paragraph and returns the baseline of the line after it.</summary>
    public static double Paragraph(PdfCanvas page, double x, double baseline, double width, string text, double size = 10, double pitch = 13)
    {
        foreach (string line in Helvetica.Wrap(text, size, width))
        {
            page.Text(x, baseline, line, size);
            baseline += pitch;
        }

        return baseline;
    }

    /// <summary>Puts pages into a file with Helvetica (F1), Helvetica-Bold (F2) and one image (Im1).</summary>
    public static byte[] Build(IEnumerable<PdfCanvas> pages, string? title = null) => Build(new PdfObjects(), pages, title);

    private static byte[] Build(PdfObjects file, IEnumerable<PdfCanvas> pages, string? title = null)
    {
        int tree = file.Reserve();
        int regular = file.Add("<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>");
        int bold = file.Add("<</Type/Font/Subtype/Type1/BaseFont/Helvetica-Bold/Encoding/WinAnsiEncoding>>");
        int image = file.AddStream([0x40, 0xC0, 0x80, 0x20], "/Type/XObject/Subtype/Image/Width 2/Height 2/ColorSpace/DeviceGray/BitsPerComponent 8");
        var kids = new StringBuilder();
        int count = 0;
        foreach (PdfCanvas page in pages)
        {
            int content = file.AddStream(page.Content);
            string box = string.Create(CultureInfo.InvariantCulture, $"[0 0 {page.Width} {page.Height}]");
            int number = file.Add(
                $"<</Type/Page/Parent {tree} 0 R/MediaBox{box}/Rotate {page.Rotate}/Contents {content} 0 R" +
                $"/Resources<</Font<</F1 {regular} 0 R/F2 {bold} 0 R>>/XObject<</Im1 {image} 0 R>>>>>>");
            kids.Append(CultureInfo.InvariantCulture, $"{number} 0 R ");
            count++;
        }

        file.Set(tree, $"<</Type/Pages/Kids[{kids}]/Count {count}>>");
        int? info = title is null ? null : file.Add($"<</Title({title})>>");
        return file.ToFile(file.Add($"<</Type/Catalog/Pages {tree} 0 R>>"), info);
    }
}
