using System.Globalization;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Rag.Retrieval.Jobs;
using Rag.Retrieval.Knowledge;
using Rag.Retrieval.Text;

namespace Rag.Retrieval.Indexing;

internal sealed class IndexWriter(
    IDbContextFactory<KnowledgeDbContext> contexts,
    IPassageIndex index,
    EmbedderIdentity embedder,
    StoredReading stored,
    OutboxSignal outbox,
    TakeoverSignal takeover,
    TimeProvider clock,
    IOptions<RetrievalOptions> options,
    ILogger<IndexWriter> logger) : IIndexWriter
{
    private static readonly TimeSpan TakeoverLook = TimeSpan.FromSeconds(5);

    private DateTime LeaseEnd => clock.GetUtcNow().UtcDateTime + options.Value.MaxLease;

    public IAsyncEnumerable<PageText> StoredPagesAsync(JobLease lease, CancellationToken cancel) => stored.PagesAsync(lease, cancel);

    public Task<IReadOnlySet<int>> StoredChunksAsync(JobLease lease, string title, IReadOnlyList<ChunkDraft> chunks, CancellationToken cancel) =>
        stored.ChunksAsync(lease, title, chunks, cancel);

    public async Task<LeaseState> SavePagesAsync(JobLease lease, IReadOnlyList<PageText> pages, CancellationToken cancel)
    {
        var rows = pages.Select(page => new Page
        {
            KnowledgeBase = lease.Scope.KnowledgeBase,
            Document = lease.Document,
            Generation = lease.Generation,
            Number = page.Number,
            Label = page.Label,
            Width = page.Width,
            Height = page.Height,
            Start = page.Start,
            Text = page.Text,
            Geometry = PageGeometry.Pack(page.Lines, page.Start),
            Findings = page.Findings is { IsEmpty: false } findings ? JsonSerializer.Serialize(findings) : null,
            Structure = page.Structure,
        }).ToList();
        return await WriteAsync(
            lease,
            async db =>
            {
                var numbers = rows.ConvertAll(row => row.Number);
                await db.Pages.Where(p => p.Document == lease.Document && p.Generation == lease.Generation && numbers.Contains(p.Number))
                    .ExecuteDeleteAsync(cancel);
                db.Pages.AddRange(rows);
                await db.SaveChangesAsync(cancel);
            },
            cancel);
    }

    public async Task<LeaseState> SaveChunksAsync(JobLease lease, string title, IReadOnlyList<EmbeddedChunk> chunks, CancellationToken cancel)
    {
        if (chunks.Count == 0)
        {
            return await WriteAsync(lease, _ => Task.CompletedTask, cancel);
        }

        var dimensions = chunks[0].Vector.Length;
        if (chunks.Any(chunk => chunk.Vector.Length != dimensions))
        {
            throw new ArgumentException("Vectors of different lengths.", nameof(chunks));
        }

        // Outside the transaction: other writers wait for it.
        var terms = chunks.Select(chunk => Terms.Of(chunk.Chunk.IndexedText(title))).ToList();
        var rows = chunks.Select((chunk, i) => Row(lease, title, chunk, terms[i].Count)).ToList();
        if (!await IsHeldAsync(lease, cancel))
        {
            return LeaseState.Lost;
        }

        await WaitForTakeoverAsync(lease, dimensions, cancel);
        await index.StageAsync(
            lease.Scope, lease.Document, lease.Generation,
            [.. chunks.Select((chunk, i) => new StagedPassage(chunk.Chunk.Ordinal, chunk.Vector, terms[i]))], cancel);
        return await WriteAsync(
            lease,
            async db =>
            {
                await embedder.ClaimAsync(db, dimensions, cancel);
                var ordinals = rows.ConvertAll(row => row.Ordinal);
                await DropChunksAsync(db, lease, db.Chunks.Where(c => ordinals.Contains(c.Ordinal)), cancel);
                db.Chunks.AddRange(rows);
                await db.SaveChangesAsync(cancel);
                await index.UpsertAsync(db, lease.Scope, [.. rows.Select((row, i) => new IndexedPassage(row.Row, terms[i]))], cancel);
            },
            cancel);
    }

    public async Task<LeaseState> PublishAsync(JobLease lease, DocumentFacts facts, CancellationToken cancel)
    {
        if (!await IsHeldAsync(lease, cancel))
        {
            return LeaseState.Lost;
        }

        await index.ConfirmAsync(lease.Scope, lease.Document, lease.Generation, facts.ChunkCount, cancel);
        var state = await WriteAsync(
            lease,
            async db =>
            {
                // An earlier attempt may have written more than this one.
                await DropChunksAsync(db, lease, db.Chunks.Where(c => c.Ordinal >= facts.ChunkCount), cancel);
                await db.Pages.Where(p => p.Document == lease.Document && p.Generation == lease.Generation && p.Number > facts.PageCount)
                    .ExecuteDeleteAsync(cancel);
                await SwitchAsync(db, lease, facts, cancel);
                await db.Held(lease).ExecuteDeleteAsync(cancel);
                await db.Pages.Where(p => p.Document == lease.Document && p.Generation == lease.Generation && p.Structure != null)
                    .ExecuteUpdateAsync(page => page.SetProperty(p => p.Structure, (byte[]?)null), cancel);
                await db.SaveChangesAsync(cancel);
            },
            cancel);
        if (state == LeaseState.Held)
        {
            logger.DocumentPublished(lease.Document, lease.Generation, facts.ChunkCount);
            outbox.Set();
        }

        return state;
    }

    private async Task SwitchAsync(KnowledgeDbContext db, JobLease lease, DocumentFacts facts, CancellationToken cancel)
    {
        var live = db.Chunks.Where(c => c.Document == lease.Document && c.Generation == lease.Generation);
        var passages = await live.CountAsync(cancel);
        if (passages != facts.ChunkCount)
        {
            throw new InvalidOperationException($"{passages} of {facts.ChunkCount} chunks are stored; the document cannot go live.");
        }

        var terms = await live.SumAsync(c => (long)c.TermCount, cancel);
        var document = await db.Documents.SingleAsync(d => d.Id == lease.Document, cancel);
        var knowledgeBase = await db.KnowledgeBases.SingleAsync(k => k.Id == lease.Scope.KnowledgeBase, cancel);
        knowledgeBase.Version++;
        knowledgeBase.PassageCount += passages - document.LivePassages;
        knowledgeBase.TermCount += terms - document.LiveTerms;
        var now = clock.GetUtcNow().UtcDateTime;
        if (document.LiveGeneration > 0)
        {
            // Its pages stay: answers quote them.
            db.Outbox.Add(new OutboxEntry { KnowledgeBase = document.KnowledgeBase, Document = document.Id, Generation = document.LiveGeneration, KeepPages = true });
            db.DocumentVersions.Add(new DocumentVersion
            {
                Document = document.Id,
                KnowledgeBase = document.KnowledgeBase,
                Generation = document.LiveGeneration,
                ContentHash = document.ContentHash,
                FileName = document.FileName,
                Bytes = document.Bytes,
                ReplacedAt = now,
            });
        }

        if (document.NextHash is { } next)
        {
            (document.ContentHash, document.FileName, document.Bytes) = (next, document.NextName!, document.NextBytes);
            (document.NextHash, document.NextName, document.NextBytes) = (null, null, 0);
        }

        await index.GoLiveAsync(db, document.KnowledgeBase, document.Id, lease.Generation, cancel);
        (document.LiveGeneration, document.LivePassages, document.LiveTerms) = (lease.Generation, passages, terms);
        (document.Title, document.PageCount, document.ChunkCount) = (facts.Title, facts.PageCount, facts.ChunkCount);
        (document.PagesDone, document.ChunksDone) = (facts.PageCount, facts.ChunkCount);
        document.PagesWithoutText = [.. facts.PagesWithoutText];
        document.ScannedPages = [.. facts.ScannedPages];
        (document.TableCount, document.HiddenSpans, document.Language) = (facts.TableCount, facts.HiddenSpans, facts.Language);
        document.Reason = null;
        document.Message = WarningSentence.For(facts, passages);
        document.LiveSince = now;
        document.Enter(document.Message is null ? DocumentState.Ready : DocumentState.ReadyWithWarnings, now);
        await db.NoteAsync(document, now, ReadyWords(document.FileName, facts, document.Message), cancel);
    }

    private static string ReadyWords(string fileName, DocumentFacts facts, string? warning) => string.Create(
        CultureInfo.InvariantCulture,
        $"Ready: {PlaceUnit.Count(fileName, facts.PageCount)}, {facts.ChunkCount:N0} {(facts.ChunkCount == 1 ? "passage" : "passages")}.{WarningSentence.Recognised(facts)}{(warning is null ? "" : " " + warning)}");

    /// <summary>One transaction behind the fence: either the lease is held and everything is written, or nothing is.</summary>
    private async Task<LeaseState> WriteAsync(JobLease lease, Func<KnowledgeDbContext, Task> write, CancellationToken cancel)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        var state = await db.HoldAsync(lease, LeaseEnd, cancel);
        if (state == LeaseState.Held)
        {
            await write(db);
            await transaction.CommitAsync(cancel);
        }

        return state;
    }

    private async Task DropChunksAsync(KnowledgeDbContext db, JobLease lease, IQueryable<Chunk> chunks, CancellationToken cancel)
    {
        var rows = await chunks.Where(c => c.Document == lease.Document && c.Generation == lease.Generation).Select(c => c.Row).ToListAsync(cancel);
        if (rows.Count > 0)
        {
            await index.DeleteAsync(db, lease.Scope.KnowledgeBase, rows, cancel);
            await db.NextVectors.Where(v => rows.Contains(v.Row)).ExecuteDeleteAsync(cancel);
            await db.Chunks.Where(c => rows.Contains(c.Row)).ExecuteDeleteAsync(cancel);
        }
    }

    /// <summary>Vectors of the model that is to take over cannot stand beside the old ones; the file waits, its lease renewed, until it has.</summary>
    private async Task WaitForTakeoverAsync(JobLease lease, int dimensions, CancellationToken cancel)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        while (!await embedder.MatchesAsync(db, dimensions, cancel))
        {
            logger.DocumentWaitsForTakeover(lease.Document);
            takeover.Set();
            await Task.Delay(TakeoverLook, clock, cancel);
        }
    }

    /// <summary>Seen without the write lock, so that a worker that overslept sends nothing; the fence itself stands before each write.</summary>
    private async Task<bool> IsHeldAsync(JobLease lease, CancellationToken cancel)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        return await db.Held(lease).AnyAsync(cancel);
    }

    private static Chunk Row(JobLease lease, string title, EmbeddedChunk chunk, int termCount) => new()
    {
        KnowledgeBase = lease.Scope.KnowledgeBase,
        Document = lease.Document,
        Generation = lease.Generation,
        Ordinal = chunk.Chunk.Ordinal,
        IndexedTitle = title,
        Text = chunk.Chunk.Text,
        HeadingPath = chunk.Chunk.HeadingPath,
        Caption = chunk.Chunk.Caption,
        Start = chunk.Chunk.Start,
        End = chunk.Chunk.End,
        PageFrom = chunk.Chunk.Pages.From,
        PageTo = chunk.Chunk.Pages.To,
        TermCount = termCount,
        Vector = VectorBytes.Pack(chunk.Vector.Span),
    };
}
