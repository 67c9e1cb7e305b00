using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Rag.Ingestion;
using Rag.Ingestion.Extraction;
using Rag.Ingestion.Extraction.Isolation;
using Rag.Ingestion.Extraction.Pdf;
using Rag.Retrieval.Knowledge;
using UglyToad.PdfPig;

namespace Rag.Benchmarks;

/// <summary>
/// The text of PDFs: how much of it is right, against pdftotext and mutool; pages per second of the extractor process against theirs; and what layout costs
/// beside PdfPig's bare letters. All readers take turns, file by file, so that a slower minute meets all of them.
/// </summary>
internal static class ReadingFigures
{
    private const int Repetitions = 5;

    public static async Task RunAsync(CancellationToken cancel)
    {
        var files = ReadingCorpus.Read();
        var folder = Directory.CreateTempSubdirectory("docent-bench-").FullName;
        var owner = new KnowledgeBaseId(Guid.NewGuid());
        await using ExtractorPool pool = Pool(), cold = Pool();
        try
        {
            Console.WriteLine("| file | pages | F1 docent | pdftotext | mutool | pages/s docent, kept process | new process | pdftotext | mutool | docent / pdftotext |");
            Console.WriteLine("|---|---|---|---|---|---|---|---|---|---|");
            var totals = new double[5];
            foreach (var file in files)
            {
                var path = Path.Combine(folder, "file.pdf");
                await File.WriteAllBytesAsync(path, file.Pdf, cancel);
                List<double>[] seconds = [[], [], [], []];
                string ours = "", poppler = "", mupdf = "";
                var pages = 0;
                for (var i = 0; i <= Repetitions; i++)
                {
                    var (text, count, kept) = await ReadAsync(pool, owner, file.Pdf, cancel);
                    var (_, _, fresh) = await ReadAsync(cold, new KnowledgeBaseId(Guid.NewGuid()), file.Pdf, cancel);   // no process serves two owners
                    (poppler, var first) = await Programs.RunAsync("pdftotext", ["-enc", "UTF-8", path, "-"], cancel);
                    (mupdf, var second) = await Programs.RunAsync("mutool", ["draw", "-q", "-F", "txt", path], cancel);
                    (ours, pages) = (text, count);
                    if (i > 0)   // the first round warms caches and code up, for all
                    {
                        double[] round = [kept, fresh, first, second];
                        for (var reader = 0; reader < round.Length; reader++)
                        {
                            seconds[reader].Add(round[reader]);
                        }
                    }
                }

                double[] median = [.. seconds.Select(Figures.Median)];
                for (var reader = 0; reader < median.Length; reader++)
                {
                    totals[reader] += median[reader];
                }

                totals[4] += pages;
                var scores = file.Truth is { } truth ? new[] { ours, poppler, mupdf }.Select(text => Number(Shingles.F1(truth, text) * 100, "0.0")) : ["", "", ""];
                Console.WriteLine($"| {file.Name} | {pages} | {string.Join(" | ", scores)} | {string.Join(" | ", median.Select(s => Number(pages / s, "0")))} | {Number(median[2] / median[0], "0.00")} |");
            }

            Console.WriteLine(
                $"| all | {totals[4]:0} | | | | {string.Join(" | ", totals[..4].Select(s => Number(totals[4] / s, "0")))} | {Number(totals[2] / totals[0], "0.00")} |");
            LayoutShare(files);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static ExtractorPool Pool() => new(Options.Create(new IngestionOptions()), TimeProvider.System, NullLogger<ExtractorPool>.Instance);

    private static async Task<(string Text, int Pages, double Seconds)> ReadAsync(ExtractorPool pool, KnowledgeBaseId owner, byte[] pdf, CancellationToken cancel)
    {
        var sink = new Sink();
        var watch = Stopwatch.StartNew();
        var refusal = await pool.ExtractAsync(owner, FileKind.Pdf, () => new MemoryStream(pdf, writable: false), pdf.Length, sink, cancel);
        return refusal is null
            ? (string.Join('\n', sink.Pages), sink.Pages.Count, watch.Elapsed.TotalSeconds)
            : throw new InvalidOperationException($"Refused: {refusal}.");
    }

    /// <summary>
    /// In this process: letters as PdfPig gives them, against all that is done to a page. Both readers go through all files before anything is measured: compiling their
    /// code took most of the time of the first file that was read, and more of it for the reader that has more code.
    /// </summary>
    private static void LayoutShare(IReadOnlyList<ReadingFile> files)
    {
        foreach (var file in files.Concat(files))
        {
            _ = Letters(file.Pdf);
            Extract(file.Pdf);
        }

        Console.WriteLine();
        Console.WriteLine("| file | PdfPig's letters, ms per page | docent, ms per page | docent / letters |");
        Console.WriteLine("|---|---|---|---|");
        foreach (var file in files)
        {
            List<double> bare = [], whole = [];
            var pages = 1;
            for (var i = 0; i <= Repetitions; i++)
            {
                var watch = Stopwatch.StartNew();
                pages = Letters(file.Pdf);
                var letters = watch.Elapsed.TotalMilliseconds;
                watch.Restart();
                Extract(file.Pdf);
                if (i > 0)
                {
                    bare.Add(letters);
                    whole.Add(watch.Elapsed.TotalMilliseconds);
                }
            }

            double least = Figures.Median(bare), all = Figures.Median(whole);
            Console.WriteLine($"| {file.Name} | {Number(least / pages, "0.00")} | {Number(all / pages, "0.00")} | {Number(all / least, "0.00")} |");
        }
    }

    /// <returns>Pages.</returns>
    private static int Letters(byte[] pdf)
    {
        using var document = PdfDocument.Open(pdf, new ParsingOptions { UseLenientParsing = true, SkipMissingFonts = true });
        for (var number = 1; number <= document.NumberOfPages; number++)
        {
            _ = document.GetPage(number).Letters.Count;
        }

        return document.NumberOfPages;
    }

    private static void Extract(byte[] pdf)
    {
        using var extractor = new PdfExtractor(pdf);
        _ = extractor.Pages().Sum(page => page.Text.Text.Length);
    }

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);

    private sealed class Sink : IExtractionSink
    {
        public List<string> Pages { get; } = [];

        public (int Page, int Start) Next { get; private set; } = (1, 0);

        public ValueTask BeginAsync(string metadataTitle, int pageCount, CancellationToken cancel) => ValueTask.CompletedTask;

        public void Recognising(int page)
        {
        }

        public ValueTask PageAsync(ExtractedPage page, CancellationToken cancel)
        {
            Pages.Add(page.Text.Text);
            Next = (page.Text.Number + 1, page.Text.Start + page.Text.Text.Length);
            return ValueTask.CompletedTask;
        }
    }
}
