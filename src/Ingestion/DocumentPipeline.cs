using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Rag.Ingestion.Chunking;
using Rag.Ingestion.Extraction;
using Rag.Ingestion.Extraction.Isolation;
using Rag.Retrieval.Indexing;
using Rag.Retrieval.Jobs;
using Rag.Retrieval.Knowledge;

namespace Rag.Ingestion;

/// <summary>Takes one leased document from its bytes to the index, or to one sentence that says why not.</summary>
internal sealed class DocumentPipeline(
    IJobQueue jobs,
    IIndexWriter writer,
    IUploadStore uploads,
    ExtractorPool extractors,
    PassageEmbedder embedder,
    EmbeddingRate rate,
    IOptions<IngestionOptions> settings,
    TimeProvider clock,
    ILogger<DocumentPipeline> logger)
{
    private const int SmallestPdf = 16;

    /// <summary>Passages left to embed for which a smaller file is worth the trouble of beginning again.</summary>
    private const int WorthStopping = 32;
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(5);

    private readonly IngestionOptions options = settings.Value;

    /// <summary>Never throws: whatever happens ends in the job's row, or its lease ends by itself and counts as a crash.</summary>
    /// <param name="stopping">The worker shuts down; the job goes back unharmed.</param>
    public async Task RunAsync(JobLease lease, CancellationToken stopping)
    {
        logger.DocumentStarted(lease.Document, lease.Attempt, lease.Generation);
        await using var keeper = new LeaseKeeper(
            jobs, lease, new IngestionProgress(DocumentState.Extracting), TimeSpan.FromSeconds(options.RenewSeconds), clock, logger, stopping);
        try
        {
            if (await IndexAsync(lease, keeper) is { } reason)
            {
                await FailAsync(lease, keeper, reason);
            }
        }
        catch (Exception exception)
        {
            await EndAsync(lease, keeper, exception, stopping);
        }
    }

    private async Task<RefusalReason?> IndexAsync(JobLease lease, LeaseKeeper keeper)
    {
        long started = clock.GetTimestamp();
        if (await RefuseUnreadAsync(lease, keeper.Work) is (var refusal, var kind) && refusal is not null)
        {
            return refusal;
        }

        int body = lease.Measures.Body ?? options.ChunkTokens, prefix = lease.Measures.Prefix ?? options.PrefixTokens;
        var limits = new ChunkLimits(body, prefix, Math.Min(options.CaptionTokens, IngestionOptions.MostTokens - body - prefix));
        var time = new WorkClock(rate, clock);
        var reader = new DocumentReader(lease, writer, keeper, embedder.Window, limits, time, () => LetSmallerFirstAsync(lease, keeper));
        await reader.ResumeAsync(keeper.Work);
        if (reader.Next.Page > 1)
        {
            await jobs.NoteAsync(lease, string.Create(CultureInfo.InvariantCulture, $"Goes on after page {reader.Next.Page - 1:N0} of {reader.PageCount:N0}."), keeper.Work);
        }

        if (!reader.IsComplete
            && await extractors.ExtractAsync(lease.Scope.KnowledgeBase, kind, () => uploads.OpenRead(lease.ContentHash), lease.Bytes, reader, keeper.Work) is { } reason)
        {
            return reason;
        }

        reader.Finish();
        await EmbedAsync(lease, keeper, reader, time);
        keeper.Report(new IngestionProgress(DocumentState.Indexing, reader.PageCount, reader.PageCount, reader.Chunks.Count, reader.Chunks.Count));
        DocumentFacts facts = reader.Facts;
        keeper.Require(await writer.PublishAsync(lease, facts, keeper.Work));
        logger.DocumentReady(lease.Document, facts.PageCount, facts.ChunkCount, clock.GetElapsedTime(started).TotalSeconds);
        return null;
    }

    /// <summary>What name, size and first bytes tell, before any parser sees the file.</summary>
    private async Task<(RefusalReason? Refusal, FileKind Kind)> RefuseUnreadAsync(JobLease lease, CancellationToken cancel)
    {
        if (lease.Bytes == 0)
        {
            return (RefusalReason.Empty, default);
        }

        if (lease.Bytes > options.MaxFileBytes)
        {
            return (RefusalReason.TooLarge, default);
        }

        byte[] head = new byte[FileKinds.HeadLength];
        await using Stream file = uploads.OpenRead(lease.ContentHash);
        int length = await file.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, cancel);
        if (FileKinds.Detect(lease.FileName, head.AsSpan(0, length)) is not { } kind)
        {
            bool stump = length < SmallestPdf && Path.GetExtension(lease.FileName).Equals(".pdf", StringComparison.OrdinalIgnoreCase);
            return (stump ? RefusalReason.Damaged : RefusalReason.WrongType, default);
        }

        return (FileKinds.IsText(kind) && lease.Bytes > options.MaxTextBytes ? RefusalReason.TooLarge : null, kind);
    }

    private async Task EmbedAsync(JobLease lease, LeaseKeeper keeper, DocumentReader reader, WorkClock time)
    {
        int done = 0;
        keeper.Report(Progress());
        foreach (ChunkDraft[] batch in reader.Chunks.Chunk(options.EmbeddingBatch))
        {
            var known = await writer.StoredChunksAsync(lease, reader.ShortTitle, batch, keeper.Work);
            ChunkDraft[] missing = [.. batch.Where(chunk => !known.Contains(chunk.Ordinal))];   // an earlier attempt may have been here
            if (missing.Length == 0)
            {
                time.BeginEmbedding(done + batch.Length);
            }
            else
            {
                long begun = clock.GetTimestamp();
                var vectors = await embedder.EmbedAsync(lease.Scope.KnowledgeBase, [.. missing.Select(chunk => chunk.IndexedText(reader.ShortTitle))], keeper.Work);
                EmbeddedChunk[] embedded = [.. missing.Zip(vectors, (chunk, vector) => new EmbeddedChunk(chunk, vector))];
                keeper.Require(await writer.SaveChunksAsync(lease, reader.ShortTitle, embedded, keeper.Work));
                rate.Add(missing.Length, clock.GetElapsedTime(begun));
            }

            done += batch.Length;
            keeper.Report(Progress());
            if (missing.Length > 0 && reader.Chunks.Count - done >= WorthStopping)
            {
                await LetSmallerFirstAsync(lease, keeper);
            }
        }

        IngestionProgress Progress() => new(DocumentState.Embedding, reader.PageCount, reader.PageCount, done, reader.Chunks.Count, SecondsLeft: time.WhileEmbedding(done, reader.Chunks.Count));
    }

    /// <exception cref="PutAsideException">The job went back to the queue.</exception>
    private async Task LetSmallerFirstAsync(JobLease lease, LeaseKeeper keeper)
    {
        if (await jobs.MakeWayAsync(lease, keeper.Work))
        {
            throw new PutAsideException();
        }
    }

    private async Task EndAsync(JobLease lease, LeaseKeeper keeper, Exception exception, CancellationToken stopping)
    {
        using var patience = new CancellationTokenSource(LastWords, clock);
        try
        {
            switch (exception)
            {
                case PutAsideException:
                    logger.DocumentReturned(lease.Document, "a smaller file goes first");
                    break;
                case OperationCanceledException when keeper.State == LeaseState.CancelRequested:
                    await FailAsync(lease, keeper, RefusalReason.Cancelled);
                    break;
                case OperationCanceledException when keeper.State == LeaseState.Lost:
                    logger.DocumentReturned(lease.Document, "its lease was lost, or it was deleted");
                    break;
                case OperationCanceledException when stopping.IsCancellationRequested:
                    await keeper.StopAsync();
                    await jobs.ReturnAsync(lease, patience.Token);
                    logger.DocumentReturned(lease.Document, "the worker stops");
                    break;
                case ModelUnavailableException:
                    logger.EmbeddingFailed(exception, lease.Document);
                    await PostponeAsync(lease, keeper, RefusalReason.ModelUnavailable, stopping);
                    break;
                case not null when StorageFaults.IsStorageFull(exception):
                    await PostponeAsync(lease, keeper, RefusalReason.StorageFull, stopping);
                    break;
                case not null when StorageFaults.IsBusy(exception):
                    await PostponeAsync(lease, keeper, RefusalReason.StorageBusy, stopping);
                    break;
                default:
                    logger.DocumentBroke(exception!, lease.Document, lease.Attempt);
                    break;
            }
        }
        catch (Exception second)
        {
            logger.DocumentBroke(second, lease.Document, lease.Attempt);
        }
    }

    /// <summary>The file is not at fault: it waits and is tried again. On a disk without any room not even that can be noted; then there is nothing to do but wait for some.</summary>
    private async Task PostponeAsync(JobLease lease, LeaseKeeper keeper, RefusalReason reason, CancellationToken stopping)
    {
        await keeper.StopAsync();
        while (true)
        {
            using var patience = new CancellationTokenSource(LastWords, clock);
            try
            {
                if (await jobs.PostponeAsync(lease, reason, patience.Token) is { } next)
                {
                    logger.DocumentPostponed(lease.Document, reason, next);
                }

                return;
            }
            catch (Exception full) when (StorageFaults.IsStorageFull(full))
            {
                logger.NoRoomAtAll(lease.Document, reason);
                await Task.Delay(LastWords, clock, stopping);
            }
        }
    }

    private async Task FailAsync(JobLease lease, LeaseKeeper keeper, RefusalReason reason)
    {
        using var patience = new CancellationTokenSource(LastWords, clock);
        await keeper.StopAsync();
        if (await jobs.FailAsync(lease, reason, patience.Token))
        {
            logger.DocumentFailed(lease.Document, lease.Attempt, reason);
        }
    }

    /// <summary>The job is back in the queue behind a smaller file.</summary>
    private sealed class PutAsideException : Exception;
}
