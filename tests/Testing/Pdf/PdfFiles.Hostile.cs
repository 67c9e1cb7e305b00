using System.Globalization;
using System.Text;

namespace Rag.Testing.Pdf;

/// <summary>PDF files made for tests: the damaged, hidden and hostile ones.</summary>
public static partial class PdfFiles
{
    /// <summary>Asks for a password before anyone may read it.</summary>
    public static byte[] UserPassword(string password = "open sesame", bool strong = true) => Encrypted("Nobody reads this line.", password, "owner", strong);

    /// <summary>Encrypted with an empty user password: everyone may read, only the owner may change.</summary>
    public static byte[] OwnerPasswordOnly(string line, bool strong = true) => Encrypted(line, "", "owner", strong);

    /// <summary>A good file cut off at a share of its length.</summary>
    public static byte[] Truncated(double share = 0.4)
    {
        byte[] whole = Text(3);
        return whole[..(int)(whole.Length * share)];
    }

    /// <summary>The header and nothing that belongs to it.</summary>
    public static byte[] HeaderOnly() => Encoding.Latin1.GetBytes("%PDF-1.7\n");

    /// <summary>HTML under a PDF's name.</summary>
    public static byte[] WrongHeader() => Encoding.UTF8.GetBytes("<!DOCTYPE html><html><body><p>This is not a PDF.</p></body></html>");

    /// <summary>
    /// 1 KB that ends a .NET process: a stitching function made of itself, read by recursion without a limit.
    /// </summary>
    public static byte[] StackOverflow()
    {
        var file = new PdfObjects();
        int function = file.Reserve();
        file.Set(function, $"<</FunctionType 3/Domain[0 1]/Functions[{function} 0 R]/Bounds[]/Encode[0 1]>>");
        int font = file.Add("<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>");
        return OnePage(file, $"/Font<</F1 {font} 0 R>>/ColorSpace<</C[/Separation/A/DeviceRGB {function} 0 R]>>", "/C cs 1 scn BT /F1 12 Tf 72 700 Td (never read) Tj ET");
    }

    /// <summary>Arrays in arrays, <paramref name="depth"/> deep, in a content stream.</summary>
    public static byte[] DeepNesting(int depth = 100_000)
    {
        var file = new PdfObjects();
        int font = file.Add("<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>");
        return OnePage(file, $"/Font<</F1 {font} 0 R>>", "BT /F1 12 Tf " + new string('[', depth) + new string(']', depth) + " TJ ET");
    }

    /// <summary>A form that draws itself.</summary>
    public static byte[] FormCycle()
    {
        var file = new PdfObjects();
        int form = file.Reserve();
        file.Set(form, $"<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X {form} 0 R>>>>/Length 5>>\nstream\n/X Do\nendstream");
        return OnePage(file, $"/XObject<</X {form} 0 R>>", "/X Do");
    }

    /// <summary>Many pages that share one content stream, so the file stays small.</summary>
    public static byte[] HugePageCount(int pages)
    {
        var file = new PdfObjects();
        int tree = file.Reserve();
        int font = file.Add("<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>");
        int content = file.AddStream("BT /F1 12 Tf 72 700 Td (One of very many pages.) Tj ET");
        var kids = new StringBuilder();
        for (int i = 0; i < pages; i++)
        {
            int page = file.Add($"<</Type/Page/Parent {tree} 0 R/MediaBox[0 0 612 792]/Contents {content} 0 R/Resources<</Font<</F1 {font} 0 R>>>>>>");
            kids.Append(CultureInfo.InvariantCulture, $"{page} 0 R ");
        }

        file.Set(tree, $"<</Type/Pages/Kids[{kids}]/Count {pages}>>");
        return file.ToFile(file.Add($"<</Type/Catalog/Pages {tree} 0 R>>"));
    }

    /// <summary>One visible line, and the same page with lines nobody sees: white, tiny, outside the page, painted with nothing.</summary>
    public static byte[] HiddenText(string visible, string hidden)
    {
        var page = new PdfCanvas();
        page.Text(72, 100, visible);
        page.Text(72, 140, hidden + " white", gray: 1);
        page.Text(72, 180, hidden + " tiny", size: 0.5);
        page.Text(72, 2_000, hidden + " outside");
        page.Text(72, 220, hidden + " unpainted", mode: 3);
        return Build([page]);
    }

    /// <summary>Harmless look-alikes: text recognised over a scan, and white letters on a dark box.</summary>
    public static byte[] RecognisedScan(string overImage, string onDark)
    {
        var page = new PdfCanvas();
        page.Image(60, 80, 480, 200).Text(72, 100, overImage, mode: 3);
        page.FillBox(60, 380, 480, 60, gray: 0.1).Text(72, 400, onDark, gray: 1);
        return Build([page]);
    }

    private static byte[] OnePage(PdfObjects file, string resources, string content)
    {
        int tree = file.Reserve();
        int stream = file.AddStream(content);
        int page = file.Add($"<</Type/Page/Parent {tree} 0 R/MediaBox[0 0 612 792]/Contents {stream} 0 R/Resources<<{resources}>>>>");
        file.Set(tree, $"<</Type/Pages/Kids[{page} 0 R]/Count 1>>");
        return file.ToFile(file.Add($"<</Type/Catalog/Pages {tree} 0 R>>"));
    }

    private static byte[] Encrypted(string line, string userPassword, string ownerPassword, bool strong)
    {
        var encryption = new PdfEncryption(userPassword, ownerPassword, strong);
        var file = new PdfObjects { Version = "1.4" };
        int dictionary = file.Add(encryption.Dictionary);
        file.TrailerExtra = $"/Encrypt {dictionary} 0 R/ID[<{encryption.FileId}><{encryption.FileId}>]";
        file.Encrypt = encryption.Encrypt;
        return Build(file, [new PdfCanvas().Text(72, 100, line)]);
    }
}
