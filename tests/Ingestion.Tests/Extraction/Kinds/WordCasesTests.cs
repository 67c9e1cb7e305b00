using Rag.Ingestion.Extraction;
using Rag.Testing.Office;

namespace Rag.Ingestion.Tests.Extraction.Kinds;

/// <summary>What Word files of real offices hold beside plain paragraphs.</summary>
public sealed class WordCasesTests
{
    private const string White = """<w:rPr><w:color w:val="FFFFFF"/></w:rPr>""";

    [Fact]
    public void Lists_ThatBeginAnew_AreCountedAnew()
    {
        const string Numbering = """
            <w:numbering xmlns:w="w"><w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/></w:lvl></w:abstractNum>
            <w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride></w:num>
            <w:num w:numId="3"><w:abstractNumId w:val="0"/></w:num></w:numbering>
            """;
        Reading file = Flows.Read(FileKind.Word, ZipFiles.Word(
            Item("Open it.", 1) + Item("Close it.", 1) + Item("Remove it.", 2) + Item("Clean it.", 2) + Item("Store it.", 3),
            ("word/_rels/document.xml.rels", ZipFiles.Relations(("n", "numbering", "numbering.xml"))), ("word/numbering.xml", Numbering)));
        Assert.Equal(["L 1. Open it.", "L 2. Close it.", "L 1. Remove it.", "L 2. Clean it.", "L 3. Store it."], file.Outline());

        static string Item(string text, int list) => $"""<w:p><w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="{list}"/></w:numPr></w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>""";
    }

    [Fact]
    public void Caption_AboveATable_IsSaidWithEachRow()
    {
        const string Caption = """<w:p><w:pPr><w:pStyle w:val="Caption"/></w:pPr><w:r><w:t>Table 1: Prices in euros</w:t></w:r></w:p>""";
        string table = Table(2, Row("Part", "Price") + Row("Pump", "120"));
        Reading file = Flows.Read(FileKind.Word, ZipFiles.Word(Caption + table + ZipFiles.Paragraph("Between.") + table));
        Assert.Equal(["Table 1: Prices in euros\nPart | Price", "Part | Price"], file.Blocks.Where(block => block.Kind == BlockKind.TableRow).Select(block => block.Caption!).Distinct());
    }

    [Fact]
    public void Notes_OfATable_FollowIt()
    {
        Reading file = Flows.Read(FileKind.Word, ZipFiles.Word(
            Table(2, Row("Part", "Price") + $"""<w:tr><w:tc><w:p><w:r><w:t>Pump</w:t></w:r><w:r><w:footnoteReference w:id="2"/></w:r></w:p></w:tc><w:tc>{ZipFiles.Paragraph("120")}</w:tc></w:tr>""")
            + """<w:p><w:r><w:t>After it.</w:t></w:r><w:r><w:footnoteReference w:id="3"/></w:r></w:p>""",
            ("word/_rels/document.xml.rels", ZipFiles.Relations(("f", "footnotes", "footnotes.xml"))),
            ("word/footnotes.xml", $"""<w:footnotes xmlns:w="w"><w:footnote w:id="2">{ZipFiles.Paragraph("Only in Austria.")}</w:footnote><w:footnote w:id="3">{ZipFiles.Paragraph("A later note.")}</w:footnote></w:footnotes>""")));
        Assert.Equal(["R Part|Price", "R Pump[1]|120", "P [1] Only in Austria.", "P After it.[2]", "P [2] A later note."], file.Outline());
    }

    [Fact]
    public void Rows_ThatRepeatInContentControls_AreRead()
    {
        Reading file = Flows.Read(FileKind.Word, ZipFiles.Word(Table(2, Row("Part", "Price") + Control(Control(Row("Pump", "120")) + Control(Row("Valve", "30"))))));
        Assert.Equal(["R Part|Price", "R Pump|120", "R Valve|30"], file.Outline());

        static string Control(string inside) => $"<w:sdt><w:sdtContent>{inside}</w:sdtContent></w:sdt>";
    }

    [Theory]
    [InlineData("""<w:p><w:r><w:drawing><wps:wsp xmlns:wps="s" xmlns:a="a"><wps:spPr><a:solidFill><a:srgbClr val="1F4E79"/></a:solidFill></wps:spPr><wps:txbx><w:txbxContent>{0}</w:txbxContent></wps:txbx></wps:wsp></w:drawing></w:r></w:p>""", true)]
    [InlineData("""<w:p><w:r><w:pict><v:shape xmlns:v="v" fillcolor="#1f4e79"><v:textbox><w:txbxContent>{0}</w:txbxContent></v:textbox></v:shape></w:pict></w:r></w:p>""", true)]
    [InlineData("""<w:tbl><w:tblGrid><w:gridCol/></w:tblGrid><w:tr><w:tc><w:tcPr><w:shd w:val="clear" w:fill="003366"/></w:tcPr>{0}</w:tc></w:tr></w:tbl>""", true)]
    [InlineData("""<w:p><w:r><w:drawing><wps:wsp xmlns:wps="s" xmlns:a="a"><wps:spPr><a:noFill/></wps:spPr><wps:txbx><w:txbxContent>{0}</w:txbxContent></wps:txbx></wps:wsp></w:drawing></w:r></w:p>""", false)]
    [InlineData("""<w:p><w:r><w:pict><v:shape xmlns:v="v" fillcolor="white"><v:textbox><w:txbxContent>{0}</w:txbxContent></v:textbox></v:shape></w:pict></w:r></w:p>""", false)]
    [InlineData("""<w:tbl><w:tblGrid><w:gridCol/></w:tblGrid><w:tr><w:tc>{0}</w:tc></w:tr></w:tbl>""", false)]
    public void WhiteLetters_AreSeenOnColouredShapesAndCellsOnly(string around, bool seen)
    {
        Reading file = Flows.Read(FileKind.Word, ZipFiles.Word(
            around.Replace("{0}", $"<w:p><w:r>{White}<w:t>Five years of warranty.</w:t></w:r></w:p>", StringComparison.Ordinal) + ZipFiles.Paragraph("Last.")));
        Assert.Equal(seen ? ["P Five years of warranty.", "P Last."] : ["P Last."], file.Outline());
        Assert.Equal(seen ? 0 : 1, file.Hidden().Length);
    }

    [Fact]
    public void WhiteLetters_OfAStyleWithAColouredGround_AreSeen()
    {
        Reading file = Flows.Read(FileKind.Word, ZipFiles.Word(
            $"""<w:p><w:pPr><w:pStyle w:val="Banner"/></w:pPr><w:r>{White}<w:t>Readable.</w:t></w:r></w:p>""",
            ("word/_rels/document.xml.rels", ZipFiles.Relations(("s", "styles", "styles.xml"))),
            ("word/styles.xml", """<w:styles xmlns:w="w"><w:style w:styleId="Banner"><w:name w:val="Banner"/><w:pPr><w:shd w:val="clear" w:fill="003366"/></w:pPr></w:style></w:styles>""")));
        Assert.Equal(["P Readable."], file.Outline());
    }

    [Fact]
    public void Signs_OfSymbolFonts_AreTheirLetters()
    {
        Reading file = Flows.Read(FileKind.Word, ZipFiles.Word(
            $"<w:p>{Run("60 ")}{Sign("Symbol", "F0B1")}{Run(" 5 ")}{Sign("Symbol", "F0B0")}{Run("C ")}{Sign("Wingdings", "F0FE")}{Run(" 3 ")}{Sign("Symbol", "F06D")}{Run("m")}{Sign("Nobody", "F041")}{Sign("Symbol", "D800")}</w:p>"));
        Assert.Equal(["P 60 ± 5 °C ☑ 3 μm"], file.Outline());

        static string Run(string text) => $"""<w:r><w:t xml:space="preserve">{text}</w:t></w:r>""";
        static string Sign(string font, string place) => $"""<w:r><w:sym w:font="{font}" w:char="{place}"/></w:r>""";
    }

    [Fact]
    public void FormulasAndRaisedFigures_KeepTheirMeaning()
    {
        const string R = "<m:r><m:t>", E = "</m:t></m:r>";
        Reading file = Flows.Read(FileKind.Word, ZipFiles.Word($"""
            <w:p><m:oMath xmlns:m="m"><m:sSup><m:e>{R}x{E}</m:e><m:sup>{R}2{E}</m:sup></m:sSup>{R}={E}<m:f><m:num>{R}a{E}</m:num><m:den>{R}b+c{E}</m:den></m:f></m:oMath></w:p>
            <w:p><w:r><w:t>10</w:t></w:r><w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:t>3</w:t></w:r></w:p>
            """));
        Assert.Equal(["P x^2=a/(b+c)", "P 10³"], file.Outline());
        Assert.Equal(["P In 2023¹ it was 5 m², the 2nd time."], Flows.Read(FileKind.Html, "<p>In 2023<sup>1</sup> it was 5 m<sup>2</sup>, the 2<sup>nd</sup> time.").Outline());
    }

    [Fact]
    public void Paragraphs_WhoseEndWasDeleted_AreOne()
    {
        Reading file = Flows.Read(FileKind.Word, ZipFiles.Word(
            """<w:p><w:pPr><w:rPr><w:del w:id="1"/></w:rPr></w:pPr><w:r><w:t xml:space="preserve">The first half </w:t></w:r></w:p>""" + ZipFiles.Paragraph("and the second.")
            + """<w:p><w:pPr><w:rPr><w:del w:id="2"/></w:rPr></w:pPr><w:del w:id="3"><w:r><w:delText>All gone.</w:delText></w:r></w:del></w:p>"""
            + """<w:p><w:pPr><w:outlineLvl w:val="0"/></w:pPr><w:r><w:t>A heading</w:t></w:r></w:p>"""));
        Assert.Equal(["P The first half and the second.", "H6 A heading"], file.Outline());
    }

    [Fact]
    public void WebPages_InsideTheFile_AreRead()
    {
        Reading file = Flows.Read(FileKind.Word, ZipFiles.Word(
            """<w:altChunk xmlns:r="r" r:id="c"/>""",
            ("word/_rels/document.xml.rels", ZipFiles.Relations(("c", "aFChunk", "part.html"))), ("word/part.html", "<h1>Report</h1><p>All of it is here.</p>")));
        Assert.Equal(["H6 Report", "P All of it is here."], file.Outline());
    }

    private static string Table(int columns, string rows) => $"<w:tbl><w:tblGrid>{string.Concat(Enumerable.Repeat("<w:gridCol/>", columns))}</w:tblGrid>{rows}</w:tbl>";

    private static string Row(params string[] cells) => $"<w:tr>{string.Concat(cells.Select(cell => $"<w:tc>{ZipFiles.Paragraph(cell)}</w:tc>"))}</w:tr>";
}
