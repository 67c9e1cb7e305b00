using System.Globalization;
using System.Text;
using Rag.Testing.Pdf;

namespace Rag.Testing.Hostile;

/// <summary>Fonts, colours, pictures, masks and layers that every page of a <see cref="HidingDocument"/> may name. Operators: ISO 32000-1, annex A.</summary>
internal static class HidingResources
{
    /// <summary>Characters of font <c>/ZW</c>, from code 1.</summary>
    public const string Controls = "\u200b\u200c\u200d\ufeff\u2060\u202e\u202d\u202c\u2066\u2067\u2069\u200e\u200f\u00ad";

    private const string Tint = "<</FunctionType 2/Domain[0 1]/C0[1 1 1]/C1[1 0 0]/N 1>>";

    /// <summary>Adds all and gives the resource dictionary without its XObjects, the entries of those, and the catalog's layers.</summary>
    public static (string Dictionary, string XObjects, string Catalog) Add(PdfObjects pdf)
    {
        int off = pdf.Add("<</Type/OCG/Name(Draft notes)>>");
        int on = pdf.Add("<</Type/OCG/Name(Main)>>");
        string layers = $"/OCProperties<</OCGs[{off} 0 R {on} 0 R]/D<</OFF[{off} 0 R]/Order[{on} 0 R {off} 0 R]>>>>";
        string properties = $"/Off {off} 0 R/On {on} 0 R/MdAll <</Type/OCMD/OCGs[{off} 0 R {on} 0 R]/P/AllOn>>/MdAny <</Type/OCMD/OCGs[{off} 0 R {on} 0 R]/P/AnyOn>>" +
            $"/MdOne <</Type/OCMD/OCGs {off} 0 R>>/MdAnyOff <</Type/OCMD/OCGs[{on} 0 R]/P/AllOff>>";
        int black = Group(pdf, "0 g 0 0 612 792 re f"), white = Group(pdf, "1 g 0 0 612 792 re f"), nothing = Group(pdf, "");
        string states = $"""
            /A0 <</ca 0/CA 0>>/A1 <</ca 0.01/CA 0.01>>/A2 <</ca 0.02/CA 0.02>>/A50 <</ca 0.5/CA 0.5>>/A1x <</ca 1/CA 1/BM/Normal>>
            /MaskBlack <</SMask<</S/Luminosity/G {black} 0 R>>>>/MaskAlpha <</SMask<</S/Alpha/G {nothing} 0 R>>>>/MaskWhite <</SMask<</S/Luminosity/G {white} 0 R>>>>/MaskNone <</SMask/None>>
            /Multiply <</BM/Multiply>>/Screen <</BM/Screen>>/Lighten <</BM/Lighten>>/Darken <</BM/Darken>>/Difference <</BM/Difference>>/Exclusion <</BM/Exclusion>>
            /Over <</OP true/op true/OPM 1>>
            """;
        // Tiles overlap, lest what is below shows through seams.
        int tile = pdf.AddStream("1 g 0 0 10 10 re f", "/Type/Pattern/PatternType 1/PaintType 1/TilingType 1/BBox[0 0 10 10]/XStep 8/YStep 8/Resources<<>>");
        int dots = pdf.AddStream("0.7 0 0 rg 0 0 10 10 re f", "/Type/Pattern/PatternType 1/PaintType 1/TilingType 1/BBox[0 0 10 10]/XStep 8/YStep 8/Resources<<>>");
        string patterns = $"/Tile {tile} 0 R/Dots {dots} 0 R/WhiteShade <</PatternType 2/Shading<</ShadingType 2/ColorSpace/DeviceGray/Coords[0 0 612 0]/Extend[true true]/Function<</FunctionType 2/Domain[0 1]/C0[1]/C1[1]/N 1>>>>>>";
        string shadings = "/WhiteShade <</ShadingType 2/ColorSpace/DeviceGray/Coords[0 0 612 0]/Extend[true true]/Function<</FunctionType 2/Domain[0 1]/C0[1]/C1[1]/N 1>>>>" +
            "/Dark <</ShadingType 2/ColorSpace/DeviceRGB/Coords[0 0 612 0]/Extend[true true]/Function<</FunctionType 2/Domain[0 1]/C0[0.05 0.05 0.2]/C1[0.2 0.05 0.3]/N 1>>>>";
        int icc = pdf.AddStream("not a profile", "/N 3/Alternate/DeviceRGB");
        string spaces = $"""
            /Sep [/Separation/Signal/DeviceRGB {Tint}]/DevN [/DeviceN[/One]/DeviceRGB {Tint}]
            /Icc [/ICCBased {icc} 0 R]/Idx [/Indexed/DeviceRGB 1<000000FFFFFF>]/CalG [/CalGray<</WhitePoint[0.9505 1 1.089]>>]/CalR [/CalRGB<</WhitePoint[0.9505 1 1.089]>>]/Lab [/Lab<</WhitePoint[0.9642 1 0.8249]/Range[-100 100 -100 100]>>]
            """;
        // Names that are those of families, too; spaces whose tints lead to Lab.
        const string Lab = "[/Lab<</WhitePoint[0.9505 1 1.089]>>]";
        int towards = pdf.AddStream("{ exch pop 70 mul 100 exch sub 0 0 }", "/FunctionType 4/Domain[0 1 0 1]/Range[0 100 -100 100 -100 100]");
        spaces += $"/L1 {Lab}/ICCBased [/ICCBased {icc} 0 R]/CalGray [/CalGray<</WhitePoint[0.9505 1 1.089]/Gamma 2.2>>]/DevL [/DeviceN[/One/Two]{Lab} {towards} 0 R]" +
            $"/SepL [/Separation/Chalk{Lab}<</FunctionType 2/Domain[0 1]/C0[100 0 0]/C1[30 40 20]/N 1>>]" +
            "/CalR2 [/CalRGB<</WhitePoint[0.9642 1 0.8249]/Gamma[2.2 2.2 2.2]/Matrix[0.6097 0.3111 0.0195 0.2053 0.6257 0.0609 0.1492 0.0632 0.7446]>>]";
        string pictures = $"/Blue {Picture(pdf, 8, (_, _) => (30, 60, 160))} 0 R/White {Picture(pdf, 8, (_, _) => (255, 255, 255))} 0 R/Night {Picture(pdf, 32, (x, y) => ((byte)(x % 7 * 4), (byte)(y % 5 * 6), (byte)(20 + (x * y % 30))))} 0 R" +
            $"/Photo {Picture(pdf, 32, (x, y) => ((byte)(60 + (x * 5)), (byte)(40 + (y * 5)), (byte)(90 + (x * y % 60))))} 0 R/Scan {Picture(pdf, 128, (x, y) => y % 3 == 0 && x is > 14 and < 112 && (x * 7 % 11) > 2 ? ((byte)40, (byte)40, (byte)44) : ((byte)247, (byte)246, (byte)240))} 0 R" +
            $"/Half {Picture(pdf, 32, (x, _) => x < 30 ? ((byte)200, (byte)220, (byte)180) : ((byte)30, (byte)40, (byte)30))} 0 R";
        return ($"/Font<<{Fonts(pdf)}>>/ExtGState<<{states}>>/ColorSpace<<{spaces}>>/Pattern<<{patterns}>>/Shading<<{shadings}>>/Properties<<{properties}>>", pictures, layers);
    }

    private static string Fonts(PdfObjects pdf)
    {
        int helvetica = Standard(pdf, "Helvetica");
        string names = "/H " + helvetica + " 0 R";
        foreach ((string name, string font) in ((string, string)[])[("T", "Times-Roman"), ("C", "Courier"), ("B", "Helvetica-Bold"), ("O", "Helvetica-Oblique")])
        {
            names += $"/{name} {Standard(pdf, font)} 0 R";
        }

        // Letters one on in the alphabet to a program; letters with something unseen after them; blanks that a program takes for letters.
        int later = ToUnicode(pdf, c => c is >= '`' and < 'z' ? ((char)(c + 1)).ToString() : c.ToString());
        int joined = ToUnicode(pdf, c => c == ' ' ? " " : c + "\u200d"), spaced = ToUnicode(pdf, c => c == ' ' ? " " : c + "\u200b"), plain = ToUnicode(pdf, c => c.ToString());
        names += $"/Lie {Standard(pdf, "Helvetica", later)} 0 R/LieT {Standard(pdf, "Times-Roman", later)} 0 R/Joined {Standard(pdf, "Helvetica", joined)} 0 R/Spaced {Standard(pdf, "Times-Roman", spaced)} 0 R";
        string blanks = string.Concat(Enumerable.Repeat("/space", 94));
        names += $"/Blank {pdf.Add($"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding<</Type/Encoding/BaseEncoding/WinAnsiEncoding/Differences[33 {blanks}]>>/ToUnicode {plain} 0 R>>")} 0 R";
        names += $"/D {DrawnFont(pdf, c => $"BT /H 1000 Tf <{(int)c:X2}> Tj ET", null, helvetica)} 0 R/Empty {DrawnFont(pdf, _ => "", null, helvetica)} 0 R/EmptyU {DrawnFont(pdf, _ => "", plain, helvetica)} 0 R/Pale {DrawnFont(pdf, c => $"1 g BT /H 1000 Tf <{(int)c:X2}> Tj ET", null, helvetica)} 0 R";
        names += $"/Speck {DrawnFont(pdf, c => $"BT /H 60 Tf <{(int)c:X2}> Tj ET", null, helvetica)} 0 R/LieD {DrawnFont(pdf, c => $"BT /H 1000 Tf <{(c is > 'a' and <= 'z' ? c - 1 : c):X2}> Tj ET", null, helvetica)} 0 R";
        int tags = ToUnicode(pdf, c => char.ConvertFromUtf32(0xe0000 + c));
        names += $"/Tag {DrawnFont(pdf, _ => "", tags, helvetica, 0)} 0 R/TagWide {DrawnFont(pdf, _ => "", tags, helvetica)} 0 R/TagOn {Standard(pdf, "Helvetica", ToUnicode(pdf, c => c == ' ' ? " " : c + char.ConvertFromUtf32(0xe0000 + c)))} 0 R";
        // The same tricks in fonts that are in the file: some readers go by the names of the standard fonts and look at no ToUnicode there.
        int tagged = ToUnicode(pdf, c => c == ' ' ? " " : c + char.ConvertFromUtf32(0xe0000 + c));
        foreach ((string name, int map) in ((string, int)[])[("LieU", later), ("JoinedU", joined), ("SpacedU", spaced), ("TagOnU", tagged)])
        {
            names += $"/{name} {DrawnFont(pdf, c => $"BT /H 1000 Tf <{(int)c:X2}> Tj ET", map, helvetica)} 0 R";
        }

        int zero = ToUnicode(pdf, c => c - ' ' is >= 1 and <= 14 ? Controls[c - ' ' - 1].ToString() : c.ToString());
        names += $"/ZW {DrawnFont(pdf, _ => "", zero, helvetica, 0)} 0 R";
        foreach ((string name, string letters) in ((string, string)[])[("Persian", "میخواهمکتابه\u200c"), ("Hindi", "कखगनमरलसहयषदकष\u200d"), ("Emoji", "\u2764\u263a\u2600\u2602\u2708\u200d")])
        {
            names += $"/{name} {DrawnFont(pdf, c => c >= 'a' && c - 'a' < letters.Length && letters[c - 'a'] is ('\u200c' or '\u200d') ? "" : Shape(c), ToUnicode(pdf, c => c >= 'a' && c - 'a' < letters.Length ? letters[c - 'a'].ToString() : c.ToString()), helvetica, 520)} 0 R";
        }

        return names;
    }

    private static string Shape(char c) => c == ' ' ? "" : $"60 0 {80 + (c % 5 * 60)} 90 re f 60 0 90 {300 + (c % 7 * 50)} re f {200 + (c % 3 * 40)} 300 120 120 re f";

    private static int Standard(PdfObjects pdf, string font, int toUnicode = 0) =>
        pdf.Add($"<</Type/Font/Subtype/Type1/BaseFont/{font}/Encoding/WinAnsiEncoding{(toUnicode > 0 ? $"/ToUnicode {toUnicode} 0 R" : "")}>>");

    /// <summary>A Type 3 font for ASCII 32 to 126; <paramref name="draw"/> gives a glyph's operators in 1/1000 em.</summary>
    private static int DrawnFont(PdfObjects pdf, Func<char, string> draw, int? toUnicode, int helvetica, int width = -1)
    {
        var widths = new StringBuilder();
        var names = new StringBuilder();
        var glyphs = new StringBuilder();
        for (char c = ' '; c <= '~'; c++)
        {
            int advance = width >= 0 ? width : (int)Helvetica.Width(c.ToString(), 1000);
            string name = char.IsAsciiLetter(c) ? c.ToString() : c == ' ' ? "space" : string.Create(CultureInfo.InvariantCulture, $"uni{(int)c:X4}");
            widths.Append(CultureInfo.InvariantCulture, $"{advance} ");
            names.Append(CultureInfo.InvariantCulture, $"/{name}");
            glyphs.Append(CultureInfo.InvariantCulture, $"/{name} {pdf.AddStream($"{advance} 0 d0 {draw(c)}")} 0 R");
        }

        return pdf.Add($"<</Type/Font/Subtype/Type3/FontBBox[0 -250 1100 950]/FontMatrix[0.001 0 0 0.001 0 0]/FirstChar 32/LastChar 126/Widths[{widths}]/Encoding<</Type/Encoding/Differences[32 {names}]>>/CharProcs<<{glyphs}>>" +
            $"/Resources<</Font<</H {helvetica} 0 R>>>>{(toUnicode is { } map ? $"/ToUnicode {map} 0 R" : "")}>>");
    }

    private static int ToUnicode(PdfObjects pdf, Func<char, string> meaning)
    {
        var map = new StringBuilder("/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /M def /CMapType 2 def 1 begincodespacerange <00> <FF> endcodespacerange 95 beginbfchar\n");
        for (char c = ' '; c <= '~'; c++)
        {
            map.Append(CultureInfo.InvariantCulture, $"<{(int)c:X2}> <{Convert.ToHexString(Encoding.BigEndianUnicode.GetBytes(meaning(c)))}>\n");
        }

        return pdf.AddStream(map.Append("endbfchar endcmap CMapName currentdict /CMap defineresource pop end end").ToString());
    }

    private static int Group(PdfObjects pdf, string content) =>
        pdf.AddStream(content, "/Type/XObject/Subtype/Form/BBox[0 0 612 792]/Group<</S/Transparency/CS/DeviceGray/I true>>/Resources<<>>");

    private static int Picture(PdfObjects pdf, int side, Func<int, int, (byte R, byte G, byte B)> colour)
    {
        byte[] pixels = new byte[side * side * 3];
        for (int i = 0; i < side * side; i++)
        {
            (pixels[3 * i], pixels[(3 * i) + 1], pixels[(3 * i) + 2]) = colour(i % side, i / side);
        }

        return pdf.AddStream(pixels, $"/Type/XObject/Subtype/Image/Width {side}/Height {side}/ColorSpace/DeviceRGB/BitsPerComponent 8");
    }
}
