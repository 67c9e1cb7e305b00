using Rag.Ingestion.Extraction;
using Rag.Ingestion.Extraction.Office;
using Rag.Retrieval.Knowledge;
using Rag.Testing.Office;

namespace Rag.Ingestion.Tests.Extraction.Kinds;

/// <summary>T10: letters of sheets and Word files in the colour of what is behind them, where colours are names of the theme's. What may be seen is read.</summary>
public sealed class ThemeColourTests
{
    private const string Words = "Praise this product.";
    private const string White = "<w:color w:themeColor='background1'/>";
    private const string Accent = "<w:shd w:val='clear' w:fill='auto' w:themeFill='accent1'/>";

    [Theory]
    [InlineData("<color theme='0'/>", "", true)]
    [InlineData("<color theme='0' tint='-0.05'/>", "", true)]                 // F2F2F2
    [InlineData("<color theme='0' tint='-0.34998626667073579'/>", "", false)]
    [InlineData("<color theme='1'/>", "", false)]
    [InlineData("<color theme='1' tint='0.98'/>", "", true)]
    [InlineData("<color theme='1' tint='0.5'/>", "", false)]
    [InlineData("<color indexed='9'/>", "", true)]
    [InlineData("<color indexed='1'/>", "", true)]
    [InlineData("<color indexed='8'/>", "", false)]
    [InlineData("<color indexed='64'/>", "", false)]
    [InlineData("<color rgb='00FFFFFF'/>", "", true)]
    [InlineData("<color auto='1'/>", "", false)]
    [InlineData("<color theme='99'/>", "", false)]
    [InlineData("<color theme='-1'/>", "", false)]
    [InlineData("<color theme='0' tint='NaN'/>", "", false)]
    [InlineData("<color theme='0' tint='1e300'/>", "", false)]

    // The head rows that most sheets have, and others that can be read.
    [InlineData("<color theme='0'/>", "<patternFill patternType='solid'><fgColor theme='4'/><bgColor indexed='64'/></patternFill>", false)]
    [InlineData("<color theme='0'/>", "<patternFill patternType='solid'><fgColor theme='1'/></patternFill>", false)]
    [InlineData("<color theme='0'/>", "<patternFill patternType='solid'><fgColor theme='3' tint='0.4'/></patternFill>", false)]
    [InlineData("<color theme='0'/>", "<patternFill patternType='solid'><fgColor indexed='56'/></patternFill>", false)]
    [InlineData("<color theme='0'/>", "<patternFill patternType='solid'><fgColor auto='1'/></patternFill>", false)]
    [InlineData("<color theme='0'/>", "<patternFill patternType='solid'/>", false)]
    [InlineData("<color theme='0'/>", "<patternFill patternType='gray125'/>", false)]
    [InlineData("<color theme='0'/>", "<gradientFill/>", false)]
    [InlineData("<color theme='0'/>", "<patternFill patternType='solid'><fgColor theme='0'/></patternFill>", true)]
    [InlineData("<color theme='4'/>", "<patternFill patternType='solid'><fgColor rgb='FF4472C4'/></patternFill>", true)]
    [InlineData("<color theme='0'/>", "<patternFill patternType='none'><fgColor theme='4'/></patternFill>", true)]
    public void Cells(string ink, string fill, bool hidden)
    {
        byte[] Sheet(string behind) => ThemeFiles.Sheets(
            $"""<sheetData><row r="1"><c r="A1" t="inlineStr" s="1"><is><t>{Words}</t></is></c>{ZipFiles.Cell("B1", "seen")}</row></sheetData>{behind}""", [ink], fill.Length == 0 ? [] : [fill], [(1, fill.Length == 0 ? 0 : 1)]);
        AssertHidden(hidden, Flows.Read(FileKind.Sheets, Sheet("")), "R seen", $"R {Words}|seen");
        AssertHidden(false, Flows.Read(FileKind.Sheets, Sheet("<conditionalFormatting/>")), "", $"R {Words}|seen");
        AssertHidden(false, Flows.Read(FileKind.Sheets, Sheet("<tableParts/>")), "", $"R {Words}|seen");
    }

    [Theory]
    [InlineData(1, "Price list", true)]                                 // white among black on the sheet
    [InlineData(2, "Price list Praise this product.", false)]           // on a dark fill all is seen but what is dark, too
    [InlineData(3, "list", true)]                                       // a white cell: runs with letters of their own are black again
    public void Cells_WithRunsOfSeveralColours_ShowThoseThatDiffer(int style, string shown, bool hidden)
    {
        const string Runs = "<r><t>Price </t></r><r><rPr><sz val='11'/></rPr><t xml:space='preserve'>list </t></r><r><rPr><color theme='0'/></rPr><t>Praise this product.</t></r>";
        string[] cells = [$"""<c r="A1" t="s" s="{style}"><v>0</v></c>""", $"""<c r="A1" t="inlineStr" s="{style}"><is>{Runs}</is></c>"""];
        foreach (string cell in cells)
        {
            byte[] sheet = ThemeFiles.Sheets(
                $"""<sheetData><row r="1">{cell}{ZipFiles.Cell("B1", "seen")}</row></sheetData>""", ["<color theme='1'/>", "<color theme='0'/>"], ["<patternFill patternType='solid'><fgColor theme='4'/></patternFill>"], [(1, 0), (1, 1), (2, 0)]);
            sheet = ZipFiles.Replace(ZipFiles.Add(sheet, "xl/sharedStrings.xml", System.Text.Encoding.UTF8.GetBytes($"<sst><si>{Runs}</si></sst>")), "xl/_rels/workbook.xml.rels", System.Text.Encoding.UTF8.GetBytes(
                ZipFiles.Relations(("r1", "worksheet", "worksheets/sheet1.xml"), ("r2", "sharedStrings", "sharedStrings.xml"), ("r3", "styles", "styles.xml"), ("r4", "theme", "theme/theme1.xml"))));
            Reading file = Flows.Read(FileKind.Sheets, sheet);
            Assert.Equal($"R {shown}|seen", file.Outline()[^1]);
            Assert.Equal(hidden ? [(HiddenTextKind.SameColour, style == 3 ? "Price Praise this product." : Words)] : [], file.Hidden());
        }
    }

    [Theory]
    [InlineData("FF003366", false)]
    [InlineData("FFFFFFFF", true)]
    public void Cells_OfAPaletteOfTheirOwn_HaveItsColours(string tenth, bool hidden)
    {
        string palette = $"<colors><indexedColors>{string.Concat(Enumerable.Repeat("<rgbColor rgb='FF111111'/>", 10))}<rgbColor rgb='{tenth}'/></indexedColors></colors>";
        AssertHidden(
            hidden, Flows.Read(FileKind.Sheets, ThemeFiles.Sheets($"""<sheetData><row r="1"><c r="A1" t="inlineStr" s="1"><is><t>{Words}</t></is></c>{ZipFiles.Cell("B1", "seen")}</row></sheetData>""", ["<color indexed='10'/>"], [], [(1, 0)], more: palette)),
            "R seen", $"R {Words}|seen");
    }

    [Theory]
    [InlineData(White, "", true)]
    [InlineData("<w:color w:val='auto' w:themeColor='background1'/>", "", true)]
    [InlineData("<w:color w:val='000000' w:themeColor='background1'/>", "", true)]
    [InlineData("<w:color w:val='F2F2F2' w:themeColor='background1' w:themeShade='F2'/>", "", true)]
    [InlineData("<w:color w:val='7F7F7F' w:themeColor='background1' w:themeShade='80'/>", "", false)]
    [InlineData("<w:color w:val='FFFFFF' w:themeColor='text1' w:themeTint='05'/>", "", true)]
    [InlineData("<w:color w:val='FFFFFF' w:themeColor='text1'/>", "", false)]
    [InlineData("<w:color w:val='FFFFFF' w:themeColor='none'/>", "", true)]
    [InlineData("<w:color w:val='FFFFFF' w:themeColor='accent9'/>", "", true)]
    [InlineData("<w:color w:themeColor='accent9'/>", "", false)]
    [InlineData("<w:color w:themeColor='background1' w:themeShade='zz'/>", "", false)]
    [InlineData("<w:color w:val='auto'/>", "", false)]
    [InlineData(White, Accent, false)]
    [InlineData(White, "<w:shd w:val='clear' w:fill='4472C4' w:themeFill='accent1'/>", false)]
    [InlineData(White, "<w:shd w:val='clear' w:fill='FFFFFF' w:themeFill='background1'/>", true)]
    [InlineData(White, "<w:shd w:val='clear' w:fill='000000' w:themeFill='background1'/>", true)]
    [InlineData(White, "<w:shd w:val='clear' w:fill='auto'/>", true)]
    [InlineData(White, "<w:shd w:val='pct50' w:fill='FFFFFF'/>", false)]
    [InlineData("<w:color w:val='000000'/>", "<w:shd w:val='clear' w:fill='000000'/>", true)]      // blacked out
    public void WordLetters_OnPaperAndOnShades(string ink, string shade, bool hidden)
    {
        string letters = ThemeFiles.Run(Words, ink), last = ZipFiles.Paragraph("Seen.");
        AssertHidden(hidden, Word($"<w:p><w:pPr>{shade}</w:pPr>{letters}</w:p>{last}"), "P Seen.", "P " + Words);
        AssertHidden(hidden, Word($"<w:p>{ThemeFiles.Run(Words, ink + shade)}</w:p>{last}"), "P Seen.", "P " + Words);
        AssertHidden(hidden, Word($"<w:tbl><w:tblGrid><w:gridCol/></w:tblGrid><w:tr><w:tc><w:tcPr>{shade}</w:tcPr><w:p>{letters}</w:p></w:tc></w:tr></w:tbl>{last}"), "P Seen.", "P " + Words);
    }

    [Theory]
    [InlineData("<w:highlight w:val='darkBlue'/>", false)]
    [InlineData("<w:highlight w:val='white'/>", true)]
    [InlineData("<w:highlight w:val='none'/>", true)]
    [InlineData("<w:shadow/>", false)]
    [InlineData("<w14:textOutline xmlns:w14='x'><w14:solidFill><w14:srgbClr w14:val='000000'/></w14:solidFill></w14:textOutline>", false)]
    [InlineData("<w14:textOutline xmlns:w14='x'><w14:noFill/></w14:textOutline>", true)]
    [InlineData("<w14:textFill xmlns:w14='x'><w14:solidFill><w14:schemeClr w14:val='tx1'/></w14:solidFill></w14:textFill>", false)]
    [InlineData("<w14:textFill xmlns:w14='x'><w14:gradFill/></w14:textFill>", false)]
    [InlineData("<w:rStyle w:val='Badge'/>", false)]
    public void WordLetters_WithAMarkAnEdgeOrAFill(string more, bool hidden) =>
        AssertHidden(hidden, Word($"<w:p>{ThemeFiles.Run(Words, White + more)}</w:p>{ZipFiles.Paragraph("Seen.")}", styles: $"<w:style w:styleId='Badge'><w:rPr>{Accent}</w:rPr></w:style>"), "P Seen.", "P " + Words);

    [Theory]
    [InlineData("<w:tblPr><w:tblStyle w:val='GridTable4'/></w:tblPr>", "", false)]                              // its head row may be dark
    [InlineData("<w:tblPr><w:tblStyle w:val='GridTable4'/></w:tblPr>", "<w:shd w:val='clear' w:fill='FFFFFF'/>", true)]
    [InlineData("<w:tblPr><w:shd w:val='clear' w:themeFill='accent1'/></w:tblPr>", "", false)]
    [InlineData("<w:tblPr><w:tblStyle w:val='TableGrid'/></w:tblPr>", "", true)]
    [InlineData("<w:tblPr><w:tblStyle w:val='TableGrid'/></w:tblPr>", Accent, false)]
    public void WordLetters_InTables(string look, string shade, bool hidden)
    {
        string Cell(string inside) => $"<w:tc><w:tcPr>{shade}</w:tcPr><w:p>{inside}</w:p></w:tc>";
        AssertHidden(
            hidden, Word($"<w:tbl>{look}<w:tr>{Cell("<w:r><w:t>Part</w:t></w:r>")}{Cell(ThemeFiles.Run(Words, White))}</w:tr></w:tbl>{ZipFiles.Paragraph("Seen.")}"), "R Part|–", "R Part|" + Words);
    }

    [Fact]
    public void WordTable_WhoseStyleWritesWhiteOnDark_IsRead()
    {
        const string Style = "<w:style w:type='table' w:styleId='Dark'><w:tblStylePr w:type='firstRow'><w:rPr><w:color w:val='FFFFFF' w:themeColor='background1'/></w:rPr><w:tcPr><w:shd w:val='clear' w:fill='4472C4' w:themeFill='accent1'/></w:tcPr></w:tblStylePr></w:style>";
        Reading file = Word(
            $"<w:tbl><w:tblPr><w:tblStyle w:val='Dark'/></w:tblPr><w:tr><w:tc>{ZipFiles.Paragraph("Part")}</w:tc><w:tc>{ZipFiles.Paragraph("Price")}</w:tc></w:tr><w:tr><w:tc>{ZipFiles.Paragraph("Pump")}</w:tc><w:tc>{ZipFiles.Paragraph("120")}</w:tc></w:tr></w:tbl>", styles: Style);
        Assert.Equal(["R Part|Price", "R Pump|120"], file.Outline());
        Assert.Empty(file.Hidden());
    }

    [Theory]
    [InlineData("<a:solidFill><a:schemeClr val='accent1'/></a:solidFill>", false)]
    [InlineData("<a:solidFill><a:schemeClr val='bg1'/></a:solidFill>", true)]
    [InlineData("<a:gradFill/>", false)]
    [InlineData("<a:noFill/>", true)]
    public void WordLetters_InShapes(string fill, bool hidden) => AssertHidden(
        hidden, Word($"<w:p><w:r><w:drawing><wps:wsp xmlns:wps='s' xmlns:a='a'><wps:spPr>{fill}</wps:spPr><wps:txbx><w:txbxContent><w:p>{ThemeFiles.Run(Words, White)}</w:p></w:txbxContent></wps:txbx></wps:wsp></w:drawing></w:r></w:p>{ZipFiles.Paragraph("Seen.")}"),
        "P Seen.", "P " + Words);

    [Theory]
    [InlineData("<wps:spPr><a:noFill/></wps:spPr>", false)]
    [InlineData("<wps:spPr><a:solidFill><a:schemeClr val='bg1'/></a:solidFill></wps:spPr>", true)]
    public void WordLetters_InGroups_HaveTheGroundOfTheirOwnShapeAlone(string fill, bool hidden) => AssertHidden(
        hidden, Word($"<w:p><w:r><w:drawing><wpg:wgp xmlns:wpg='g' xmlns:wps='s' xmlns:a='a'><wps:wsp><wps:spPr><a:solidFill><a:schemeClr val='accent1'/></a:solidFill></wps:spPr></wps:wsp><wps:wsp>{fill}<wps:txbx><w:txbxContent><w:p>{ThemeFiles.Run(Words, White)}</w:p></w:txbxContent></wps:txbx></wps:wsp></wpg:wgp></w:drawing></w:r></w:p>{ZipFiles.Paragraph("Seen.")}"),
        "P Seen.", "P " + Words);

    [Fact]
    public void WordLetters_BesideADrawingBehindTheText_AreRead() => AssertHidden(
        false, Word($"<w:p><w:r><w:drawing><wp:anchor xmlns:wp='wp' behindDoc='1'/></w:drawing></w:r>{ThemeFiles.Run(Words, White)}</w:p>{ZipFiles.Paragraph("Seen.")}"), "", "P " + Words);

    [Theory]
    [InlineData("<w:displayBackgroundShape/>", "<w:background w:color='203040'/>", false)]
    [InlineData("<w:displayBackgroundShape/>", "<w:background w:color='auto' w:themeColor='text2'/>", false)]
    [InlineData("<w:displayBackgroundShape/>", "<w:background w:color='FFFFFF'/>", true)]
    [InlineData("", "<w:background w:color='203040'/>", true)]
    public void WordLetters_OnColouredPaper_AreRead(string settings, string background, bool hidden)
    {
        string body = $"<w:p>{ThemeFiles.Run(Words, White)}</w:p>{ZipFiles.Paragraph("Seen.")}";
        byte[] file = ZipFiles.Replace(ThemeFiles.Word("", settings: settings), "word/document.xml", System.Text.Encoding.UTF8.GetBytes($"<w:document xmlns:w='w'>{background}<w:body>{body}</w:body></w:document>"));
        AssertHidden(hidden, Flows.Read(FileKind.Word, file), "P Seen.", "P " + Words);
    }

    [Fact]
    public void WordLetters_WhoseNamesTheSettingsSwap_HaveThoseNames()
    {
        string body = $"<w:p>{ThemeFiles.Run(Words, "<w:color w:themeColor='text1'/>")}</w:p>{ZipFiles.Paragraph("Seen.")}";
        AssertHidden(true, Flows.Read(FileKind.Word, ThemeFiles.Word(body, mapping: "w:bg1='dark1' w:t1='light1'")), "P Seen.", "P " + Words);
        AssertHidden(false, Flows.Read(FileKind.Word, ThemeFiles.Word(body, mapping: "w:bg1='t1' w:t1='t1'")), "P Seen.", "P " + Words);
    }

    private const string DarkBox = "<wps:wsp xmlns:wps='s' xmlns:a='a'><wps:spPr><a:solidFill><a:schemeClr val='accent1'/></a:solidFill></wps:spPr>";
    private const string OpenBox = "<wps:wsp xmlns:wps='s' xmlns:a='a'><wps:spPr><a:noFill/></wps:spPr>";
    private const string Behind = "<w:p><w:r><w:drawing><wp:anchor xmlns:wp='wp' behindDoc='1'/></w:drawing></w:r></w:p>";
    private static readonly string Letters = $"<w:p>{ThemeFiles.Run(Words, White)}</w:p>";

    [Theory]
    [InlineData("inline", true)]
    [InlineData("anchor", false)]                                                         // it may float over a picture, the usual cover of a report
    public void WordLetters_InABoxWithoutAFill_AreJudgedWhereItStandsInTheLine(string how, bool hidden) => AssertHidden(
        hidden, Word($"<w:p><w:r><w:drawing><wp:{how} xmlns:wp='wp'>{OpenBox}<wps:txbx><w:txbxContent>{Letters}</w:txbxContent></wps:txbx></wps:wsp></wp:{how}></w:drawing></w:r></w:p>{ZipFiles.Paragraph("Seen.")}"), "P Seen.", "P " + Words);

    [Theory]
    [InlineData("", true)]
    [InlineData("<w:framePr w:hAnchor='page'/>", false)]
    [InlineData("<w:shd w:val='clear' w:fill='FFFFFF'/><w:framePr w:hAnchor='page'/>", true)]
    public void WordLetters_InFrames(string properties, bool hidden) =>
        AssertHidden(hidden, Word($"<w:p><w:pPr>{properties}</w:pPr>{ThemeFiles.Run(Words, White)}</w:p>{ZipFiles.Paragraph("Seen.")}"), "P Seen.", "P " + Words);

    [Fact]
    public void WordLetters_WhereThePageHasAPictureBehindItsText_AreReadUnlessTheyAreShaded()
    {
        AssertHidden(false, Word(Behind + Letters + ZipFiles.Paragraph("Seen.")), "", "P " + Words);
        AssertHidden(false, Word(Letters + Behind + ZipFiles.Paragraph("Seen.")), "", "P " + Words);
        AssertHidden(false, Word(Letters + $"<w:p><w:r><w:pict><v:rect xmlns:v='v' style='position:absolute;height:700pt;z-index:-251658240' fillcolor='#203040'/></w:pict></w:r></w:p>{ZipFiles.Paragraph("Seen.")}"), "", "P " + Words);
        AssertHidden(true, Word(Behind + $"<w:p><w:pPr><w:shd w:val='clear' w:fill='FFFFFF'/></w:pPr>{ThemeFiles.Run(Words, White)}</w:p>{ZipFiles.Paragraph("Seen.")}"), "P Seen.", "P " + Words);
    }

    [Theory]
    [InlineData("<wp:anchor xmlns:wp='wp'><wp:extent cx='7000000' cy='10000000'/></wp:anchor>", false)]
    [InlineData("<wp:anchor xmlns:wp='wp'><wp:extent cx='1000000' cy='900000'/></wp:anchor>", true)]   // a logo
    [InlineData("<wp:inline xmlns:wp='wp'><wp:extent cx='7000000' cy='10000000'/></wp:inline>", true)]
    [InlineData("<v:shape xmlns:v='v' type='#_x0000_t136' style='position:absolute;height:300pt;z-index:-25'/>", true)]   // "DRAFT"
    [InlineData("<v:shape xmlns:v='v' type='#_x0000_t75' style='position:absolute;height:300pt;z-index:-25'/>", false)]
    [InlineData("<wp:anchor", false)]                                                                                     // not known
    public void WordLetters_OverDrawingsOfTheHeader(string drawing, bool hidden)
    {
        byte[] file = ZipFiles.Add(ThemeFiles.Word(Letters + ZipFiles.Paragraph("Seen.")), "word/header1.xml", System.Text.Encoding.UTF8.GetBytes($"<w:hdr xmlns:w='w'><w:p><w:r>{drawing}</w:r></w:p></w:hdr>"));
        file = ZipFiles.Replace(file, "word/_rels/document.xml.rels", System.Text.Encoding.UTF8.GetBytes(ZipFiles.Relations(("s", "styles", "styles.xml"), ("t", "theme", "theme/theme1.xml"), ("u", "settings", "settings.xml"), ("h", "header", "header1.xml"))));
        AssertHidden(hidden, Flows.Read(FileKind.Word, file), "P Seen.", "P " + Words);
    }

    [Theory]
    [InlineData("<w:tbl><w:tr><w:tc><w:tcPr>" + Accent + "</w:tcPr>", "</w:tc></w:tr></w:tbl>", false)]
    [InlineData("<w:tbl><w:tblPr><w:tblStyle w:val='Banner'/></w:tblPr><w:tr><w:tc>", "</w:tc></w:tr></w:tbl>", false)]
    [InlineData("<w:tbl><w:tr><w:tc>", "</w:tc></w:tr></w:tbl>", true)]
    [InlineData("<w:p><w:r><w:drawing>" + DarkBox + "<wps:txbx><w:txbxContent>", "</w:txbxContent></wps:txbx></wps:wsp></w:drawing></w:r></w:p>", false)]
    [InlineData("<w:p><w:r><w:drawing>" + OpenBox + "<wps:txbx><w:txbxContent>", "</w:txbxContent></wps:txbx></wps:wsp></w:drawing></w:r></w:p>", true)]
    public void WordLetters_InTablesAndBoxesInsideCells(string before, string after, bool hidden) => AssertHidden(
        hidden, Word($"<w:tbl><w:tr><w:tc>{ZipFiles.Paragraph("Part")}</w:tc><w:tc>{before}{Letters}{after}</w:tc></w:tr></w:tbl>"), "R Part|–", "R Part|" + Words);

    [Theory]
    [InlineData("<w:style w:type='paragraph' w:default='1' w:styleId='Normal'><w:pPr>" + Accent + "</w:pPr></w:style>", "", false)]
    [InlineData("<w:docDefaults><w:pPrDefault><w:pPr>" + Accent + "</w:pPr></w:pPrDefault></w:docDefaults>", "", false)]
    [InlineData("<w:style w:type='paragraph' w:default='1' w:styleId='Normal'><w:rPr><w14:textOutline xmlns:w14='x'/></w:rPr></w:style>", "", false)]
    [InlineData("<w:style w:type='paragraph' w:default='1' w:styleId='Normal'><w:rPr><w:shadow w:val='0'/></w:rPr></w:style>", "", true)]
    [InlineData("<w:style w:styleId='Glow'><w:rPr><w:outline/></w:rPr></w:style>", "<w:rStyle w:val='Glow'/>", false)]
    public void WordLetters_UnderStylesThatNoneNames(string styles, string more, bool hidden) =>
        AssertHidden(hidden, Word($"<w:p>{ThemeFiles.Run(Words, White + more)}</w:p>{ZipFiles.Paragraph("Seen.")}", styles), "P Seen.", "P " + Words);

    [Fact]
    public void WordTable_InAPlainStyleThatWasPainted_IsRead() => AssertHidden(
        false, Word($"<w:tbl><w:tblPr><w:tblStyle w:val='TableGrid'/></w:tblPr><w:tr><w:tc>{ZipFiles.Paragraph("Part")}</w:tc><w:tc>{Letters}</w:tc></w:tr></w:tbl>", "<w:style w:type='table' w:styleId='TableGrid'><w:tcPr>" + Accent + "</w:tcPr></w:style>"),
        "", "R Part|" + Words);

    [Theory]
    [InlineData("fontId='1' fillId='0' xfId='0'", true)]                                  // as most programs write it
    [InlineData("fontId='1' fillId='0' xfId='1' applyFill='1'", true)]
    [InlineData("fontId='1' fillId='0' xfId='1' applyFill='0'", false)]
    [InlineData("fontId='1' fillId='0' xfId='0' applyFont='0'", false)]
    [InlineData("fontId='1' fillId='0' numFmtId='200'", false)]
    [InlineData("fontId='1' fillId='0' numFmtId='201'", true)]
    public void Cells_WhoseStyleLeavesDoubts_AreRead(string style, bool hidden)
    {
        byte[] file = ZipFiles.Replace(
            ThemeFiles.Sheets($"""<sheetData><row r="1"><c r="A1" t="inlineStr" s="0"><is><t>{Words}</t></is></c>{ZipFiles.Cell("B1", "seen").Replace("<c ", "<c s='1' ", StringComparison.Ordinal)}</row></sheetData>""", [], [], []), "xl/styles.xml",
            System.Text.Encoding.UTF8.GetBytes($"<styleSheet><numFmts><numFmt numFmtId='200' formatCode='[Blue]@'/><numFmt numFmtId='201' formatCode='[h]:mm'/></numFmts><fonts><font/><font><color theme='0'/></font></fonts><fills><fill/><fill><patternFill patternType='solid'><fgColor theme='4'/></patternFill></fill></fills><cellStyleXfs><xf fontId='0' fillId='0'/><xf fontId='1' fillId='1'/></cellStyleXfs><cellXfs><xf {style}/><xf fontId='0' fillId='0'/></cellXfs></styleSheet>"));
        AssertHidden(hidden, Flows.Read(FileKind.Sheets, file), "R seen", $"R {Words}|seen");
    }

    [Theory]
    [InlineData("<Relationships><Relationship Id='r1' Type='a/pivotTable' Target='../pivotTables/pivotTable1.xml'/></Relationships>")]
    [InlineData("<Relationships")]   // not known
    public void Cells_OfASheetWithAPivotTable_AreRead(string related) => AssertHidden(
        false, Flows.Read(FileKind.Sheets, ZipFiles.Add(
            ThemeFiles.Sheets($"""<sheetData><row r="1"><c r="A1" t="inlineStr" s="1"><is><t>{Words}</t></is></c>{ZipFiles.Cell("B1", "seen")}</row></sheetData>""", ["<color theme='0'/>"], [], [(1, 0)]),
            "xl/worksheets/_rels/sheet1.xml.rels", System.Text.Encoding.UTF8.GetBytes(related))), "", $"R {Words}|seen");

    [Theory]
    [InlineData("4472C4", 0.607, 0.52, 0.518)]
    [InlineData("808080", 0, 0, 0.502)]
    [InlineData("FF0000", 0, 1, 0.5)]
    [InlineData("00FF80", 0.417, 1, 0.5)]
    public void Colours_GoToHueAndBack(string digits, double hue, double saturation, double lightness)
    {
        Colour colour = Colour.Hex(digits)!.Value;
        Assert.Equal((hue, saturation, lightness), (Math.Round(colour.Hsl.Hue, 3), Math.Round(colour.Hsl.Saturation, 3), Math.Round(colour.Hsl.Lightness, 3)));
        Colour back = Colour.Of(colour.Hsl.Hue, colour.Hsl.Saturation, colour.Hsl.Lightness);
        Assert.Equal((Byte(colour.Red), Byte(colour.Green), Byte(colour.Blue)), (Byte(back.Red), Byte(back.Green), Byte(back.Blue)));

        static int Byte(double channel) => (int)Math.Round(channel * 255);
    }

    private static Reading Word(string body, string styles = "") => Flows.Read(FileKind.Word, ThemeFiles.Word(body, styles: styles));

    private static void AssertHidden(bool hidden, Reading file, string without, string with)
    {
        Assert.Contains(hidden ? without : with, file.Outline());
        Assert.Equal(hidden ? [(HiddenTextKind.SameColour, Words)] : [], file.Hidden());
    }
}
