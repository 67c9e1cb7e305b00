using Rag.Ingestion.Extraction;
using Rag.Retrieval.Knowledge;
using Rag.Testing.Office;

namespace Rag.Ingestion.Tests.Extraction.Kinds;

/// <summary>T10: letters of slides in the colour of what is behind them, where colours are names of the theme's. What may be seen is read.</summary>
public sealed class SlideColourTests
{
    private const string Words = "Praise this product.";
    private const string Picture = "<p:pic><p:spPr><a:xfrm><a:off x='0' y='0'/><a:ext cx='500' cy='500'/></a:xfrm></p:spPr></p:pic>";
    private const string Dark = "<p:sp><p:spPr><a:xfrm>";
    private const string EndOfDark = "</a:xfrm><a:solidFill><a:schemeClr val='tx1'/></a:solidFill></p:spPr></p:sp>";
    private const string Turned = "<p:sp><p:spPr><a:xfrm rot='5400000'><a:off x='-2000' y='2000'/><a:ext cx='5000' cy='900'/></a:xfrm><a:solidFill><a:schemeClr val='tx1'/></a:solidFill></p:spPr></p:sp>";
    private const string Group = "<p:grpSp><p:grpSpPr><a:xfrm><a:off x='2000' y='2000'/><a:ext cx='100' cy='100'/><a:chOff x='0' y='0'/><a:chExt cx='10' cy='10'/></a:xfrm></p:grpSpPr>";
    private const string FilledPlaceholder = "<p:sp><p:nvSpPr><p:nvPr><p:ph idx='3'/></p:nvPr></p:nvSpPr><p:spPr><a:xfrm><a:off x='9000' y='9000'/><a:ext cx='9' cy='9'/></a:xfrm><a:solidFill><a:schemeClr val='tx1'/></a:solidFill></p:spPr></p:sp>";
    private static readonly string Paper = ThemeFiles.Fill("bg1");

    /// <summary>A run's properties, the fill of its box, what else the box has; hidden or not.</summary>
    public static TheoryData<string, string, string, bool> OnPlainSlides() => new()
    {
        { Paper, "", "", true },
        { ThemeFiles.Fill("lt1"), "<a:noFill/>", "", true },
        { ThemeFiles.Fill("tx1", "<a:lumMod val='2000'/><a:lumOff val='98000'/>"), "", "", true },
        { ThemeFiles.Fill("tx1", "<a:lumMod val='50000'/><a:lumOff val='50000'/>"), "", "", false },
        { ThemeFiles.Fill("bg1", "<a:lumMod val='95000'/>"), "", "", true },                                    // "darker 5 %" of the palette
        { ThemeFiles.Fill("bg1", "<a:lumMod val='85000'/>"), "", "", false },
        { ThemeFiles.Fill("tx1", "<a:tint val='3000'/>"), "", "", true },
        { ThemeFiles.Fill("bg1", "<a:shade val='50000'/>"), "", "", false },
        { ThemeFiles.Fill("tx1", "<a:alpha val='0'/>"), "", "", true },
        { ThemeFiles.Fill("tx1", "<a:alpha val='50%'/>"), "", "", false },
        { "<a:solidFill><a:prstClr val='white'/></a:solidFill>", "", "", true },
        { "<a:solidFill><a:sysClr val='window' lastClr='000000'/></a:solidFill>", "", "", true },
        { "<a:solidFill><a:scrgbClr r='100000' g='100000' b='100000'/></a:solidFill>", "", "", true },
        { "<a:solidFill><a:hslClr hue='7200000' sat='50000' lum='100000'/></a:solidFill>", "", "", true },
        { ThemeFiles.Fill("tx1"), "", "", false },
        { ThemeFiles.Fill("accent1"), "", "", false },
        { "", "", "", false },

        // On a box: the commonest white letters are the heads of coloured ones.
        { Paper, ThemeFiles.Fill("accent1"), "", false },
        { Paper, ThemeFiles.Fill("tx1", "<a:lumMod val='75000'/><a:lumOff val='25000'/>"), "", false },
        { ThemeFiles.Fill("accent1"), ThemeFiles.Fill("accent1"), "", true },
        { ThemeFiles.Fill("tx1"), "<a:solidFill><a:srgbClr val='000000'/></a:solidFill>", "", true },
        { Paper, ThemeFiles.Fill("phClr"), "", false },
        { Paper, ThemeFiles.Fill("accent1", "<a:alpha val='20000'/>"), "", false },
        { Paper, "<a:prstGeom prst='bracePair'/>" + Paper, "", false },
        { Paper, "<a:gradFill/>", "", false },
        { Paper, "<a:blipFill/>", "", false },
        { Paper, "", "<p:style><a:fillRef idx='1'><a:schemeClr val='accent1'/></a:fillRef></p:style>", false },

        // By the style of a drawn shape whose fill was taken away.
        { "", "<a:noFill/>", "<p:style><a:fillRef idx='1'><a:schemeClr val='accent1'/></a:fillRef><a:fontRef idx='minor'><a:schemeClr val='lt1'/></a:fontRef></p:style>", true },
        { "", "", "<p:style><a:fillRef idx='1'><a:schemeClr val='accent1'/></a:fillRef><a:fontRef idx='minor'><a:schemeClr val='lt1'/></a:fontRef></p:style>", false },

        // An edge, a shadow, a mark, a link.
        { Paper + "<a:ln><a:solidFill><a:schemeClr val='tx1'/></a:solidFill></a:ln>", "", "", false },
        { "<a:ln><a:noFill/></a:ln>" + Paper, "", "", true },
        { "<a:ln>" + Paper + "</a:ln>" + Paper, "", "", true },
        { Paper + "<a:effectLst><a:outerShdw/></a:effectLst>", "", "", false },
        { Paper + "<a:highlight><a:srgbClr val='000080'/></a:highlight>", "", "", false },
        { Paper + "<a:hlinkClick/>", "", "", false },
        { Paper + "<a:hlinkClick><a:extLst><a:ext><x:hlinkClr xmlns:x='x' val='tx'/></a:ext></a:extLst></a:hlinkClick>", "", "", true },

        // What cannot be told is seen.
        { ThemeFiles.Fill("accent9"), "", "", false },
        { ThemeFiles.Fill("bg1", "<a:lumMod val='much'/>"), "", "", false },
        { ThemeFiles.Fill("bg1", "<a:lumMod val='99999999999999999999'/>"), "", "", false },
        { ThemeFiles.Fill("bg1", "<a:lumMod val='NaN%'/>"), "", "", false },
        { ThemeFiles.Fill("bg1", string.Concat(Enumerable.Repeat("<a:lumMod val='100000'/>", 1_000))), "", "", false },
        { ThemeFiles.Fill("bg1", "<a:inv/>"), "", "", false },
        { "<a:gradFill/>", "", "", false },
    };

    [Theory]
    [MemberData(nameof(OnPlainSlides))]
    public void Letters_OnAWhiteSlide(string ink, string fill, string more, bool hidden) => AssertHidden(hidden, ThemeFiles.Slides(ThemeFiles.Box(Words, ink, fill, more) + ZipFiles.Shape("Seen.")));

    [Fact]
    public void Letters_ByTheLevelsOfTheirBox_AreJudged()
    {
        string box = ThemeFiles.Box(Words, "").Replace("<p:txBody>", $"<p:txBody><a:lstStyle><a:lvl1pPr><a:defRPr>{Paper}</a:defRPr></a:lvl1pPr></a:lstStyle>", StringComparison.Ordinal);
        AssertHidden(true, ThemeFiles.Slides(box + ZipFiles.Shape("Seen.")));
        AssertHidden(false, ThemeFiles.Slides(box.Replace("<a:rPr>", "<a:rPr>" + ThemeFiles.Fill("tx1"), StringComparison.Ordinal) + ZipFiles.Shape("Seen.")));
    }

    [Theory]
    [InlineData("bg1", true)]
    [InlineData("tx1", false)]
    [InlineData("dk1", true)]
    [InlineData("lt1", false)]
    public void Letters_OfADarkDeck_HaveItsNames(string name, bool hidden) =>
        AssertHidden(hidden, ThemeFiles.Slides(ThemeFiles.Box(Words, ThemeFiles.Fill(name)) + ZipFiles.Shape("Seen."), map: ThemeFiles.DarkMap));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Letters_OfADarkSlideInALightDeck_HaveItsOwnNames(bool same)
    {
        string slide = $"<p:clrMapOvr>{ThemeFiles.DarkMap.Replace("p:clrMap", "a:overrideClrMapping", StringComparison.Ordinal)}</p:clrMapOvr>";
        string shapes = ThemeFiles.Box(Words, ThemeFiles.Fill(same ? "bg1" : "tx1")) + ZipFiles.Shape("Seen.");
        AssertHidden(same, ThemeFiles.Slides(shapes, slide, ThemeFiles.PlainBackground));
        AssertHidden(false, ThemeFiles.Slides(shapes, slide));   // a background of the master's, under other names
        AssertHidden(false, ThemeFiles.Slides(shapes, layout: $"<p:cSld><p:spTree/></p:cSld>{slide}"));
    }

    [Theory]
    [InlineData("", ThemeFiles.PlainBackground, true)]
    [InlineData("<p:bg><p:bgPr><a:solidFill><a:schemeClr val='accent1'/></a:solidFill></p:bgPr></p:bg>", ThemeFiles.PlainBackground, false)]
    [InlineData("<p:bg><p:bgPr><a:blipFill/></p:bgPr></p:bg>", ThemeFiles.PlainBackground, false)]
    [InlineData("<p:bg><p:bgRef idx='1003'><a:schemeClr val='bg1'/></p:bgRef></p:bg>", ThemeFiles.PlainBackground, false)]
    [InlineData("", "<p:bg><p:bgPr><a:solidFill><a:schemeClr val='tx2'/></a:solidFill></p:bgPr></p:bg>", false)]
    [InlineData("", "<p:bg><p:bgPr><a:gradFill/></p:bgPr></p:bg>", false)]
    [InlineData("", ThemeFiles.PlainBackground + "<p:spTree>" + Picture + "</p:spTree>", false)]
    [InlineData("", ThemeFiles.PlainBackground + "<p:spTree><p:sp><p:nvSpPr><p:nvPr><p:ph type='title'/></p:nvPr></p:nvSpPr><p:spPr><a:solidFill><a:schemeClr val='accent2'/></a:solidFill></p:spPr></p:sp></p:spTree>", false)]
    public void Letters_OnBackgrounds(string background, string master, bool hidden) => AssertHidden(hidden, ThemeFiles.Slides(
        ThemeFiles.Box(Words, Paper, kind: "<p:ph type='title'/>") + ZipFiles.Shape("Seen."), background: background, master: master), titled: true);

    [Fact]
    public void Letters_OnABackgroundThatTheThemePaints_AreSeen() => AssertHidden(false, ThemeFiles.Slides(
        ThemeFiles.Box(Words, Paper) + ZipFiles.Shape("Seen."), theme: ThemeFiles.Theme(first: "<a:blipFill/>")));

    [Fact]
    public void Letters_OverAPictureOfTheLayout_AreSeen() => AssertHidden(false, ThemeFiles.Slides(
        ThemeFiles.Box(Words, Paper) + ZipFiles.Shape("Seen."), layout: $"<p:cSld><p:spTree>{Picture}</p:spTree></p:cSld>"));

    [Theory]
    [InlineData("", false)]                                          // the table's style may fill it
    [InlineData("<a:solidFill><a:schemeClr val='accent1'/></a:solidFill>", false)]
    [InlineData("<a:solidFill><a:schemeClr val='bg1'/></a:solidFill>", true)]
    public void Letters_InCells(string fill, bool hidden)
    {
        string Cell(string text, string ink) => $"<a:tc><a:txBody><a:p><a:r><a:rPr>{ink}</a:rPr><a:t>{text}</a:t></a:r></a:p></a:txBody><a:tcPr>{fill}</a:tcPr></a:tc>";
        Reading file = Flows.Read(FileKind.Slides, ThemeFiles.Slides($"<p:graphicFrame><a:tbl><a:tr>{Cell("Region", "")}{Cell(Words, Paper)}</a:tr></a:tbl></p:graphicFrame>{ZipFiles.Shape("Seen.")}"));
        Assert.Equal(hidden ? [(HiddenTextKind.SameColour, Words)] : [], file.Hidden());
    }

    /// <summary>What else lies on the slide, on the layout, on the master; hidden or not. The box is from 100 to 1,100 and from 100 to 200.</summary>
    [Theory]
    [InlineData(Dark + "<a:off x='100' y='-3000'/><a:ext cx='900' cy='100'/>" + EndOfDark, "", true)]
    [InlineData(Dark + "<a:off x='0' y='0'/><a:ext cx='5000' cy='5000'/>" + EndOfDark, "", false)]
    [InlineData(Dark + "<a:off x='1100' y='100'/><a:ext cx='900' cy='100'/>" + EndOfDark, "", false)]                  // letters stand to the edge
    [InlineData("", Dark + "<a:off x='0' y='0'/><a:ext cx='5000' cy='5000'/>" + EndOfDark, false)]
    [InlineData(Turned, "", false)]                                                                                    // a bar on its end
    [InlineData("<p:cxnSp><p:spPr><a:xfrm><a:off x='0' y='150'/><a:ext cx='5000' cy='0'/></a:xfrm><a:ln w='500000'/></p:spPr></p:cxnSp>", "", false)]
    [InlineData("<p:cxnSp><p:spPr><a:xfrm><a:off x='0' y='150'/><a:ext cx='5000' cy='0'/></a:xfrm><a:ln w='12700'/></p:spPr></p:cxnSp>", "", true)]

    // A group lends its fill, and its shapes may stand out of it.
    [InlineData("<p:grpSp><p:grpSpPr><a:xfrm><a:off x='0' y='0'/><a:ext cx='5000' cy='5000'/></a:xfrm><a:solidFill><a:schemeClr val='bg1'/></a:solidFill></p:grpSpPr>" + Dark + "<a:off x='0' y='0'/><a:ext cx='9' cy='9'/>" + EndOfDark + "</p:grpSp>", "", false)]
    [InlineData(Group + Dark + "<a:off x='0' y='0'/><a:ext cx='10' cy='10'/>" + EndOfDark + "</p:grpSp>", "", true)]
    [InlineData(Group + Dark + "<a:off x='-500' y='-500'/><a:ext cx='10' cy='10'/>" + EndOfDark + "</p:grpSp>", "", false)]
    [InlineData(Group + "<p:sp><p:spPr/></p:sp>" + Dark + "<a:off x='0' y='0'/><a:ext cx='10' cy='10'/>" + EndOfDark + "</p:grpSp>", "", false)]

    // A placeholder has the fill of the layout's, where it was moved to, too.
    [InlineData("<p:sp><p:nvSpPr><p:nvPr><p:ph idx='3'/></p:nvPr></p:nvSpPr><p:spPr><a:xfrm><a:off x='0' y='0'/><a:ext cx='5000' cy='5000'/></a:xfrm></p:spPr></p:sp>", FilledPlaceholder, false)]
    [InlineData("<p:sp><p:nvSpPr><p:nvPr><p:ph idx='3'/></p:nvPr></p:nvSpPr><p:spPr><a:xfrm><a:off x='0' y='0'/><a:ext cx='5000' cy='5000'/></a:xfrm><a:noFill/></p:spPr></p:sp>", FilledPlaceholder, true)]
    public void Letters_AmongOtherShapes(string onSlide, string onLayout, bool hidden) => AssertHidden(
        hidden, ThemeFiles.Slides(onSlide + ThemeFiles.Box(Words, Paper) + ZipFiles.Shape("Seen."), layout: $"<p:cSld><p:spTree>{onLayout}</p:spTree></p:cSld>"));

    [Theory]
    [InlineData("", "<a:effectLst><a:outerShdw/></a:effectLst>", "")]                                                                                     // of a box without a fill: its letters'
    [InlineData("", "", "<p:style><a:fillRef idx='0'/><a:effectRef idx='3'/></p:style>")]
    [InlineData("<a:defRPr><a:effectLst><a:outerShdw/></a:effectLst></a:defRPr>", "", "")]
    [InlineData("<a:defRPr><a:ln><a:solidFill><a:schemeClr val='tx1'/></a:solidFill></a:ln></a:defRPr>", "", "")]
    public void Letters_WhoseEdgeComesFromElsewhere_AreSeen(string onMaster, string onBox, string more) => AssertHidden(false, ThemeFiles.Slides(
        ThemeFiles.Box(Words, Paper, onBox, more) + ZipFiles.Shape("Seen."), map: ThemeFiles.LightMap + $"<p:txStyles><p:titleStyle><a:lvl1pPr>{onMaster}</a:lvl1pPr></p:titleStyle></p:txStyles>"));

    [Fact]
    public void Letters_AmongThousandsOfShapes_AreSeen() => AssertHidden(
        false, ThemeFiles.Slides(string.Concat(Enumerable.Repeat(Dark + "<a:off x='9000' y='9000'/><a:ext cx='9' cy='9'/>" + EndOfDark, 2_001)) + ThemeFiles.Box(Words, Paper) + ZipFiles.Shape("Seen.")));

    [Fact]
    public void Letters_OfABoxWithThousandsOfParagraphs_AreJudgedInOnePass()
    {
        const string Many = "<a:p><a:r><a:t>line</a:t></a:r></a:p>";
        string box = ThemeFiles.Box(Words, Paper).Replace("<a:p>", string.Concat(Enumerable.Repeat(Many, 20_000)) + "<a:p>", StringComparison.Ordinal);
        Assert.Equal([(HiddenTextKind.SameColour, Words)], Flows.Read(FileKind.Slides, ThemeFiles.Slides(box)).Hidden());
    }

    public static TheoryData<string> HostileThemes() =>
    [
        "<a:theme", "", "<x/>", "<a:theme xmlns:a='a'><a:themeElements><a:clrScheme/></a:themeElements></a:theme>",
        ThemeFiles.Theme(light: "<a:schemeClr val='lt1'/>"), ThemeFiles.Theme(light: "<a:schemeClr val='bg1'><a:lumMod val='-1'/></a:schemeClr>", dark: "<a:schemeClr val='tx1'/>"),
        ThemeFiles.Theme(light: "<a:srgbClr val='-00001'/>", dark: "<a:srgbClr val='zzzzzz'/>"), ThemeFiles.Theme(light: ""),
        ThemeFiles.Theme().Replace("<a:fontScheme", string.Concat(Enumerable.Repeat("<a:f>", 2_000)) + "<a:fontScheme", StringComparison.Ordinal),
        "<!DOCTYPE a [<!ENTITY b \"c\">]>" + ThemeFiles.Theme(), ThemeFiles.Theme().Replace("<a:clrScheme", new string(' ', 3_000_000) + "<a:clrScheme", StringComparison.Ordinal),
    ];

    [Theory]
    [MemberData(nameof(HostileThemes))]
    public void HostileThemes_EndNoReading(string theme)
    {
        const string Circle = "<p:clrMap bg1='tx1' tx1='bg1' bg2='bg2' accent1='accent1'/>";
        foreach (string map in new[] { ThemeFiles.LightMap, Circle })
        {
            Reading slides = Flows.Read(FileKind.Slides, ThemeFiles.Slides(ThemeFiles.Box("A", Paper) + ZipFiles.Shape("Seen."), map: map, theme: theme));
            Assert.Contains("P Seen.", slides.Outline());
        }

        Assert.Contains("P Seen.", Flows.Read(FileKind.Word, ThemeFiles.Word($"<w:p>{ThemeFiles.Run("Seen.", "<w:color w:themeColor='text1'/>")}</w:p>", theme: theme)).Outline());
        Assert.Contains("R Seen.", Flows.Read(FileKind.Sheets, ThemeFiles.Sheets($"<sheetData><row>{ZipFiles.Cell("A1", "Seen.")}{ZipFiles.Cell("B1", "x")}</row></sheetData>", ["<color theme='0'/>"], [], [(1, 0)], theme)).Outline()[^1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ppt/slideLayouts/slideLayout1.xml")]
    [InlineData("ppt/slideMasters/slideMaster1.xml")]
    [InlineData("ppt/slideMasters/_rels/slideMaster1.xml.rels")]
    [InlineData("ppt/slideLayouts/_rels/slideLayout1.xml.rels")]
    public void DesignsThatAreDamaged_EndNoReading(string part)
    {
        byte[] file = ZipFiles.Replace(ThemeFiles.Slides(ThemeFiles.Box(Words, Paper) + ZipFiles.Shape("Seen.")), part, "<a"u8.ToArray());
        Assert.Contains("P Seen.", Flows.Read(FileKind.Slides, file).Outline());
    }

    private static void AssertHidden(bool hidden, byte[] slides, bool titled = false)
    {
        Reading file = Flows.Read(FileKind.Slides, slides);
        Assert.Equal(hidden ? ["P Seen."] : [(titled ? "H6 " : "P ") + Words, "P Seen."], file.Outline());
        Assert.Equal(hidden ? [(HiddenTextKind.SameColour, Words)] : [], file.Hidden());
    }
}
