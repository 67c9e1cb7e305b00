namespace Rag.Testing.Office;

/// <summary>Office files whose colours are names of a theme's, with the parts that say what the names mean.</summary>
public static class ThemeFiles
{
    /// <summary>What the masters of a light deck say; a dark one has light and dark the other way round.</summary>
    public const string LightMap = "<p:clrMap bg1='lt1' tx1='dk1' bg2='lt2' tx2='dk2' accent1='accent1' accent2='accent2' accent3='accent3' accent4='accent4' accent5='accent5' accent6='accent6' hlink='hlink' folHlink='folHlink'/>";
    public const string DarkMap = "<p:clrMap bg1='dk1' tx1='lt1' bg2='dk2' tx2='lt2' accent1='accent1' accent2='accent2' accent3='accent3' accent4='accent4' accent5='accent5' accent6='accent6' hlink='hlink' folHlink='folHlink'/>";

    /// <summary>The background that a master has by default: the theme's first, in the colour of the paper.</summary>
    public const string PlainBackground = "<p:bg><p:bgRef idx='1001'><a:schemeClr val='bg1'/></p:bgRef></p:bg>";

    /// <summary>Office's theme of 2013: white, black, blues and greys.</summary>
    /// <param name="first">Its first background.</param>
    public static string Theme(
        string light = "<a:sysClr val='window' lastClr='FFFFFF'/>", string dark = "<a:sysClr val='windowText' lastClr='000000'/>", string first = "<a:solidFill><a:schemeClr val='phClr'/></a:solidFill>") => $"""
        <a:theme xmlns:a="a" name="Office Theme"><a:themeElements><a:clrScheme name="Office"><a:dk1>{dark}</a:dk1><a:lt1>{light}</a:lt1><a:dk2><a:srgbClr val="44546A"/></a:dk2><a:lt2><a:srgbClr val="E7E6E6"/></a:lt2>
        <a:accent1><a:srgbClr val="4472C4"/></a:accent1><a:accent2><a:srgbClr val="ED7D31"/></a:accent2><a:accent3><a:srgbClr val="A5A5A5"/></a:accent3><a:accent4><a:srgbClr val="FFC000"/></a:accent4>
        <a:accent5><a:srgbClr val="5B9BD5"/></a:accent5><a:accent6><a:srgbClr val="70AD47"/></a:accent6><a:hlink><a:srgbClr val="0563C1"/></a:hlink><a:folHlink><a:srgbClr val="954F72"/></a:folHlink></a:clrScheme>
        <a:fontScheme name="Office"/><a:fmtScheme name="Office"><a:bgFillStyleLst>{first}<a:solidFill><a:schemeClr val="phClr"><a:tint val="95000"/></a:schemeClr></a:solidFill></a:bgFillStyleLst></a:fmtScheme></a:themeElements></a:theme>
        """;

    /// <summary>A PowerPoint file of one slide on a layout on a master with a theme.</summary>
    /// <param name="slide">Children of the slide, its shapes apart.</param>
    /// <param name="background">Of the slide.</param>
    /// <param name="layout">Children of the layout.</param>
    /// <param name="master">Children of the master's "cSld".</param>
    public static byte[] Slides(
        string shapes, string slide = "<p:clrMapOvr><a:masterClrMapping/></p:clrMapOvr>", string background = "", string layout = "<p:cSld><p:spTree/></p:cSld>", string master = PlainBackground, string map = LightMap, string? theme = null,
        params (string Name, string Content)[] more) => ZipFiles.Slides(
        "",
        [
            ("ppt/slides/slide1.xml", $"<p:sld xmlns:p='p' xmlns:a='a'><p:cSld>{background}<p:spTree>{shapes}</p:spTree></p:cSld>{slide}</p:sld>"),
            ("ppt/slides/_rels/slide1.xml.rels", ZipFiles.Relations(("r1", "slideLayout", "../slideLayouts/slideLayout1.xml"))),
            ("ppt/slideLayouts/slideLayout1.xml", $"<p:sldLayout xmlns:p='p' xmlns:a='a'>{layout}</p:sldLayout>"),
            ("ppt/slideLayouts/_rels/slideLayout1.xml.rels", ZipFiles.Relations(("r1", "slideMaster", "../slideMasters/slideMaster1.xml"))),
            ("ppt/slideMasters/slideMaster1.xml", $"<p:sldMaster xmlns:p='p' xmlns:a='a'><p:cSld>{master}</p:cSld>{map}</p:sldMaster>"),
            ("ppt/slideMasters/_rels/slideMaster1.xml.rels", ZipFiles.Relations(("r1", "slideLayout", "../slideLayouts/slideLayout1.xml"), ("r2", "theme", "../theme/theme1.xml"))),
            ("ppt/theme/theme1.xml", theme ?? Theme()),
            .. more,
        ]);

    /// <summary>A text box whose letters have a fill of their own.</summary>
    /// <param name="ink">Children of the run's properties.</param>
    /// <param name="fill">Of the box.</param>
    /// <param name="more">Further children of the box, such as its style.</param>
    public static string Box(string text, string ink, string fill = "", string more = "", string kind = "") =>
        $"<p:sp><p:nvSpPr><p:nvPr>{kind}</p:nvPr></p:nvSpPr><p:spPr><a:xfrm><a:off x='100' y='100'/><a:ext cx='1000' cy='100'/></a:xfrm>{fill}</p:spPr>{more}<p:txBody><a:p><a:r><a:rPr>{ink}</a:rPr><a:t>{text}</a:t></a:r></a:p></p:txBody></p:sp>";

    /// <summary>A solid fill in a colour of the theme.</summary>
    public static string Fill(string name, string changes = "") => $"<a:solidFill><a:schemeClr val='{name}'>{changes}</a:schemeClr></a:solidFill>";

    /// <summary>An Excel file of one sheet with a theme.</summary>
    /// <param name="fonts">Colours of the letters, from font 1.</param>
    /// <param name="fills">From fill 1.</param>
    /// <param name="formats">Font and fill of each cell style, from 1.</param>
    /// <param name="more">Further children of the styles.</param>
    public static byte[] Sheets(string inSheet, string[] fonts, string[] fills, (int Font, int Fill)[] formats, string? theme = null, string more = "") => ZipFiles.Sheets(
        inSheet,
        ("xl/_rels/workbook.xml.rels", ZipFiles.Relations(("r1", "worksheet", "worksheets/sheet1.xml"), ("r3", "styles", "styles.xml"), ("r4", "theme", "theme/theme1.xml"))),
        ("xl/theme/theme1.xml", theme ?? Theme()),
        ("xl/styles.xml", $"""
            <styleSheet><fonts><font/>{string.Concat(fonts.Select(colour => $"<font>{colour}</font>"))}</fonts>
            <fills><fill><patternFill patternType="none"/></fill>{string.Concat(fills.Select(fill => $"<fill>{fill}</fill>"))}</fills>
            <cellXfs><xf fontId="0" fillId="0"/>{string.Concat(formats.Select(format => $"<xf fontId=\"{format.Font}\" fillId=\"{format.Fill}\"/>"))}</cellXfs>{more}</styleSheet>
            """));

    /// <summary>A Word file with a theme, styles and settings.</summary>
    /// <param name="mapping">Attributes of the settings' map of colours.</param>
    public static byte[] Word(string body, string mapping = "w:bg1='light1' w:t1='dark1' w:bg2='light2' w:t2='dark2'", string styles = "", string settings = "", string? theme = null) => ZipFiles.Word(
        body,
        ("word/_rels/document.xml.rels", ZipFiles.Relations(("s", "styles", "styles.xml"), ("t", "theme", "theme/theme1.xml"), ("u", "settings", "settings.xml"))),
        ("word/theme/theme1.xml", theme ?? Theme()),
        ("word/styles.xml", $"<w:styles xmlns:w='w'>{styles}</w:styles>"),
        ("word/settings.xml", $"<w:settings xmlns:w='w'><w:clrSchemeMapping {mapping}/>{settings}</w:settings>"));

    /// <summary>A run of a Word file.</summary>
    /// <param name="properties">Children of its properties.</param>
    public static string Run(string text, string properties) => $"<w:r><w:rPr>{properties}</w:rPr><w:t>{text}</w:t></w:r>";
}
