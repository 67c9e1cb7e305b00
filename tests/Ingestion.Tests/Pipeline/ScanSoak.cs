using System.Globalization;
using Rag.Ingestion.Tests.Extraction.Kinds;
using Rag.Retrieval.Knowledge;
using Rag.Testing;
using Rag.Testing.Pdf;

namespace Rag.Ingestion.Tests.Pipeline;

/// <summary>
/// A file of DOCENT_SOAK_ROUNDS scanned pages through a worker: what worker and extractor hold while it goes on. A script stands in for the OCR program, as
/// its memory is not the question. Run by <c>eng/soak scans</c>; Linux.
/// </summary>
public sealed class ScanSoak
{
    private const long Megabyte = 1_048_576;
    private const long MostGrowth = 64 * Megabyte;   // from the first quarter of the pages to the last one

    [Fact(Explicit = true)]
    public async Task ManyScans_TakeNoMoreMemoryThanSome()
    {
        int pages = int.Parse(Environment.GetEnvironmentVariable("DOCENT_SOAK_ROUNDS") ?? "1000", CultureInfo.InvariantCulture);
        using var engine = new EngineScript();
        (string, string)[] settings = [.. FaultRuns.Fast, ("Ingestion:Ocr", "Tesseract"), ("Ingestion:OcrCommand", engine.Write(EngineScript.Checksum))];
        await using Shop shop = await Shop.OpenAsync(settings);
        StoredPicture colour = ScanFiles.SidewaysColour();
        byte[] file = ScanFiles.Build([.. Enumerable.Range(0, pages).Select(i => i % 2 == 0
            ? (ScanFiles.Whole, (StoredPicture[])[ScanFiles.Rows(i % 100, 1_320)], 0)
            : (ScanFiles.Sideways, [colour], 0))]);
        DocumentId document = await shop.AddAsync("scans.pdf", file);
        await using WorkerProcess worker = WorkerProcess.Start(shop.Folder, "worker", settings);

        var peaks = new SortedDictionary<int, (long Worker, long Extractor)>();   // by how many quarters of the pages are read; 4: they are made searchable
        await FaultRuns.UntilAsync(
            async () =>
            {
                DocumentStatus status = await shop.StatusAsync(document);
                int extractor = ProcessTree.Descendants(worker.Id).FirstOrDefault(id => ProcessTree.CommandLine(id).Contains("Rag.Ingestion.dll extract", StringComparison.Ordinal));
                int quarter = status.State is DocumentState.Stored or DocumentState.Extracting ? Math.Min(3, 4 * status.PagesDone / pages) : 4;
                (long ofWorker, long ofExtractor) = peaks.GetValueOrDefault(quarter);
                peaks[quarter] = (Math.Max(ofWorker, ProcessTree.Resident(worker.Id)), Math.Max(ofExtractor, extractor == 0 ? 0 : ProcessTree.Resident(extractor)));
                return status.IsFinal;
            },
            TimeSpan.FromHours(2));

        DocumentStatus ready = await shop.StatusAsync(document);
        Action<string> print = TestContext.Current.TestOutputHelper!.WriteLine;
        print(string.Create(CultureInfo.InvariantCulture, $"{pages} scanned pages, {(double)file.Length / Megabyte:0.0} MiB, ended {ready.State} with {ready.ChunkCount} passages; resident MiB at most:"));
        foreach (var (quarter, (ofWorker, ofExtractor)) in peaks)
        {
            print(string.Create(CultureInfo.InvariantCulture, $"{(quarter == 4 ? "making it searchable" : $"quarter {quarter + 1}")}: worker {ofWorker / Megabyte}, extractor {ofExtractor / Megabyte}"));
        }

        print(string.Create(CultureInfo.InvariantCulture, $"the worker's peak by the kernel: {ProcessTree.PeakResident(worker.Id) / Megabyte}"));
        Assert.Equal((DocumentState.Ready, pages), (ready.State, ready.PageCount));
        Assert.True(peaks[3].Extractor - peaks[0].Extractor < MostGrowth, "The extractor grew.");
        Assert.True(peaks[3].Worker - peaks[0].Worker < MostGrowth, "The worker grew.");
    }
}
