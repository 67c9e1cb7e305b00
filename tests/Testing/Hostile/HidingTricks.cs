namespace Rag.Testing.Hostile;

/// <summary>Ways to put text on a page that no reader sees, written from ISO 32000-1 and published injections, without knowledge of the detector.</summary>
public static class HidingTricks
{
    private const string At = "BT /H 10 Tf 72 360 Td ($P) Tj ET";

    public static IReadOnlyList<HidingCase> All { get; } = [.. Unpainted(), .. Colours(), .. Sizes(), .. Places(), .. Clips(), .. Covers(), .. Transparent(), .. Layers(), .. Replacements(), .. Characters(), .. Fonts(), .. Notes()];

    private static IEnumerable<HidingCase> Unpainted()
    {
        const string Trick = "render mode 3";
        yield return new(Trick, "plain", $"3 Tr {At} 0 Tr");
        yield return new(Trick, "inside the text object", "BT /T 11 Tf 3 Tr 72 380 Td ($P) Tj 0 Tr ET");
        yield return new(Trick, "by T* and quote", "BT /H 9 Tf 3 Tr 12 TL 72 380 Td ($P) ' ET 0 Tr");
        yield return new(Trick, "by a TJ array", "BT /H 9 Tf 3 Tr 72 380 Td [($P)] TJ ET 0 Tr");
        yield return new(Trick, "set before q, restored by Q", "3 Tr q 0 Tr Q " + At);
        yield return new(Trick, "in a form", "/Fx Do", $"3 Tr {At}");
        yield return new(Trick, "inherited by a form", "q 3 Tr /Fx Do Q", At);
        yield return new(Trick, "beside a small picture", $"q 60 0 0 60 72 310 cm /Photo Do Q 3 Tr BT /H 10 Tf 150 390 Td ($P) Tj ET 0 Tr");
        yield return new(Trick, "after visible words on the line", "BT /H 8 Tf 72 360 Td (The clerk agreed. ) Tj 3 Tr ($P) Tj 0 Tr ET");
        yield return new("render mode 7", "plain", $"q 7 Tr {At} Q");
        yield return new("render mode 7", "nothing but a hairline beyond it", $"q 7 Tr {At} 0 g 72 200 400 0.5 re f Q");
        yield return new("render mode 7", "in a form", "/Fx Do", $"7 Tr {At}");
        yield return new("render mode 7", "filled with white", $"q 7 Tr {At} 1 g 0 0 612 792 re f Q");
        yield return new("zero stroke", "mode 1 in white", $"q 1 Tr 1 G {At} Q");
        yield return new("zero stroke", "mode 2, both white", $"q 2 Tr 1 G 1 g {At} Q");
        yield return new("zero stroke", "mode 5 in white", $"q 5 Tr 1 G {At} Q");
        yield return new("zero stroke", "mode 4 in white", $"q 4 Tr 1 g {At} Q");
    }

    private static IEnumerable<HidingCase> Colours()
    {
        foreach ((string variant, string operators) in ((string, string)[])
        [
            ("gray", "1 g"), ("near-white gray", "0.985 g"), ("RGB", "1 1 1 rg"), ("near-white RGB", "0.99 0.98 0.995 rg"), ("CMYK", "0 0 0 0 k"), ("near-white CMYK", "0 0 0.015 0.005 k"), ("over 1", "4 4 4 rg"),
            ("separation tint 0", "/Sep cs 0 scn"), ("DeviceN tint 0", "/DevN cs 0 scn"), ("ICC", "/Icc cs 1 1 1 sc"), ("indexed", "/Idx cs 1 sc"), ("CalGray", "/CalG cs 1 sc"), ("CalRGB", "/CalR cs 1 1 1 sc"), ("Lab", "/Lab cs 100 0 0 sc"),
            ("white tiling pattern", "/Pattern cs /Tile scn"), ("white shading pattern", "/Pattern cs /WhiteShade scn"), ("cs DeviceRGB and scn", "/DeviceRGB cs 1 1 1 scn"), ("set before q, black inside q", "1 g q 0 g Q"),
        ])
        {
            yield return new("white on white", variant, $"q {operators} {At} Q");
        }

        yield return new("white on white", "in a form", "/Fx Do", $"1 g {At}");
        yield return new("white on white", "inherited by a form", "q 1 g /Fx Do Q", At);
        yield return new("white on white", "between lines of prose", "q 1 g BT /T 3 Tf 72 733 Td ($P) Tj ET Q");
        yield return new("white on white", "a word at a time", "q 1 g BT /H 9 Tf 72 360 Td [($P)] TJ ET Q q 1 g BT /H 9 Tf 72 340 Td (end) Tj ET Q");
        const string Ground = "ground's colour";
        yield return new(Ground, "coloured page", $"q 0.8 0.9 1 rg 0 0 612 792 re f Q $PROSE q 0.8 0.9 1 rg {At} Q");
        yield return new(Ground, "nearly that of a coloured page", $"q 0.8 0.9 1 rg 0 0 612 792 re f Q $PROSE q 0.81 0.89 0.99 rg {At} Q");
        yield return new(Ground, "black page", $"0 0 612 792 re f 1 g $PROSE 0 g {At}");
        yield return new(Ground, "box", $"q 0.1 0.2 0.5 rg 60 330 500 60 re f {At} Q");
        yield return new(Ground, "box in CMYK, text in RGB", $"q 0 0 0 1 k 60 330 500 60 re f 0.137 0.122 0.125 rg {At} Q", Hard: true);
        yield return new(Ground, "white box on a coloured page", $"q 0.7 0.85 0.7 rg 0 0 612 792 re f 1 g 60 330 500 60 re f Q $PROSE q 1 g {At} Q");
        yield return new(Ground, "box drawn as a path", $"q 0.6 0.1 0.1 rg 60 330 m 560 330 l 560 390 l 60 390 l h f {At} Q");
        yield return new(Ground, "box drawn as a thick line", $"q 0.6 0.1 0.1 RG 60 w 60 360 m 560 360 l S 0.6 0.1 0.1 rg {At} Q");
        yield return new(Ground, "box in a form", $"/Fx Do q 0.2 0.5 0.2 rg {At} Q", "0.2 0.5 0.2 rg 60 330 500 60 re f");
        yield return new(Ground, "picture of one colour", $"q 500 0 0 60 60 330 cm /Blue Do Q q 0.1176 0.2353 0.6275 rg {At} Q");
        yield return new(Ground, "white picture on a grey page", $"q 0.6 g 0 0 612 792 re f Q $PROSE q 500 0 0 60 60 330 cm /White Do Q q 1 g {At} Q");
        yield return new(Ground, "flat part of a picture", $"q 500 0 0 60 60 330 cm /Half Do Q q 0.7843 0.8627 0.7059 rg BT /H 9 Tf 72 360 Td ($P) Tj ET Q");
        yield return new(Ground, "shading of one colour", $"q 60 330 500 60 re W n /WhiteShade sh Q q 60 330 500 60 re W n /Pattern cs /WhiteShade scn 60 330 500 60 re f Q q 1 g {At} Q");
        foreach ((string variant, string operators) in ((string, string)[])
        [
            ("Lab of another name", "/L1 cs 100 0 0 sc"), ("near-white Lab", "/L1 cs 99 0.4 -0.5 sc"), ("ICC, named so", "/ICCBased cs 1 1 1 sc"), ("CalGray, named so", "/CalGray cs 1 sc"),
            ("separation over Lab", "/SepL cs 0 scn"), ("DeviceN over Lab", "/DevL cs 0.7 0 scn"), ("CalRGB with a matrix", "/CalR2 cs 1 1 1 sc"), ("stroked in Lab", "1 Tr /Lab CS 100 0 0 SC"),
        ])
        {
            yield return new("white on white", variant, $"q {operators} {At} Q");
        }

        yield return new(Ground, "box and text in Lab", $"q /Lab cs 40 30 -20 sc 60 330 500 60 re f 40.5 30 -20 sc {At} Q");
        yield return new(Ground, "box in RGB, text in a separation over Lab", $"q 0.9767 0.9767 0.9767 rg 60 330 500 60 re f /SepL cs 0 scn {At} Q");
    }

    private static IEnumerable<HidingCase> Sizes()
    {
        foreach ((string variant, string text) in ((string, string)[])
        [
            ("Tf 1", "BT /H 1 Tf 72 360 Td ($P) Tj ET"), ("Tf 1.3", "BT /T 1.3 Tf 72 360 Td ($P) Tj ET"), ("Tf 0.1", "BT /H 0.1 Tf 72 360 Td ($P) Tj ET"), ("Tf 0", "BT /H 0 Tf 72 360 Td ($P) Tj ET"),
            ("text matrix", "BT /H 12 Tf 0.08 0 0 0.08 72 360 Tm ($P) Tj ET"), ("flat text matrix", "BT /H 10 Tf 1 0 0 0.01 72 360 Tm ($P) Tj ET"), ("narrow text matrix", "BT /H 10 Tf 0.01 0 0 1 72 360 Tm ($P) Tj ET"),
            ("CTM", "q 0.05 0 0 0.05 72 360 cm BT /H 20 Tf ($P) Tj ET Q"), ("two CTMs", "q 0.2 0 0 0.2 72 360 cm 0.4 0 0 0.4 0 0 cm BT /H 12 Tf ($P) Tj ET Q"), ("turned", "q 0 0.1 -0.1 0 72 310 cm BT /H 10 Tf ($P) Tj ET Q"),
            ("mirrored", "q -0.1 0 0 -0.1 300 360 cm BT /H 10 Tf ($P) Tj ET Q"), ("Tz 1", "BT /H 10 Tf 1 Tz 72 360 Td ($P) Tj 100 Tz ET"), ("Tz 0", "BT /H 10 Tf 0 Tz 72 360 Td ($P) Tj 100 Tz ET"), ("drawn font of specks", "BT /Speck 10 Tf 72 360 Td ($P) Tj ET"),
            ("end of a sentence", "BT /H 10 Tf 72 360 Td (All of it was kept. ) Tj /H 0.9 Tf ($P) Tj ET"), ("negative size", "BT /H -1 Tf 1 0 0 1 200 360 Tm ($P) Tj ET"),
        ])
        {
            yield return new("tiny", variant, text);
        }

        yield return new("tiny", "form matrix", "/Fx Do", "BT /H 10 Tf 720 3600 Td ($P) Tj ET", "/BBox[0 0 9000 9000]/Matrix[0.1 0 0 0.1 0 0]");
        yield return new("tiny", "UserUnit below 1", At, Page: "/MediaBox[0 0 612 792]/UserUnit 0.1", Hard: true);
        yield return new("pile", "Tc takes each advance back", "BT /C 10 Tf -6 Tc 72 360 Td ($P) Tj 0 Tc ET");
        yield return new("pile", "TJ takes each advance back", "BT /C 4 Tf -2.4 Tc 72 360 Td [($P)] TJ 0 Tc ET");
        yield return new("pile", "under a dot", "BT /C 2 Tf -1.2 Tc 72 360 Td ($P) Tj 0 Tc ET 71 358 4 4 re f");
    }

    private static IEnumerable<HidingCase> Places()
    {
        foreach ((string variant, string text) in ((string, string)[])
        [
            ("Td left", "BT /H 10 Tf -900 360 Td ($P) Tj ET"), ("Td below", "BT /H 10 Tf 72 -40 Td ($P) Tj ET"), ("Td above", "BT /H 10 Tf 72 900 Td ($P) Tj ET"), ("Td right", "BT /H 10 Tf 620 360 Td ($P) Tj ET"), ("far away", "BT /H 10 Tf 90000 360 Td ($P) Tj ET"),
            ("Tm", "BT /H 10 Tf 1 0 0 1 72 -300 Tm ($P) Tj ET"), ("CTM", $"q 1 0 0 1 0 2000 cm {At} Q"), ("text rise", "BT /H 10 Tf 1000 Ts 72 360 Td ($P) Tj 0 Ts ET"), ("TJ kern", "BT /H 10 Tf 72 360 Td [-90000 ($P)] TJ ET"), ("mirrored away", $"q -1 0 0 1 0 0 cm {At} Q"),
        ])
        {
            yield return new("off-page", variant, text);
        }

        yield return new("off-page", "form matrix", "/Fx Do", At, "/BBox[0 0 612 792]/Matrix[1 0 0 1 -1000 0]");
        yield return new("off-page", "outside CropBox", "BT /H 10 Tf 72 12 Td ($P) Tj ET", Page: "/MediaBox[0 0 612 792]/CropBox[30 30 582 780]");
        yield return new("off-page", "outside CropBox of a turned page", "BT /H 10 Tf 72 782 Td ($P) Tj ET", Page: "/MediaBox[0 0 612 792]/CropBox[0 30 612 775]/Rotate 90");
        yield return new("off-page", "turned page", "BT /H 10 Tf 72 800 Td ($P) Tj ET", Page: "/MediaBox[0 0 612 792]/Rotate 90");
        yield return new("off-page", "MediaBox with another origin", "BT /H 10 Tf 72 -20 Td ($P) Tj ET", Page: "/MediaBox[0 -5 612 787]");
    }

    private static IEnumerable<HidingCase> Clips()
    {
        foreach ((string variant, string text) in ((string, string)[])
        [
            ("elsewhere", $"q 0 0 50 50 re W n {At} Q"), ("empty", $"q 72 360 0 0 re W n {At} Q"), ("even-odd", $"q 10 10 40 40 re W* n {At} Q"), ("nested, without common ground", $"q 60 340 200 60 re W n 300 340 250 60 re W n {At} Q"),
            ("triangle elsewhere", $"q 0 0 m 40 0 l 0 40 l h W n {At} Q"), ("hole", $"q 0 0 612 792 re 50 320 550 80 re W* n {At} Q"), ("by the letters of a word", "q BT 7 Tr /H 8 Tf 72 320 Td (mark) Tj ET 0 Tr " + At + " Q"), ("line above", $"q 0 400 612 392 re W n {At} Q"),
        ])
        {
            yield return new("clip", variant, text);
        }

        yield return new("clip", "form's BBox", "/Fx Do", At, "/BBox[0 0 40 40]");
        yield return new("clip", "before a form", "q 0 0 50 50 re W n /Fx Do Q", At);
        yield return new("clip", "in a form, moved", "q 1 0 0 1 0 5 cm /Fx Do Q", $"500 500 20 20 re W n {At}");
    }

    private static IEnumerable<HidingCase> Covers()
    {
        foreach ((string variant, string text) in ((string, string)[])
        [
            ("white box", $"{At} q 1 g 60 340 500 40 re f Q"), ("black box", $"{At} 60 340 500 40 re f"), ("path", $"{At} q 0.5 0.6 0.9 rg 60 340 m 560 340 l 560 380 l 60 380 l h f* Q"), ("thick line", $"{At} q 1 G 30 w 60 362 m 560 362 l S Q"),
            ("picture", $"{At} q 500 0 0 60 60 330 cm /Photo Do Q"), ("inline picture", $"{At} q 500 0 0 60 60 330 cm BI /W 1 /H 1 /CS /G /BPC 8 /F /AHx ID 80> EI Q"), ("shading", $"{At} q 60 330 500 60 re W n /Dark sh Q"), ("pattern", $"{At} q /Pattern cs /Dots scn 60 330 500 60 re f Q"),
            ("two halves", $"{At} q 0.9 g 60 340 250 40 re f 310 340 250 40 re f Q"), ("box turned by a matrix", $"{At} q 0 1 -1 0 560 330 cm 0.4 g 0 0 60 500 re f Q"),
        ])
        {
            yield return new("covered", variant, text);
        }

        yield return new("covered", "form", $"{At} /Fx Do", "0.9 0.9 0.8 rg 60 330 500 60 re f");
        yield return new("covered", "annotation", At, "0.9 g 0 0 500 60 re f", "/BBox[0 0 500 60]", "/MediaBox[0 0 612 792]/Annots[<</Type/Annot/Subtype/Stamp/F 4/Rect[60 330 560 390]/AP<</N $F 0 R>>>>]");
        yield return new("covered", "whole page, then prose", $"{At} q 1 g 0 0 612 792 re f Q $PROSE");
        yield return new("covered", "page picture, then prose", $"{At} q 612 0 0 792 0 0 cm /White Do Q $PROSE");
    }

    private static IEnumerable<HidingCase> Transparent()
    {
        foreach ((string variant, string text) in ((string, string)[])
        [
            ("ca 0", $"q /A0 gs {At} Q"), ("ca 0.01", $"q /A1 gs {At} Q"), ("ca 0.02", $"q /A2 gs {At} Q"), ("black luminosity mask", $"q /MaskBlack gs {At} Q"), ("empty alpha mask", $"q /MaskAlpha gs {At} Q"), ("ca 0, mode 2", $"q /A0 gs 2 Tr {At} Q"),
        ])
        {
            yield return new("transparent", variant, text);
        }

        yield return new("transparent", "a group at ca 0", "q /A0 gs /Fx Do Q", At, "/BBox[0 0 612 792]/Group<</S/Transparency>>");
        yield return new("transparent", "ca 0 within a group", "/Fx Do", $"/A0 gs {At}", "/BBox[0 0 612 792]/Group<</S/Transparency>>");
        yield return new("transparent", "masked group", "q /MaskBlack gs /Fx Do Q", At, "/BBox[0 0 612 792]/Group<</S/Transparency>>");
        // A page begins transparent, and a blend mode does nothing there (ISO 32000-1, 11.4.7): hence the white boxes.
        foreach ((string variant, string text) in ((string, string)[])
        [
            ("white multiplied", $"q /Multiply gs 1 g {At} Q"), ("black screened on white", $"q 1 g 60 330 500 60 re f /Screen gs 0 g {At} Q"), ("black, the lighter stays", $"q 1 g 60 330 500 60 re f /Lighten gs 0 g {At} Q"), ("white darkens nothing", $"q /Darken gs 1 g {At} Q"),
            ("difference with black", $"q 1 g 60 330 500 60 re f /Difference gs 0 g {At} Q"), ("exclusion with black", $"q 1 g 60 330 500 60 re f /Exclusion gs 0 g {At} Q"), ("white multiplied on a box", $"q 0.3 0.5 0.9 rg 60 330 500 60 re f /Multiply gs 1 g {At} Q"),
        ])
        {
            yield return new("blend mode", variant, text);
        }

        yield return new("blend mode", "overprint of no ink on cyan", $"q 1 0 0 0 k 60 330 500 60 re f /Over gs 0 0 0 0 k {At} Q", Hard: true);
    }

    private static IEnumerable<HidingCase> Layers()
    {
        foreach ((string variant, string text) in ((string, string)[])
        [
            ("off", $"/OC /Off BDC {At} EMC"), ("membership of one", $"/OC /MdOne BDC {At} EMC"), ("all on", $"/OC /MdAll BDC {At} EMC"), ("all off", $"/OC /MdAnyOff BDC {At} EMC"), ("off within on", $"/OC /On BDC /OC /Off BDC {At} EMC EMC"),
            ("on within off", $"/OC /Off BDC /OC /On BDC {At} EMC EMC"), ("after an inner end", $"/OC /Off BDC /Span BMC EMC {At} EMC"), ("begun in the text", "BT /H 10 Tf 72 360 Td /OC /Off BDC ($P) Tj EMC ET"), ("over q and Q", $"/OC /Off BDC q 0 g Q {At} EMC"),
        ])
        {
            yield return new("layer", variant, text);
        }

        yield return new("layer", "form's OC", "/Fx Do", At, "/BBox[0 0 612 792]/OC $OFF");
        yield return new("layer", "form in a marked part", "/OC /Off BDC /Fx Do EMC", At);
    }

    private static IEnumerable<HidingCase> Replacements()
    {
        foreach ((string variant, string text) in ((string, string)[])
        [
            ("Span", "/Span <</ActualText($P)>> BDC BT /H 10 Tf 72 360 Td (the board met) Tj ET EMC"), ("of a blank", "/Span <</ActualText($P)>> BDC BT /H 10 Tf 72 360 Td ( ) Tj ET EMC"), ("of one full stop", "BT /H 10 Tf 72 360 Td (It was done) Tj /Span <</ActualText($P)>> BDC (.) Tj EMC ET"),
            ("in two levels", "/P <</MCID 0>> BDC /Span <</ActualText($P)>> BDC BT /H 10 Tf 72 360 Td (the board met) Tj ET EMC EMC"), ("by P", "/P <</MCID 1/ActualText($P)>> BDC BT /H 10 Tf 72 360 Td (A short line of prose) Tj ET EMC"),
        ])
        {
            yield return new("ActualText", variant, text);
        }

        yield return new("ActualText", "of a picture", "/Figure <</ActualText($P)>> BDC q 80 0 0 80 72 320 cm /Photo Do Q EMC", Expect: HidingExpectation.Kept);
        yield return new("ActualText", "of nothing", "/Span <</ActualText($P)>> BDC EMC", Expect: HidingExpectation.Kept);
        yield return new("alternatives", "Alt of words", "/Span <</Alt($P)>> BDC BT /H 10 Tf 72 360 Td (the board met) Tj ET EMC", Expect: HidingExpectation.Kept);
        yield return new("alternatives", "E of a short form", "/Span <</E($P)>> BDC BT /H 10 Tf 72 360 Td (Dr.) Tj ET EMC", Expect: HidingExpectation.Kept);
        yield return new("alternatives", "Alt of a picture", "/Figure <</Alt($P)>> BDC q 80 0 0 80 72 320 cm /Photo Do Q EMC", Expect: HidingExpectation.Kept);
    }

    private static IEnumerable<HidingCase> Characters()
    {
        foreach ((string variant, string text) in ((string, string)[])
        [
            ("zero-width spaces in words", "BT 72 360 Td $Zero ET"), ("joiners after each letter", "BT /Joined 10 Tf 72 360 Td ($P) Tj ET"), ("zero-width spaces by the font", "BT /Spaced 10 Tf 72 360 Td ($P) Tj ET"),
            ("right-to-left override", "BT 72 360 Td /ZW 10 Tf (&) Tj /H 10 Tf ($Reversed) Tj /ZW 10 Tf (\\() Tj ET"), ("left-to-right override", "BT 72 360 Td /ZW 10 Tf (') Tj /H 10 Tf ($P) Tj /ZW 10 Tf (\\() Tj ET"),
            ("isolate", "BT 72 360 Td /ZW 10 Tf (*) Tj /H 10 Tf ($Reversed) Tj /ZW 10 Tf (+) Tj ET"), ("tags after letters", "BT /TagOn 10 Tf 72 360 Td ($P) Tj ET"),
        ])
        {
            yield return new("characters", variant, text, Expect: HidingExpectation.ControlsReported);
        }

        yield return new("characters", "tags without width", "BT 72 360 Td /H 10 Tf (An open word) Tj /Tag 10 Tf ($P) Tj ET", Expect: HidingExpectation.ControlsReported);
        yield return new("characters", "tags with width", "BT 72 360 Td /H 10 Tf (An open word) Tj /TagWide 4 Tf ($P) Tj ET", Expect: HidingExpectation.ControlsReported);
        foreach ((string variant, string font) in ((string, string)[])[("joiners, drawn font", "JoinedU"), ("zero-width spaces, drawn font", "SpacedU"), ("tags after letters, drawn font", "TagOnU")])
        {
            yield return new("characters", variant, $"BT /{font} 10 Tf 72 360 Td ($P) Tj ET", Expect: HidingExpectation.ControlsReported);
        }
    }

    private static IEnumerable<HidingCase> Fonts()
    {
        foreach ((string variant, string text) in ((string, string)[])
        [
            ("drawn, empty procedures", "BT /Empty 10 Tf 72 360 Td ($P) Tj ET"), ("drawn, empty, with ToUnicode", "BT /EmptyU 10 Tf 72 360 Td ($P) Tj ET"), ("drawn in white", "BT /Pale 10 Tf 72 360 Td ($P) Tj ET"), ("every letter is the glyph space", "BT /Blank 10 Tf 72 360 Td ($P) Tj ET"),
        ])
        {
            yield return new("empty glyphs", variant, text);
        }

        yield return new("lying font", "ToUnicode of Helvetica", "BT /Lie 10 Tf 72 360 Td ($Earlier) Tj ET");
        yield return new("lying font", "ToUnicode of Times", "BT /LieT 10 Tf 72 360 Td ($Earlier) Tj ET");
        yield return new("lying font", "drawn glyphs under other names", "BT /LieD 10 Tf 72 360 Td ($P) Tj ET");
        yield return new("lying font", "ToUnicode of drawn glyphs", "BT /LieU 10 Tf 72 360 Td ($Earlier) Tj ET");
    }

    private static IEnumerable<HidingCase> Notes()
    {
        foreach ((string variant, string note) in ((string, string)[])
        [
            ("text note, hidden", "/Subtype/Text/F 2/Contents($P)/Rect[80 340 100 360]"), ("free text, hidden", "/Subtype/FreeText/F 2/Contents($P)/DA(/H 10 Tf)/Rect[80 340 500 360]/AP<</N $F 0 R>>"), ("field, hidden", "/Subtype/Widget/FT/Tx/F 2/T(a)/V($P)/DA(/H 10 Tf)/Rect[80 340 500 360]/AP<</N $F 0 R>>"),
            ("no view", "/Subtype/FreeText/F 32/Contents($P)/DA(/H 10 Tf)/Rect[80 340 500 360]/AP<</N $F 0 R>>"), ("field of no size", "/Subtype/Widget/FT/Tx/F 4/T(b)/V($P)/DA(/H 10 Tf)/Rect[80 340 80 340]"), ("link's contents", "/Subtype/Link/Border[0 0 0]/Contents($P)/Rect[80 340 200 360]"),
        ])
        {
            yield return new("annotation", variant, "", At, "/BBox[0 0 612 792]", $"/MediaBox[0 0 612 792]/Annots[<</Type/Annot{note}>>]", HidingExpectation.Kept);
        }

        yield return new("annotation", "form that is never drawn", "", At, Expect: HidingExpectation.Kept);
    }
}
