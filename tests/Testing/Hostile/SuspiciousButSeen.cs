namespace Rag.Testing.Hostile;

/// <summary>Pages that look like a trick and hide nothing. The phrase is short; where <c>$PROSE</c> is named, the whole page is painted that way.</summary>
public static class SuspiciousButSeen
{
    private const string At = "BT /H 10 Tf 72 360 Td ($P) Tj ET";

    public static IReadOnlyList<HidingCase> All { get; } = [.. Cases().Select(each => each with { Expect = HidingExpectation.Visible })];

    private static IEnumerable<HidingCase> Cases()
    {
        foreach ((string trick, string variant, string text) in ((string, string, string)[])
        [
            ("plain", "one", At), ("plain", "two", "BT /T 12 Tf 72 360 Td ($P) Tj ET"), ("plain", "three", "BT /C 8 Tf 72 360 Td ($P) Tj ET"), ("plain", "drawn font", "BT /D 11 Tf 72 360 Td ($P) Tj ET"),
            ("scan", "text under the picture", $"3 Tr $PROSE {At} 0 Tr q 612 0 0 792 0 0 cm /Scan Do Q"), ("scan", "text over the picture", $"q 612 0 0 792 0 0 cm /Scan Do Q 3 Tr $PROSE {At}"), ("scan", "with margins", $"q 580 0 0 760 16 16 cm /Scan Do Q 3 Tr $PROSE {At}"),
            ("scan", "in strips", $"q 612 0 0 396 0 0 cm /Scan Do Q q 612 0 0 396 0 396 cm /Scan Do Q 3 Tr $PROSE {At}"), ("scan", "visible text under the picture", $"$PROSE {At} q 612 0 0 792 0 0 cm /Scan Do Q"),
            ("white on dark", "page", $"0 0 612 792 re f 1 g $PROSE {At}"), ("white on dark", "box", $"q 0.1 0.2 0.3 rg 60 330 500 60 re f 1 g {At} Q"), ("white on dark", "picture", $"q 500 0 0 60 60 330 cm /Night Do Q q 1 g {At} Q"), ("white on dark", "page picture", $"q 612 0 0 792 0 0 cm /Night Do Q 1 g $PROSE {At}"),
            ("white on dark", "shading", $"q 60 330 500 60 re W n /Dark sh Q q 1 g {At} Q"), ("white on dark", "pattern", $"q /Pattern cs /Dots scn 60 330 500 60 re f Q q 1 g {At} Q"), ("white on dark", "thick line", $"q 0.2 G 40 w 60 362 m 560 362 l S 1 g {At} Q"),
            ("white on dark", "polygon", $"q 0 0.3 0 rg 50 330 m 560 330 l 570 390 l 60 390 l h f 1 g {At} Q"), ("white on dark", "box in CMYK", $"q 1 0.8 0 0.2 k 60 330 500 60 re f 0 0 0 0 k {At} Q"), ("white on dark", "box of a spot colour", $"q /Sep cs 1 scn 60 330 500 60 re f 0 scn {At} Q"),
            ("white on dark", "dark box over a white one", $"q 1 g 50 320 520 80 re f 0.2 g 60 330 500 60 re f 1 g {At} Q"), ("black on black's edge", "light box over a dark page", $"q 0 g 0 0 612 792 re f 1 g 40 40 540 730 re f Q $PROSE {At}"),
            ("white on dark", "white with a dark stroke", $"q 2 Tr 1 g 0 0 0.6 RG 0.4 w {At} Q"), ("stroke", "outline", $"q 1 Tr 0.3 w 0 G {At} Q"), ("stroke", "fill and stroke", $"q 2 Tr 0.3 w {At} Q"), ("stroke", "mode 1, the fill being white", $"q 1 Tr 1 g 0.4 w 0 G {At} Q"),
            ("clip by letters", "picture shines through", "q BT 7 Tr /B 24 Tf 72 350 Td ($P) Tj ET q 520 0 0 60 60 330 cm /Blue Do Q Q"), ("clip by letters", "box shines through", "q BT 7 Tr /B 24 Tf 72 350 Td ($P) Tj ET 0.1 0.4 0.2 rg 60 330 520 60 re f Q"), ("clip by letters", "filled as well", $"q 4 Tr {At} Q"),
            ("small", "grey footnote of 3", "q 0.45 g BT /T 3 Tf 72 360 Td ($P) Tj ET Q"), ("small", "print of 2", "BT /H 2 Tf 72 360 Td ($P) Tj ET"), ("small", "1.7 by CTM", "q 0.17 0 0 0.17 72 360 cm BT /H 10 Tf ($P) Tj ET Q"), ("small", "superscript", "BT /H 10 Tf 72 360 Td ($P) Tj /H 5 Tf 4 Ts (12) Tj 0 Ts ET"),
            ("light", "grey 0.75", $"q 0.75 g {At} Q"), ("light", "grey 0.85", $"q 0.85 g {At} Q"), ("light", "yellow", $"q 0.95 0.8 0.1 rg {At} Q"), ("light", "grey on grey", $"q 0.5 g 60 330 500 60 re f 0.7 g {At} Q"),
            ("scaled", "Tf 1, matrix 10", "BT /H 1 Tf 10 0 0 10 72 360 Tm ($P) Tj ET"), ("scaled", "Tf 0.01, matrix 1000", "BT /T 0.01 Tf 1000 0 0 1000 72 360 Tm ($P) Tj ET"), ("scaled", "Tf 200, CTM 0.05", "q 0.05 0 0 0.05 72 360 cm BT /H 200 Tf ($P) Tj ET Q"), ("scaled", "whole page by 0.1", "q 0.1 0 0 0.1 0 0 cm 10 0 0 10 0 0 cm $PROSE " + At + " Q"),
            ("scaled", "top-down page", "q 1 0 0 -1 0 792 cm BT /H 10 Tf 1 0 0 -1 72 432 Tm ($P) Tj ET Q"), ("scaled", "Tz 60", "BT /H 10 Tf 60 Tz 72 360 Td ($P) Tj 100 Tz ET"), ("scaled", "tight Tc", "BT /H 11 Tf -0.6 Tc 72 360 Td ($P) Tj 0 Tc ET"), ("scaled", "negative size, turned matrix", "BT /H -10 Tf -1 0 0 -1 72 360 Tm ($P) Tj ET"),
            ("watermark", "under", "q 0.9 g BT /B 70 Tf 0.8 0.6 -0.6 0.8 120 200 Tm (DRAFT) Tj ET Q $PROSE " + At), ("watermark", "over, half transparent", "$PROSE " + At + " q /A50 gs 0.8 g BT /B 70 Tf 0.8 0.6 -0.6 0.8 120 200 Tm (DRAFT) Tj ET Q"), ("watermark", "picture under", "q 612 0 0 792 0 0 cm /White Do Q $PROSE " + At),
            ("twice", "fake bold", $"{At} BT /H 10 Tf 72.3 360 Td ($P) Tj ET"), ("twice", "shadow", $"q 0.6 g BT /B 14 Tf 73 359 Td ($P) Tj ET Q BT /B 14 Tf 72 360 Td ($P) Tj ET"), ("twice", "white halo", $"q 1 G 1 Tr 2 w {At} Q {At}"), ("twice", "white box, then text", $"q 1 g 60 330 500 60 re f Q {At}"),
            ("clip", "page", $"q 0 0 612 792 re W n $PROSE {At} Q"), ("clip", "column", $"q 60 340 500 50 re W n {At} Q"), ("clip", "partly cut", $"q 60 361 500 50 re W n BT /H 12 Tf 72 360 Td ($P) Tj ET Q"), ("clip", "even-odd frame", $"q 0 0 612 792 re 500 20 40 20 re W* n {At} Q"), ("clip", "round", $"q 60 300 m 60 420 l 580 420 l 580 300 l h W n {At} Q"),
            ("cover", "beside", $"{At} q 0.9 g 60 300 500 50 re f Q"), ("cover", "frame only", $"{At} 60 340 500 40 re S"), ("cover", "half transparent", $"{At} q /A50 gs 1 1 0 rg 60 340 500 40 re f Q"), ("cover", "multiplied marker", $"{At} q /Multiply gs 1 1 0 rg 60 340 500 40 re f Q"), ("cover", "invisible box", $"{At} q /A0 gs 1 g 60 340 500 40 re f Q"),
            ("cover", "box clipped away", $"{At} q 0 0 5 5 re W n 1 g 60 340 500 40 re f Q"), ("cover", "box in a layer that is off", $"{At} /OC /Off BDC q 1 g 60 340 500 40 re f Q EMC"), ("cover", "underline and strike", $"{At} q 0.6 w 72 358 m 300 358 l S 72 363 m 300 363 l S Q"), ("cover", "empty path", $"{At} 60 340 500 40 re n"),
            ("transparent", "half", $"q /A50 gs {At} Q"), ("transparent", "white mask", $"q /MaskWhite gs {At} Q"), ("transparent", "mask taken off", $"q /MaskBlack gs /MaskNone gs {At} Q"), ("blend", "multiply", $"q /Multiply gs {At} Q"), ("blend", "white differs", $"q 1 g 60 330 500 60 re f /Difference gs {At} Q"), ("blend", "darken", $"q /Darken gs {At} Q"),
            ("layer", "on", $"/OC /On BDC {At} EMC"), ("layer", "any on", $"/OC /MdAny BDC {At} EMC"), ("layer", "after one that is off", $"/OC /Off BDC EMC {At}"), ("state", "after Q", $"q 1 g 3 Tr 0 0 5 5 re W n Q {At}"), ("state", "mode set back", $"BT 3 Tr ET 0 Tr {At}"),
            ("ActualText", "same", "/Span <</ActualText($P)>> BDC BT /H 10 Tf 72 360 Td ($P) Tj ET EMC"), ("ActualText", "ligature", "BT /H 10 Tf 72 360 Td ($P with a ) Tj /Span <</ActualText(fi)>> BDC (fi) Tj EMC (ne end) Tj ET"), ("ActualText", "soft hyphen", "BT /H 10 Tf 72 360 Td ($P and har) Tj /Span <</ActualText<FEFF00AD>>> BDC (-) Tj EMC 0 -12 Td (bour) Tj ET"),
            ("ActualText", "blank between words", "BT /H 10 Tf 72 360 Td ($P) Tj /Span <</ActualText( )>> BDC ( ) Tj EMC (yes) Tj ET"), ("tags", "artifact", $"/Artifact <</Type/Pagination>> BDC {At} EMC"), ("tags", "Alt of the same", $"/Span <</Alt($P)/Lang(en)>> BDC {At} EMC"), ("tags", "MCID", $"/P <</MCID 0>> BDC {At} EMC"),
            ("script", "Persian with non-joiner", $"{At} BT /Persian 12 Tf 72 340 Td (abcdmebfg hij lmeb) Tj ET"), ("script", "Hindi with joiner", $"{At} BT /Hindi 12 Tf 72 340 Td (abcodef ghio) Tj ET"), ("script", "emoji joined", $"{At} BT /Emoji 12 Tf 72 340 Td (afbcfd e) Tj ET"),
        ])
        {
            yield return new(trick, variant, text);
        }

        yield return new("form", "plain", "/Fx Do", At);
        yield return new("form", "magnified", "q 10 0 0 10 0 0 cm /Fx Do Q", "BT /H 1 Tf 7.2 36 Td ($P) Tj ET");
        yield return new("form", "matrix brings it in", "/Fx Do", "BT /H 10 Tf -928 360 Td ($P) Tj ET", "/BBox[-2000 0 612 792]/Matrix[1 0 0 1 1000 0]");
        yield return new("form", "CTM brings it in", "q 1 0 0 1 1000 0 cm /Fx Do Q", "BT /H 10 Tf -928 360 Td ($P) Tj ET", "/BBox[-2000 0 612 792]");
        yield return new("form", "small matrix, large text", "/Fx Do", "BT /H 100 Tf 720 3600 Td ($P) Tj ET", "/BBox[0 0 9000 9000]/Matrix[0.1 0 0 0.1 0 0]");
        yield return new("form", "state ends with it", $"/Fx Do {At}", "3 Tr 1 g 0 0 5 5 re W n");
        yield return new("form", "half transparent group", "q /A50 gs /Fx Do Q", At, "/BBox[0 0 612 792]/Group<</S/Transparency>>");
        yield return new("turned", "by 90", At, Page: "/MediaBox[0 0 612 792]/Rotate 90");
        yield return new("turned", "by 270", At, Page: "/MediaBox[0 0 612 792]/Rotate 270");
        yield return new("turned", "by 180, text upright", $"q -1 0 0 -1 612 792 cm $PROSE {At} Q", Page: "/MediaBox[0 0 612 792]/Rotate 180");
        yield return new("turned", "by 90, text upright", $"q 0 0.77 -0.77 0 612 0 cm $PROSE {At} Q", Page: "/MediaBox[0 0 612 792]/Rotate 90");
        yield return new("boxes", "cropped", At, Page: "/MediaBox[-100 -100 712 892]/CropBox[20 20 592 772]");
        yield return new("boxes", "another origin", $"q 1 0 0 1 -3000 5000 cm $PROSE {At} Q", Page: "/MediaBox[-3000 5000 -2388 5792]");
        yield return new("boxes", "UserUnit 10", $"q 0.1 0 0 0.1 0 0 cm $PROSE {At} Q", Page: "/MediaBox[0 0 61.2 79.2]/UserUnit 10");
        yield return new("boxes", "crop box larger than the page", At, Page: "/MediaBox[0 0 612 792]/CropBox[-50 -50 700 900]");
        yield return new("boxes", "corners swapped", At, Page: "/MediaBox[612 792 0 0]");
        foreach ((string variant, string text) in ((string, string)[])
        [
            ("dark Lab", $"q /Lab cs 20 10 -30 sc $PROSE {At} Q"), ("blue Lab", $"q /L1 cs 60 0 -50 sc {At} Q"), ("pale Lab", $"q /L1 cs 88 0 0 sc {At} Q"), ("Lab, nothing set", $"q /Lab cs {At} Q"), ("Lab, stroked", $"q 1 Tr 0.3 w /Lab CS 10 0 0 SC {At} Q"),
            ("separation over Lab", $"q /SepL cs 1 scn {At} Q"), ("DeviceN over Lab", $"q /DevL cs 0 0.9 scn {At} Q"), ("CalRGB with a matrix", $"q /CalR2 cs 0.2 0.1 0.5 sc {At} Q"), ("CalGray, named so", $"q /CalGray cs 0.3 sc {At} Q"), ("ICC, named so", $"q /ICCBased cs 0.5 0 0 sc {At} Q"),
            ("white Lab on a box in Lab", $"q /Lab cs 30 20 -40 sc 60 330 500 60 re f 100 0 0 sc {At} Q"), ("white Lab before, black after", $"q /Lab cs 100 0 0 sc 60 330 500 60 re f Q {At}"),
        ])
        {
            yield return new("colour space", variant, text);
        }
    }
}
