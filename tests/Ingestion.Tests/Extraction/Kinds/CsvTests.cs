using Rag.Ingestion.Extraction;
using Rag.Ingestion.Extraction.Tables;
using Rag.Retrieval.Knowledge;

namespace Rag.Ingestion.Tests.Extraction.Kinds;

public sealed class CsvTests
{
    [Theory]
    [InlineData("Model,Price\nA 10,\"1,200\"\nB 20,900\n", ',')]
    [InlineData("Model;Price\nA 10;1,200\nB 20;900,50\n", ';')]
    [InlineData("Model\tPrice\nA 10\t1,200\nB 20\t900\n", '\t')]
    [InlineData("Model|Price\nA, B|1\nC, D, E|2\n", '|')]
    public void Delimiter_IsTheOneThatCutsAllLinesAlike(string text, char delimiter) => Assert.Equal(delimiter, CsvRecords.DelimiterOf(text));

    [Fact]
    public void Rows_StandUnderTheirHeads()
    {
        Reading table = Flows.Read(FileKind.Csv, "Model,Price,Note\r\n\"Boiler \"\"Home\"\", 40 kW\",1200,\"two\r\nlines\"\r\nPump,,\r\n");

        Assert.Equal(["R Model|Price|Note", "R Boiler \"Home\", 40 kW|1200|two lines", "R Pump|–|–"], table.Outline());
        Assert.All(table.Blocks, block => Assert.Equal("Model | Price | Note", block.Caption));
        Assert.Equal(["rows 1–4"], table.Labels());
        table.AssertWhole();
    }

    [Fact]
    public void FiguresInTheFirstRow_AreNoHeads() => Assert.All(Flows.Read(FileKind.Csv, "1,2\n3,4\n").Blocks, block => Assert.Null(block.Caption));

    [Fact]
    public void ManyRows_AreDividedAndSayWhichTheyAre()
    {
        Reading table = Flows.Read(FileKind.Csv, "Id,Name\n" + string.Concat(Enumerable.Range(1, 120).Select(i => $"{i},Part {i}\n")));

        Assert.Equal(["rows 1–50", "rows 51–100", "rows 101–121"], table.Labels());
        Assert.All(table.Blocks, block => Assert.Equal("Id | Name", block.Caption));
        table.AssertWhole();
    }

    [Fact]
    public void AQuoteThatNeverCloses_CostsNoRows()
    {
        string rows = string.Concat(Enumerable.Range(1, 400).Select(i => $"{i},5\" pipe {i}\n"));
        Assert.Equal(401, Flows.Read(FileKind.Csv, "Id,Part\n" + rows).Blocks.Count());
        Assert.Equal(401, Flows.Read(FileKind.Csv, "Id,Part\n" + rows.Replace("1,5\" pipe 1\n", "1,\"pipe\n", StringComparison.Ordinal)).Blocks.Count());
    }

    [Fact]
    public void AnEmptyTable_IsRefused() => Assert.Equal(RefusalReason.Empty, Flows.Read(FileKind.Csv, ",,\n,,\n").Reason);
}
