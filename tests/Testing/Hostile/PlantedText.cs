using System.Globalization;
using Rag.Testing.Pdf;

namespace Rag.Testing.Hostile;

/// <param name="Secret">What nobody sees; empty for clean files.</param>
/// <param name="Visible">Words that a reader sees.</param>
public sealed record PlantedFile(string Trick, string Variant, byte[] Pdf, string Secret, IReadOnlyList<string> Visible);

/// <summary>Text hidden among prose by every known trick in several ways, and clean pages that look like those. The same seed gives the same files.</summary>
public static class PlantedText
{
    private static readonly string[] Syllables = ["zor", "vex", "qui", "nam", "bor", "tul", "fim", "gra", "wop", "kel", "jud", "rix"];

    public static IEnumerable<PlantedFile> Hidden(int seed)
    {
        var random = new Random(seed);
        string secret = string.Join(' ', Enumerable.Range(0, 4).Select(_ => string.Concat(Enumerable.Range(0, 3).Select(_ => Syllables[random.Next(Syllables.Length)]))));
        double x = 80 + (random.NextDouble() * 80), y = 395 + (random.NextDouble() * 30);
        string size = (8 + random.Next(5)).ToString(CultureInfo.InvariantCulture);
        string Show(string operators = "0 g", string? matrix = null, string? at = null) => PlantedPage.Line(secret, x, y, at ?? size, operators, matrix);
        string Place(double left, double bottom) => string.Create(CultureInfo.InvariantCulture, $"1 0 0 1 {left} {bottom}");
        string box = string.Create(CultureInfo.InvariantCulture, $"{x - 6} {y - 6} 430 24 re f\n");
        string path = string.Create(CultureInfo.InvariantCulture, $"{x - 6} {y - 6} m {x + 424} {y - 6} l {x + 424} {y + 18} l {x - 6} {y + 18} l h f\n");
        string image = string.Create(CultureInfo.InvariantCulture, $"q 430 0 0 24 {x - 6} {y - 6} cm /Im1 Do Q\n");
        PlantedPage Middle(string content) => new(seed) { Middle = content };
        PlantedPage Form(string content, string entries = "/BBox[0 0 612 792]") => new(seed) { Middle = "q /X1 Do Q\n", Form = content, FormEntries = entries };
        (string, string, PlantedPage)[] files =
        [
            ("no ink", "mode 3", Middle(Show("0 g 3 Tr"))),
            ("no ink", "mode 7", Middle($"q {Show("0 g 7 Tr")} Q\n")),
            ("no ink", "in a form", Form(Show("0 g 3 Tr"))),
            ("no ink", "from the middle of a line on", Middle($"BT /F1 10 Tf 0 g {Place(x, y)} Tm (Seen ) Tj 3 Tr ({secret}) Tj 0 Tr ( again) Tj ET\n")),
            ("no ink", "mode set outside of the text", Middle($"q 3 Tr {Show()} Q\n")),
            ("white", "gray", Middle(Show("1 g"))),
            ("white", "rgb", Middle(Show("1 1 1 rg"))),
            ("white", "cmyk", Middle(Show("0 0 0 0 k"))),
            ("white", "nearly", Middle(Show("0.98 g"))),
            ("white", "nearly, bluish", Middle(Show("0.96 0.97 1 rg"))),
            ("white", "spot colour without ink", Middle(Show("/Spot cs 0 scn"))),
            ("white", "outlines", Middle(Show("1 Tr 1 G"))),
            ("white", "in a form", Form(Show("1 g"))),
            ("white", "on a white box of a coloured page", new(seed) { Before = "q 0.8 0.9 1 rg 0 0 612 792 re f Q\n", Middle = $"q 1 g {box} Q\n{Show("1 g")}" }),
            ("like its ground", "blue on blue", Middle($"q 0.1 0.2 0.6 rg {box} Q\n{Show("0.1 0.2 0.6 rg")}")),
            ("like its ground", "black on black", Middle($"q 0 g {box} Q\n{Show()}")),
            ("like its ground", "nearly, on a path", Middle($"q 0.5 g {path} Q\n{Show("0.52 g")}")),
            ("like its ground", "box in a form", new(seed) { Middle = $"q /X1 Do Q\n{Show("0.9 0.2 0.1 rg")}", Form = $"0.9 0.2 0.1 rg {box}" }),
            ("tiny", "font size", Middle(Show(at: "1"))),
            ("tiny", "text matrix", Middle(Show(matrix: string.Create(CultureInfo.InvariantCulture, $"0.1 0 0 0.1 {x} {y}")))),
            ("tiny", "page matrix", Middle($"q 0.05 0 0 0.05 200 400 cm {Show()} Q\n")),
            ("tiny", "form matrix", Form(Show(), "/BBox[0 0 612 792]/Matrix[0.08 0 0 0.08 100 380]")),
            ("tiny", "flat", Middle(Show(matrix: string.Create(CultureInfo.InvariantCulture, $"1 0 0 0.04 {x} {y}")))),
            ("off the page", "left", Middle(Show(matrix: Place(-600, y)))),
            ("off the page", "right", Middle(Show(matrix: Place(640, y)))),
            ("off the page", "above", Middle(Show(matrix: Place(x, 850)))),
            ("off the page", "below", Middle(Show(matrix: Place(x, -40)))),
            ("off the page", "moved", Middle($"q 1 0 0 1 0 -2000 cm {Show()} Q\n")),
            ("off the page", "outside the crop box", new(seed) { PageEntries = "/MediaBox[0 0 612 892]/CropBox[0 0 612 792]", Middle = Show(matrix: Place(x, 840)) }),
            ("off the page", "outside a moved media box", new(seed) { PageEntries = "/MediaBox[60 60 672 852]", Middle = Show(matrix: Place(x, 20)) }),
            ("clipped", "to nothing", Middle($"q 0 0 0 0 re W n {Show()} Q\n")),
            ("clipped", "to another place", Middle($"q 20 20 30 30 re W n {Show()} Q\n")),
            ("clipped", "to a triangle elsewhere", Middle($"q 20 20 m 60 20 l 40 60 l h W* n {Show()} Q\n")),
            ("clipped", "by the form's box", Form(Show(), "/BBox[0 0 20 20]")),
            ("clipped", "twice, to what is left of both", Middle($"q 0 0 300 792 re W n 400 0 200 792 re W n {Show()} Q\n")),
            ("covered", "by a white box", Middle($"{Show()}q 1 g {box} Q\n")),
            ("covered", "by a coloured box", Middle($"{Show()}q 0.4 0.7 0.4 rg {box} Q\n")),
            ("covered", "by a path", Middle($"{Show()}q 0.9 g {path} Q\n")),
            ("covered", "by a picture", Middle($"{Show()}{image}")),
            ("covered", "by a box in a form", new(seed) { Middle = $"{Show()}q /X1 Do Q\n", Form = $"1 g {box}" }),
            ("transparent", "wholly", Middle($"q /Gone gs {Show()} Q\n")),
            ("transparent", "nearly", Middle($"q /Faint gs {Show()} Q\n")),
            ("transparent", "in a form", Form($"/Gone gs {Show()}")),
            ("transparent", "outlines", Middle($"q /Gone gs {Show("1 Tr 0 G")} Q\n")),
            ("layer off", "marked content", Middle($"/OC /Off BDC {Show()} EMC\n")),
            ("layer off", "membership", Middle($"/OC /Member BDC {Show()} EMC\n")),
            ("layer off", "form", Form(Show(), "/BBox[0 0 612 792]/OC {off}")),
            ("layer off", "inside one that is on", Middle($"/OC /On BDC /OC /Off BDC {Show()} EMC EMC\n")),
            ("layer off", "all off but one", new(seed) { Layers = "/BaseState/OFF/ON[{on}]", Middle = $"/OC /Off BDC {Show()} EMC\n" }),
            ("replacement", "literal", Middle($"/Span <</ActualText({secret})>> BDC {PlantedPage.Line("The plain words", x, y)} EMC\n")),
            ("replacement", "UTF-16", Middle($"/Span <</ActualText<FEFF{Convert.ToHexString(System.Text.Encoding.BigEndianUnicode.GetBytes(secret))}>>> BDC {PlantedPage.Line("The plain words", x, y)} EMC\n")),
            ("replacement", "in the resources", new(seed) { Said = secret, Middle = $"/Span /Said BDC {PlantedPage.Line("The plain words", x, y)} EMC\n" }),
            ("replacement", "in a form", Form($"/Span <</ActualText({secret})>> BDC {PlantedPage.Line("The plain words", x, y)} EMC\n")),
        ];
        foreach ((string trick, string variant, PlantedPage page) in files)
        {
            byte[] pdf = page.ToPdf();
            yield return new(trick, variant, pdf, secret, page.Visible);
        }
    }

    /// <summary>Characters that nobody sees inside a word that everybody sees.</summary>
    public static IEnumerable<PlantedFile> Characters() =>
        from planted in new[] { ("zero width", "\u200B"), ("word joiner", "\u2060"), ("turned round", "\u202E"), ("isolated", "\u2066"), ("byte order mark", "\uFEFF") }
        select new PlantedFile("characters", planted.Item1, PdfFiles.WithLetters($"pay{planted.Item2}ment is due"), planted.Item2, ["payment", "is", "due"]);

    public static IEnumerable<PlantedFile> Clean(int seed)
    {
        const string words = "Plainly visible words of the clean page";
        string Show(string operators = "0 g", string size = "10", string? matrix = null) => PlantedPage.Line(words, size: size, operators: operators, matrix: matrix);
        const string box = "80 400 430 24 re f\n", image = "q 430 0 0 24 80 400 cm /Im1 Do Q\n", scan = "q 612 0 0 792 0 0 cm /Im1 Do Q\n";
        PlantedPage Middle(string content) => new(seed) { Middle = content };
        (string, PlantedPage)[] files =
        [
            ("recognised text over a scan", new(seed) { Before = scan + "q 3 Tr\n", Middle = Show("0 g 3 Tr"), After = "Q\n", Light = true }),
            ("recognised text under a scan", new(seed) { Middle = Show("0 g 3 Tr"), After = scan }),
            ("white on a dark box", Middle($"q 0.1 0.2 0.4 rg {box} Q\n{Show("1 g")}")),
            ("white on a dark picture", Middle(image + Show("1 g"))),
            ("white on a dark page", new(seed) { Before = "q 0.1 g 0 0 612 792 re f Q\n", Middle = Show("1 g"), Light = true }),
            ("footnote of 5 points", Middle(Show(size: "5"))),
            ("light gray", Middle(Show("0.9 g"))),
            ("yellow on white", Middle(Show("1 0.9 0.3 rg"))),
            ("upwards", Middle(Show(matrix: "0 1 -1 0 560 200"))),
            ("painted twice for weight", Middle(Show() + Show(matrix: "1 0 0 1 90.3 410"))),
            ("blue on light blue", Middle($"q 0.8 0.9 1 rg {box} Q\n{Show("0.1 0.1 0.5 rg")}")),
            ("replacement that says the same", Middle($"/Span <</ActualText({words})>> BDC {Show()} EMC\n")),
            ("clip around the page", Middle($"q 0 0 612 792 re W n {Show()} Q\n")),
            ("box painted before", Middle($"q 1 g {box} Q\n{Show()}")),
            ("half transparent", Middle($"q /Half gs {Show()} Q\n")),
            ("layer that is on", Middle($"/OC /On BDC {Show()} EMC\n")),
            ("marker over the words", Middle($"{Show()}q /Marker gs 1 1 0 rg {box} Q\n")),
            ("glass over the words", Middle($"{Show()}q /Half gs 0.5 g {box} Q\n")),
            ("crossed out", Middle($"{Show()}q 90 412 300 0.7 re f Q\n")),
            ("outlined letters", Middle(Show("1 Tr 0 G"))),
            ("big letters in small units", Middle($"q 0.1 0 0 0.1 0 0 cm {PlantedPage.Line(words, 900, 4_100, "100")} Q\n")),
        ];
        foreach ((string name, PlantedPage page) in files)
        {
            byte[] pdf = page.ToPdf();
            yield return new("clean", name, pdf, "", [.. page.Visible, .. words.Split(' ')]);
        }
    }
}
