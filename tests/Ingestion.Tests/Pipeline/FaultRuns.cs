using System.Diagnostics;
using Microsoft.Data.Sqlite;
using Rag.Ingestion.Composition;
using Rag.Retrieval.Knowledge;
using Rag.Testing.Pdf;

namespace Rag.Ingestion.Tests.Pipeline;

/// <summary>
/// One fault at one stage of one file, with real worker processes on a real database: what is left, who goes on, and whether it ends as if nothing had
/// happened. Used once each by the tests, many times by <c>eng/soak faults</c>.
/// </summary>
internal sealed partial class FaultRuns(int seed)
{
    private const int Pages = 9;   // written in two steps
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly byte[] file = PdfFiles.Text(Pages, seed);

    internal static (string, string)[] Fast => [("Retrieval:MaxLease", "00:00:02"), ("Ingestion:RenewSeconds", "0.3"), ("Retrieval:PollInterval", "00:00:00.2"), ("Ingestion:EmbeddingBatch", "8")];

    /// <summary>kill -9 at a stage; a worker of another name takes the job when its lease ends.</summary>
    public async Task<TimeSpan> KillAsync(StopPoint point)
    {
        await using Shop shop = await OpenAsync();
        DocumentId document = await OldVersionAsync(shop, point);
        await using (WorkerProcess first = StartStopping(shop, "first", point))
        {
            await first.SaysAsync("Stopped for a test", Patience);
            await first.KillAsync();
        }

        long killed = Stopwatch.GetTimestamp();
        await using WorkerProcess second = WorkerProcess.Start(shop.Folder, "second", Fast);
        await ReadyAsync(shop, document);
        TimeSpan recovered = Stopwatch.GetElapsedTime(killed);
        await AssertUndisturbedAsync(shop, document);
        return recovered;
    }

    /// <summary>A worker is frozen for longer than its lease, another one finishes; then it thaws and goes on where it was.</summary>
    public async Task FreezeAsync(StopPoint point)
    {
        await using Shop shop = await OpenAsync();
        DocumentId document = await OldVersionAsync(shop, point);
        await using WorkerProcess frozen = StartStopping(shop, "frozen", point);
        await frozen.SaysAsync("Stopped for a test", Patience);
        await frozen.SignalAsync("STOP");
        while (!await CanWriteAsync(shop))
        {
            // It was hit inside a renewal and holds SQLite's lock, which nobody can take from a process that lives. Let it finish that.
            await frozen.SignalAsync("CONT");
            await frozen.SignalAsync("STOP");
        }

        await using WorkerProcess second = WorkerProcess.Start(shop.Folder, "second", Fast);
        await ReadyAsync(shop, document);
        await File.WriteAllTextAsync(Path.Combine(shop.Folder, "workers", "go"), "", Shop.Cancel);
        await frozen.SignalAsync("CONT");
        if (point != StopPoint.Published)
        {
            await frozen.SaysAsync("its lease was lost", Patience);   // its late write met the fence
        }

        await AssertUndisturbedAsync(shop, document);
    }

    /// <returns>How long it took until the file was cancelled.</returns>
    public async Task<TimeSpan> CancelAsync(StopPoint point)
    {
        await using Shop shop = await OpenAsync();
        DocumentId document = await shop.AddAsync("report.pdf", file);
        await using WorkerProcess worker = StartStopping(shop, "first", point);
        await worker.SaysAsync("Stopped for a test", Patience);
        long asked = Stopwatch.GetTimestamp();
        Assert.True(await shop.Library.CancelAsync(shop.Scope, document, Shop.Cancel));
        await UntilAsync(async () => (await shop.StatusAsync(document)).State == DocumentState.Failed);
        TimeSpan took = Stopwatch.GetElapsedTime(asked);
        Assert.Equal(RefusalReason.Cancelled, (await shop.StatusAsync(document)).Reason);
        await UntilAsync(() => Task.FromResult(Count(shop, "Chunks") == 0 && Count(shop, "Pages") == 0));   // no remains

        await File.WriteAllTextAsync(Path.Combine(shop.Folder, "workers", "go"), "", Shop.Cancel);
        Assert.True(await shop.Library.RetryAsync(shop.Scope, document, Shop.Cancel));
        await ReadyAsync(shop, document);
        await AssertUndisturbedAsync(shop, document);
        return took;
    }

    public async Task DeleteAsync(StopPoint point)
    {
        await using Shop shop = await OpenAsync();
        DocumentId document = await OldVersionAsync(shop, point);
        await using WorkerProcess worker = StartStopping(shop, "first", point);
        await worker.SaysAsync("Stopped for a test", Patience);
        Assert.True(await shop.Library.DeleteAsync(shop.Scope, document, Shop.Cancel));
        Assert.Empty(await shop.Library.ListAsync(shop.Scope, Shop.Cancel));
        await File.WriteAllTextAsync(Path.Combine(shop.Folder, "workers", "go"), "", Shop.Cancel);
        await UntilAsync(() => Task.FromResult(Count(shop, "Chunks") == 0 && Count(shop, "Pages") == 0 && Count(shop, "Jobs") == 0 && Count(shop, "Outbox") == 0));

        // The worker is none the worse for it.
        DocumentId next = await shop.AddAsync("report.pdf", file);
        await ReadyAsync(shop, next);
        await AssertUndisturbedAsync(shop, next);
    }

    /// <summary>Two workers share many files; none is lost, none is read twice at a time.</summary>
    public async Task ShareAsync(int files)
    {
        await using Shop shop = await OpenAsync();
        var documents = new List<DocumentId>();
        for (int i = 0; i < files; i++)
        {
            documents.Add(await shop.AddAsync($"{i}.pdf", PdfFiles.Text(3, seed + i)));
        }

        (string, string)[] usual = [("Retrieval:PollInterval", "00:00:00.2")];   // with leases that a busy machine keeps
        await using WorkerProcess first = WorkerProcess.Start(shop.Folder, "first", usual);
        await using WorkerProcess second = WorkerProcess.Start(shop.Folder, "second", usual);
        foreach (DocumentId document in documents)
        {
            await ReadyAsync(shop, document);
            IEnumerable<string> log = (await shop.Library.LogAsync(shop.Scope, document, Shop.Cancel))!.Select(line => $"{line.At:O} {line.Attempt} {line.Text}");
            Assert.True((await shop.StatusAsync(document)).Attempt == 1, $"{string.Join('\n', log)}\n--- first\n{first.Output}\n--- second\n{second.Output}");
        }

        Assert.All(new[] { first, second }, worker => Assert.Contains("ready", worker.Output, StringComparison.OrdinalIgnoreCase));
    }

    /// <returns>How long a worker needs to stop that works on a file.</returns>
    public async Task<TimeSpan> TerminateAsync(StopPoint point)
    {
        await using Shop shop = await OpenAsync();
        DocumentId document = await shop.AddAsync("report.pdf", file);
        TimeSpan took;
        await using (WorkerProcess worker = StartStopping(shop, "first", point))
        {
            await worker.SaysAsync("Stopped for a test", Patience);
            long asked = Stopwatch.GetTimestamp();
            await worker.SignalAsync("TERM");
            await worker.ExitedAsync();
            took = Stopwatch.GetElapsedTime(asked);
            Assert.Equal(0, worker.ExitCode);
        }

        Assert.Equal(DocumentState.Stored, (await shop.StatusAsync(document)).State);   // given back, not left to its lease
        await using WorkerProcess next = WorkerProcess.Start(shop.Folder, "next", Fast);
        await ReadyAsync(shop, document);
        await AssertUndisturbedAsync(shop, document);
        return took;
    }

    private static Task<Shop> OpenAsync() => Shop.OpenAsync([.. Fast.Select(setting => (setting.Item1, setting.Item2))]);

    private static WorkerProcess StartStopping(Shop shop, string name, StopPoint point) =>
        WorkerProcess.Start(shop.Folder, name, [.. Fast, ("Ingestion:ExtractorTestFaults", "true"), ("Ingestion:TestStopAt", point.ToString())]);

    /// <summary>Where the old generation is to be deleted, there must be one.</summary>
    private async Task<DocumentId> OldVersionAsync(Shop shop, StopPoint point)
    {
        DocumentId document = await shop.AddAsync("report.pdf", file);
        if (point == StopPoint.Published)
        {
            await shop.RunNextAsync();
            Assert.Equal(1, await shop.Library.ReadAgainAsync(shop.Scope, Shop.Cancel));
        }

        return document;
    }

    private async Task AssertUndisturbedAsync(Shop shop, DocumentId document)
    {
        IReadOnlyList<string> undisturbed = await Undisturbed.OfAsync(seed, file);
        DocumentStatus status = await shop.StatusAsync(document);
        Assert.Equal((DocumentState.Ready, Pages), (status.State, status.PageCount));
        await UntilAsync(() => Task.FromResult(Count(shop, "Outbox") == 0));
        Assert.Equal(undisturbed, LiveChunks(shop));
        Assert.Equal(undisturbed.Count, Count(shop, "Chunks"));   // no other generation is left
        Assert.Equal(0, Count(shop, "Jobs"));
    }

    private static async Task ReadyAsync(Shop shop, DocumentId document)
    {
        await UntilAsync(async () => (await shop.StatusAsync(document)) is { State: DocumentState.Ready } status && status.LiveGeneration > 0);
    }

    /// <param name="limit">Null: a minute.</param>
    internal static async Task UntilAsync(Func<Task<bool>> holds, TimeSpan? limit = null)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Shop.Cancel);
        patience.CancelAfter(limit ?? Patience);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(25));
        while (!await holds())
        {
            await timer.WaitForNextTickAsync(patience.Token);
        }
    }

    private static int Count(Shop shop, string table) => int.Parse(Query(shop, $"select cast(count(*) as text) from {table}").Single(), System.Globalization.CultureInfo.InvariantCulture);

    internal static IReadOnlyList<string> LiveChunks(Shop shop) => Query(shop,
        """
        select c.Ordinal || ' ' || c.PageFrom || '-' || c.PageTo || ' ' || ifnull(c.HeadingPath, '') || ' ' || c.Text
        from Chunks c join Documents d on d.Id = c.Document and d.LiveGeneration = c.Generation order by c.Ordinal
        """);

    private static List<string> Query(Shop shop, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(shop.Folder, "knowledge.db")};Mode=ReadOnly;Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // the texts stand in this file
        command.CommandText = sql;
#pragma warning restore CA2100
        using var rows = command.ExecuteReader();
        var lines = new List<string>();
        while (rows.Read())
        {
            lines.Add(rows.GetString(0));
        }

        return lines;
    }

    /// <summary>The chunks of a run in which nothing happens, once for each file.</summary>
    private static class Undisturbed
    {
        private static readonly System.Collections.Concurrent.ConcurrentDictionary<int, Lazy<Task<IReadOnlyList<string>>>> Known = new();

        public static Task<IReadOnlyList<string>> OfAsync(int seed, byte[] file) => Known.GetOrAdd(seed, _ => new(async () =>
        {
            await using Shop shop = await OpenAsync();
            await shop.IngestAsync("report.pdf", file);
            return LiveChunks(shop);
        })).Value;
    }
}
