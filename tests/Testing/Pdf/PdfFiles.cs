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

    /// <summary>One line of any letters, painted in the order given, whose font says what they mean (<c>ToUnicode</c>). At most 90 different ones; what is drawn are boxes, and marks take no room.</summary>
    public static byte[] WithLetters(string letters)
    {
        char[] known = [.. letters.Where(c => c != ' ').Distinct()];
        int Code(char c) => c == ' ' ? ' ' : '!' + Array.IndexOf(known, c);
        var file = new PdfObjects();
        string pairs = string.Concat(known.Select(c => string.Create(CultureInfo.InvariantCulture, $"<{Code(c):X2}> <{(int)c:X4}>\n")));
        int meaning = file.AddStream(
            "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /Letters def /CMapType 2 def\n1 begincodespacerange <00> <FF> endcodespacerange\n" +
            $"{known.Length + 1} beginbfchar\n<20> <0020>\n{pairs}endbfchar endcmap end end");
        int shape = file.AddStream("500 0 0 0 450 700 d1 0 0 450 700 re f");
        int blank = file.AddStream("500 0 0 0 0 0 d1");
        string codes = string.Join(' ', Enumerable.Range('!', known.Length).Select(code => $"/c{code}"));
        int font = file.Add(
            $"<</Type/Font/Subtype/Type3/FontBBox[0 0 500 700]/FontMatrix[0.001 0 0 0.001 0 0]/ToUnicode {meaning} 0 R/Resources<<>>/Encoding<</Type/Encoding/Differences[32 /space {codes}]>>" +
            $"/CharProcs<</space {blank} 0 R {string.Join(' ', Enumerable.Range('!', known.Length).Select(code => $"/c{code} {shape} 0 R"))}>>" +
            $"/FirstChar 32/LastChar {32 + known.Length}/Widths[500 {string.Join(' ', known.Select(c => char.GetUnicodeCategory(c) is UnicodeCategory.Format or UnicodeCategory.NonSpacingMark ? "0" : "500"))}]>>");
        int content = file.AddStream($"BT /F1 12 Tf 1 0 0 1 72 700 Tm <{string.Concat(letters.Select(c => Code(c).ToString("X2", CultureInfo.InvariantCulture)))}> Tj ET");
        int tree = file.Reserve();
        int page = file.Add($"<</Type/Page/Parent {tree} 0 R/MediaBox[0 0 612 792]/Contents {content} 0 R/Resources<</Font<</F1 {font} 0 R>>>>>>");
        file.Set(tree, $"<</Type/Pages/Kids[{page} 0 R]/Count 1>>");
        return file.ToFile(file.Add($"<</Type/Catalog/Pages {tree} 0 R>>"));
    }

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
