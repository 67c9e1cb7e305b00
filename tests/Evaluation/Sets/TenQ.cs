using System.Text.RegularExpressions;
using Rag.Retrieval.Knowledge;
using Rag.Retrieval.Search;
using Rag.Testing;

namespace Rag.Evaluation.Sets;

/// <summary>
/// Three 10-Q filings as PDF and questions about them (docugami KG-RAG-datasets, MIT), read by the product's own ingestion: figures found,
/// files and pages right, and every quote on its page as another program reads that page.
/// </summary>
internal sealed partial class TenQ(Workbench bench)
{
    private const int PassageTokens = 1_200;
    private const int FewestDigits = 3;

    /// <param name="Type">Kind of question, as the set names it.</param>
    /// <param name="ChunkType">Where the answer stands: Table or Text.</param>
    /// <param name="Complete">All files that the answer names are here.</param>
    private sealed record Row(int Number, string Question, IReadOnlyList<string> Present, bool Complete, string Type, string ChunkType, string Answer);

    private sealed record RowLine(int Row, string Question, IReadOnlyList<string> Present, bool Complete, string Type, string ChunkType, string Answer);

    public async Task<IReadOnlyList<Figure>> MeasureAsync(CancellationToken cancel)
    {
        var scope = KnowledgeScope.For(KnowledgeBaseId.New());
        var files = await bench.IngestAsync(scope, [.. new[] { TestData.Apple, TestData.Amazon, TestData.Nvidia }.Select(TestData.TenQ)], cancel);
        var rows = JsonLines.Read<RowLine>(JsonLines.Data("sec10q-questions.jsonl"))
            .Select(row => new Row(row.Row, row.Question, row.Present, row.Complete, row.Type, row.ChunkType, row.Answer)).ToList();
        var asked = new List<(Row Row, SearchResult Result)>();
        foreach (var row in rows)
        {
            asked.Add((row, await bench.Search.SearchAsync(scope, new SearchRequest(row.Question, [], PassageTokens), cancel)));
        }

        var tables = asked.Where(a => a.Row is { Complete: true, ChunkType: "Table" } && a.Row.Type.Contains("Single-Chunk", StringComparison.Ordinal)).ToList();
        var single = asked.Where(a => a.Row.Complete && !IsLeftOut(a.Row)).ToList();
        foreach (var (row, _) in asked.Where(a => a.Row.Complete && IsLeftOut(a.Row)))
        {
            Console.WriteLine($"10-Q row {row.Number} left out of groundedness: its answer is mis-encoded, names no figure, or says that none is given.");
        }

        var quotes = asked.SelectMany(a => a.Result.Evidence.Select(e => (Passage: a.Result.Passages[e.Passage], Evidence: e))).ToList();
        var astray = await new PageReader().AstrayAsync([.. quotes.Select(q => (files[q.Passage.Document], q.Evidence.Page, q.Evidence.Text))], cancel);
        Console.WriteLine($"10-Qs: {quotes.Count} quotes looked up on their pages.");
        foreach (var (file, page, text) in astray)
        {
            Console.WriteLine($"not on its page: {Path.GetFileName(file)} p. {page}: {text}");
        }

        foreach (var (row, result) in tables.Where(a => !FigureFound(a.Row, a.Result)))
        {
            Console.WriteLine($"10-Q row {row.Number} without its figure: {row.Question}\n    {string.Join("\n    ", result.Evidence.Select(e => $"{result.Passages[e.Passage].FileName} p. {e.Page}: {e.Text}"))}");
        }

        return
        [
            new($"10-Q figure and file among the first three quotes ({tables.Count} table rows)", Share(tables, a => FigureFound(a.Row, a.Result))),
            new($"10-Q first quote from the right file ({asked.Count(a => a.Row.Complete)} questions)", Share(asked.Where(a => a.Row.Complete), a => RightFile(a.Row, a.Result))),
            new($"10-Q figures of the reference answer in the passages ({single.Count} questions)", single.Average(a => Grounded(a.Row, a.Result))),
            new($"10-Q questions refused ({asked.Count})", Share(asked, a => !a.Result.Answerable)),
            new("10-Q quotes not on their page", astray.Count, 0, LessIsBetter: true),
        ];
    }

    private static double Share<T>(IEnumerable<T> items, Func<T, bool> holds) => items.Average(item => holds(item) ? 1.0 : 0.0);

    private static bool RightFile(Row row, SearchResult result) =>
        result.Evidence.Count > 0 && row.Present.Contains(result.Passages[result.Evidence[0].Passage].FileName);

    /// <summary>A quote from the right file holds one of the figures that the reference answer gives.</summary>
    private static bool FigureFound(Row row, SearchResult result) => result.Evidence.Any(evidence =>
        row.Present.Contains(result.Passages[evidence.Passage].FileName) && Figures(evidence.Text).Overlaps(FiguresOf(row)));

    private static double Grounded(Row row, SearchResult result)
    {
        var wanted = FiguresOf(row);
        var held = result.Passages.SelectMany(passage => Figures($"{passage.Text} {passage.Caption}")).ToHashSet();
        return wanted.Count(held.Contains) / (double)wanted.Count;
    }

    private static bool IsLeftOut(Row row) =>
        row.Answer.Contains('â', StringComparison.Ordinal) || FiguresOf(row).Count == 0 || NotGiven().IsMatch(row.Answer);

    /// <summary>Figures of the answer that are not already in the question.</summary>
    private static HashSet<string> FiguresOf(Row row)
    {
        var figures = Figures(row.Answer.Split("SOURCE(S)")[0]);
        figures.ExceptWith(Figures(row.Question));
        // "102,673,000 shares" stands in a table in thousands as 102,673.
        figures.UnionWith([.. figures.Where(figure => figure.EndsWith("000", StringComparison.Ordinal) && figure.Length > 5).Select(figure => figure[..^3])]);
        return figures;
    }

    /// <summary>Numbers without separators: decimals, and whole ones of three digits or more that are no years.</summary>
    private static HashSet<string> Figures(string text) =>
    [
        .. Number().Matches(text).Select(number => number.Value.Replace(",", "", StringComparison.Ordinal).TrimEnd('.'))
            .Where(number => number.Contains('.') || (number.Length >= FewestDigits && !Year().IsMatch(number))),
    ];

    [GeneratedRegex(@"\d[\d,]*(?:\.\d+)?")]
    private static partial Regex Number();

    [GeneratedRegex(@"^20[0-3]\d$")]
    private static partial Regex Year();

    [GeneratedRegex("does not provide|no specific mention|not provided|did not disclose", RegexOptions.IgnoreCase)]
    private static partial Regex NotGiven();
}
