using Rag.Ingestion.Extraction;
using Rag.Ingestion.Extraction.Tables;
using Rag.Retrieval.Knowledge;
using Rag.Testing.Office;

namespace Rag.Ingestion.Tests.Extraction.Kinds;

/// <summary>Rows mean nothing without the names of their columns: tables as people make them, in each kind of file that has tables.</summary>
public sealed class TableHeadTests
{
    [Theory]
    [InlineData(1, "Country|2021|2022", "Austria|8.9|9.1")]
    [InlineData(1, "|2021|2022", "Revenue|10|12")]
    [InlineData(1, "Item|2023-01-01|2023-02-01", "Rent|100|110")]
    [InlineData(1, "Date|Debit|Credit|Debit", "2024-01-02|1|2|3")]
    [InlineData(1, "Name|Home town", "Jo|Graz")]
    [InlineData(2, "Region|2022||2023|", "|Revenue|Cost|Revenue|Cost", "North|1|2|3|4")]
    [InlineData(0, "2019|2020", "2021|2022")]
    [InlineData(0, "2019|5", "2020|6")]
    [InlineData(0, "Yes|No|Yes", "No|No|Yes")]
    [InlineData(0, "id|name|7", "1|a|3")]
    [InlineData(0, "Austria|2019|2020", "Austria|2021|2022")]
    public void FirstRows_AreHeadsOrNot(int heads, params string[] rows) => Assert.Equal(heads, TableHeader.Count([.. rows.Select(row => row.Split('|'))]));

    [Fact]
    public void Groups_AreSaidWithTheColumnsThatAreThereSeveralTimes() => Assert.Equal(
        ["Region", "2022 Revenue", "2022 Cost", "2023 Revenue", "2023 Cost", "Total"],
        TableHeader.Join([["", "2022", "", "2023", "", ""], ["Region", "Revenue", "Cost", "Revenue", "Cost", "Total"]], 2));

    [Fact]
    public void Sheet_WithGroupsMergedCellsAndNamesAbove_SaysEverythingWithEachRow()
    {
        Reading file = Flows.Read(FileKind.Sheets, ZipFiles.Sheets($"""
            <sheetData>
            <row r="1">{Cell("A1", "Sales")}{Cell("B1", "all regions")}</row>
            <row r="2">{Cell("A2", "Region")}{Cell("B2", "Product")}<c r="C2"><v>2022</v></c><c r="E2"><v>2023</v></c></row>
            <row r="3">{Cell("C3", "Sold")}{Cell("D3", "Sent back")}{Cell("E3", "Sold")}{Cell("F3", "Sent back")}</row>
            <row r="4">{Cell("A4", "North")}{Cell("B4", "Pump")}<c r="C4"><v>1</v></c><c r="D4"><v>2</v></c><c r="E4"><v>3</v></c><c r="F4"><v>4</v></c></row>
            <row r="5">{Cell("B5", "Valve_x000D_")}<c r="C5"><v>5</v></c><c r="D5"><v>6</v></c><c r="E5"><v>7</v></c><c r="F5"><v>8</v></c></row>
            </sheetData><mergeCells><mergeCell ref="A2:A3"/><mergeCell ref="B2:B3"/><mergeCell ref="C2:D2"/><mergeCell ref="A4:A5"/></mergeCells>
            """));

        Assert.Equal("R North|Valve|5|6|7|8", file.Outline()[^1]);
        Assert.Equal("Region | Product | 2022 Sold | 2022 Sent back | 2023 Sold | 2023 Sent back", file.Blocks.Last().Caption);
        Assert.Null(file.Blocks.First(block => block.Kind == BlockKind.TableRow).Caption);
    }

    [Fact]
    public void Sheet_ALineAboveItsHeads_IsNoHead()
    {
        Reading file = Flows.Read(FileKind.Sheets, ZipFiles.Sheets($"""
            <sheetData><row r="1">{Cell("A1", "Warehouse Graz")}{Cell("B1", "printed on Monday")}</row><row r="2">{Cell("A2", "Article")}{Cell("B2", "Name")}{Cell("C2", "Stock")}</row>
            <row r="3">{Cell("A3", "P1")}{Cell("B3", "Pump")}<c r="C3"><v>5</v></c></row></sheetData>
            """));
        Assert.Equal("Article | Name | Stock", file.Blocks.Last().Caption);
    }

    [Fact]
    public void Sheet_AMarkBesideTheTable_MovesNoCell()
    {
        Reading file = Flows.Read(FileKind.Sheets, ZipFiles.Sheets($"""
            <sheetData><row r="1">{Cell("C1", "Key")}{Cell("D1", "Value")}</row><row r="2">{Cell("C2", "Speed")}<c r="D2"><v>5</v></c></row><row r="3">{Cell("B3", "*")}{Cell("C3", "Weight")}<c r="D3"><v>6</v></c></row></sheetData>
            """));
        Assert.Equal(["R Key|Value", "R Speed|5", "R * Weight|6"], file.Outline()[1..]);
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("<conditionalFormatting/>", false)]
    public void Sheet_WhiteLettersOnNoGround_AreReported(string behind, bool hidden)
    {
        Reading file = Flows.Read(FileKind.Sheets, ZipFiles.Sheets(
            $"""<sheetData><row r="1"><c r="A1" t="inlineStr" s="1"><is><t>unseen</t></is></c><c r="B1" t="inlineStr" s="2"><is><t>on dark</t></is></c>{Cell("C1", "seen")}</row></sheetData>{behind}""",
            ("xl/styles.xml", """
                <styleSheet><fonts><font/><font><color rgb="FFFFFFFF"/></font></fonts><fills><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="solid"/></fill></fills>
                <cellXfs><xf fontId="0" fillId="0"/><xf fontId="1" fillId="0"/><xf fontId="1" fillId="1"/></cellXfs></styleSheet>
                """)));
        Assert.Equal(hidden ? "R on dark|seen" : "R unseen|on dark|seen", file.Outline()[^1]);
        Assert.Equal(hidden ? [(HiddenTextKind.SameColour, "unseen")] : [], file.Hidden());
    }

    [Theory]
    [InlineData("sep=;\r\nName;Price\r\nPump;1,5\r\n", "rows 2–3")]
    [InlineData("Account statement\n\"Account:\",\"AT12 3456\"\n\nName,Price,Stock\nPump,3,1\nValve,4,2\nHose,5,0\n", "rows 1–7")]
    public void Csv_WithLinesAbove_KeepsItsHeads(string csv, string label)
    {
        Reading table = Flows.Read(FileKind.Csv, csv);
        Assert.StartsWith("Name | Price", table.Blocks.Last().Caption, StringComparison.Ordinal);
        Assert.Equal([label], table.Labels());
        Assert.DoesNotContain("sep=", table.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Csv_WithCommasInAllItsFigures_IsCutAtTheSemicolons() =>
        Assert.Equal(';', CsvRecords.DelimiterOf("a;b;c\n" + string.Concat(Enumerable.Range(0, 60).Select(i => $"{i},5;{i},6;{i},7\n"))));

    [Fact]
    public void Html_ParagraphsAndListsInCells_LeaveATableWithHeadsATable()
    {
        Reading page = Flows.Read(FileKind.Html, """
            <table><tr><th><p>Part</p><th><p>Price</p><tr><td><p>Pump</p><p>with hose</p><td><p>5</p><tr><td><ul><li>a<li>b</ul><td>6</table>
            <table><tr><td><p>Left one.</p><p>Left two.</p><td>Right.</table>
            """);
        Assert.Equal(["R Part|Price", "R Pump with hose|5", "R a b|6", "P Left one.", "P Left two.", "P Right."], page.Outline());
        Assert.Equal("Part | Price", page.Blocks.ElementAt(2).Caption);
    }

    [Fact]
    public void Slides_MergedCells_HoldForAllTheirRows()
    {
        Reading file = Flows.Read(FileKind.Slides, ZipFiles.Slides($"""
            <p:graphicFrame><a:graphic><a:graphicData><a:tbl><a:tblPr/><a:tr>{Tc("Region")}{Tc("2022")}{Tc("2023")}</a:tr>
            <a:tr>{Tc("North", "rowSpan='2'")}{Tc("1")}{Tc("2")}</a:tr><a:tr>{Tc("", "vMerge='1'")}{Tc("3")}{Tc("4")}</a:tr></a:tbl></a:graphicData></a:graphic></p:graphicFrame>
            """));
        Assert.Equal(["R Region|2022|2023", "R North|1|2", "R North|3|4"], file.Outline());
        Assert.All(file.Blocks, row => Assert.Equal("Region | 2022 | 2023", row.Caption));

        static string Tc(string text, string merge = "") => $"<a:tc {merge}><a:txBody><a:p><a:r><a:t>{text}</a:t></a:r></a:p></a:txBody></a:tc>";
    }

    private static string Cell(string place, string text) => ZipFiles.Cell(place, text);
}
