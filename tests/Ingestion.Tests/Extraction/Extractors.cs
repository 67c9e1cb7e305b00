using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Rag.Ingestion.Extraction;
using Rag.Ingestion.Extraction.Isolation;
using Rag.Retrieval.Knowledge;

namespace Rag.Ingestion.Tests.Extraction;

/// <summary>What a real extractor process made of a file.</summary>
internal sealed record Reading(RefusalReason? Reason, string MetadataTitle, IReadOnlyList<ExtractedPage> Pages)
{
    public string Text => string.Concat(Pages.Select(page => page.Text.Text));

    public ExtractedPage Page(int number) => Pages.Single(page => page.Text.Number == number);

    public string TextOf(TextBlock block) => Text[block.Start..block.End];

    public IEnumerable<TextBlock> Blocks => Pages.SelectMany(page => page.Blocks);
}

/// <summary>Keeps what an extractor delivers; may act in the middle.</summary>
internal sealed class CollectingSink(Action<ExtractedPage>? onPage = null) : IExtractionSink
{
    public string Title { get; private set; } = "";
    public List<ExtractedPage> Pages { get; } = [];
    public int Begun { get; private set; }

    /// <summary>Pages whose recognition was announced.</summary>
    public List<int> Recognised { get; } = [];

    /// <summary>Where reading is to begin; then where it is.</summary>
    public (int Page, int Start) Next { get; set; } = (1, 0);

    public ValueTask BeginAsync(string metadataTitle, int pageCount, CancellationToken cancel)
    {
        Begun++;
        Title = metadataTitle;
        return ValueTask.CompletedTask;
    }

    public void Recognising(int page) => Recognised.Add(page);

    public ValueTask PageAsync(ExtractedPage page, CancellationToken cancel)
    {
        Pages.Add(page);
        Next = (page.Text.Number + 1, page.Text.Start + page.Text.Text.Length);
        onPage?.Invoke(page);
        return ValueTask.CompletedTask;
    }
}

internal static class Extractors
{
    /// <summary>A file for an extractor that nobody watches.</summary>
    public static async Task SendAsync(this Process process, byte[] file, CancellationToken cancel)
    {
        Stream input = process.StandardInput.BaseStream;
        await new ExtractRequest(FileKind.Pdf, 10, 1, file.Length).ToFrame().WriteToAsync(input, cancel);
        await input.WriteAsync(file, cancel);
        await input.FlushAsync(cancel);
    }

    public static ExtractorPool Pool(Action<IngestionOptions>? configure = null)
    {
        var options = new IngestionOptions { ExtractorTestFaults = true };
        configure?.Invoke(options);
        return new ExtractorPool(Options.Create(options), TimeProvider.System, NullLogger<ExtractorPool>.Instance);
    }

    public static async Task<Reading> ReadAsync(this ExtractorPool pool, byte[] file, string name = "file.pdf", KnowledgeBaseId? owner = null, (int Page, int Start)? from = null)
    {
        FileKind kind = FileKinds.Detect(name, file.AsSpan(0, Math.Min(file.Length, FileKinds.HeadLength))) ?? throw new ArgumentException("Wrong type.", nameof(name));
        var sink = new CollectingSink { Next = from ?? (1, 0) };
        RefusalReason? reason = await pool.ExtractAsync(owner ?? default, kind, () => new MemoryStream(file), file.Length, sink, TestContext.Current.CancellationToken);
        return new Reading(reason, sink.Title, sink.Pages);
    }
}
