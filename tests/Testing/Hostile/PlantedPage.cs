using System.Globalization;
using System.Text;
using Rag.Testing.Pdf;

namespace Rag.Testing.Hostile;

/// <summary>
/// One page of prose with room in its middle (from 380 to 440 points above the lower edge) for content of any kind, and with what such content may need: forms, graphics states,
/// layers, an image, a spot colour.
/// </summary>
internal sealed class PlantedPage(int seed)
{
    private readonly SeededProse prose = new(seed);
    private readonly List<string> visible = [];

    /// <summary>Content of the page before the prose, in the middle, and after the prose.</summary>
    public string Before { get; init; } = "";
    public string Middle { get; init; } = "";
    public string After { get; init; } = "";

    /// <summary>Content and further entries of the form <c>/X1</c>; its box is the page unless the entries say otherwise.</summary>
    public string Form { get; init; } = "";
    public string FormEntries { get; init; } = "/BBox[0 0 612 792]";

    public string PageEntries { get; init; } = "/MediaBox[0 0 612 792]";

    /// <summary>White prose, for dark pages.</summary>
    public bool Light { get; init; }

    /// <summary>The default configuration of layers; <c>{on}</c> and <c>{off}</c> stand for the two layers.</summary>
    public string Layers { get; init; } = "/OFF[{off}]";

    public IReadOnlyList<string> Visible => visible;

    public byte[] ToPdf()
    {
        var file = new PdfObjects();
        int tree = file.Reserve(), on = file.Add("<</Type/OCG/Name(Shown)>>"), off = file.Add("<</Type/OCG/Name(Kept back)>>");
        string Resolve(string text) => text.Replace("{on}", $"{on} 0 R", StringComparison.Ordinal).Replace("{off}", $"{off} 0 R", StringComparison.Ordinal);
        int font = file.Add("<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>");
        int image = file.AddStream([0x20, 0x20, 0x20, 0x20], "/Type/XObject/Subtype/Image/Width 2/Height 2/ColorSpace/DeviceGray/BitsPerComponent 8");
        string resources =
            $"/Font<</F1 {font} 0 R>>/ExtGState<</Gone<</ca 0/CA 0>>/Faint<</ca 0.01/CA 0.01>>/Half<</ca 0.5/CA 0.5>>/Marker<</BM/Multiply>>>>" +
            $"/Properties<</On {on} 0 R/Off {off} 0 R/Member<</Type/OCMD/OCGs[{off} 0 R]>>/Said<</ActualText({Said})>>>>" +
            "/ColorSpace<</Spot[/Separation/Spot/DeviceCMYK<</FunctionType 2/Domain[0 1]/C0[0 0 0 0]/C1[0 1 1 0]/N 1>>]>>";
        int form = file.AddStream(Form, $"/Type/XObject/Subtype/Form{Resolve(FormEntries)}/Resources<<{resources}>>");
        int content = file.AddStream($"{Before}\n{Prose(720)}{Middle}\n{Prose(340)}{After}");
        int page = file.Add($"<</Type/Page/Parent {tree} 0 R{PageEntries}/Contents {content} 0 R/Resources<<{resources}/XObject<</X1 {form} 0 R/Im1 {image} 0 R>>>>>>");
        file.Set(tree, $"<</Type/Pages/Kids[{page} 0 R]/Count 1>>");
        return file.ToFile(file.Add($"<</Type/Catalog/Pages {tree} 0 R/OCProperties<</OCGs[{on} 0 R {off} 0 R]/D<<{Resolve(Layers)}>>>>>>"));
    }

    /// <summary>A replacement text in the page's resources, by the name <c>/Said</c>.</summary>
    public string Said { get; init; } = "";

    public static string Line(string text, double x = 90, double y = 410, string size = "10", string operators = "0 g", string? matrix = null) =>
        string.Create(CultureInfo.InvariantCulture, $"q BT /F1 {size} Tf {operators} {matrix ?? string.Create(CultureInfo.InvariantCulture, $"1 0 0 1 {x} {y}")} Tm ({text}) Tj ET Q\n");

    private string Prose(double top)
    {
        var lines = new StringBuilder();
        string paragraph = prose.Paragraph(8);
        visible.AddRange(paragraph.Split(' '));
        foreach (string line in Helvetica.Wrap(paragraph, 10, 420))
        {
            lines.Append(Line(line, 90, top, operators: Light ? "1 g" : "0 g"));
            top -= 13;
        }

        return lines.ToString();
    }
}
