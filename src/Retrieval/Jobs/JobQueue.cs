using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Rag.Retrieval.Indexing;
using Rag.Retrieval.Knowledge;

namespace Rag.Retrieval.Jobs;

internal sealed class JobQueue(
    IDbContextFactory<KnowledgeDbContext> contexts,
    JobSignal signal,
    OutboxSignal outbox,
    TimeProvider clock,
    IOptions<RetrievalOptions> options,
    ILogger<JobQueue> logger) : IJobQueue
{
    /// <summary>By how much the clocks of two workers may differ, or one of them have waited between looking at its clock and at the table.</summary>
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(1);

    private DateTime Now => clock.GetUtcNow().UtcDateTime;

    public async Task ReleaseOwnedAsync(string owner, CancellationToken cancel)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        foreach (var job in await db.Jobs.Where(j => j.Owner == owner && j.LeaseEnd != null).ToListAsync(cancel))
        {
            await CountCrashAsync(db, job, cancel);
        }

        await db.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        signal.Set();
        outbox.Set();
    }

    public async Task<JobLease?> TryLeaseAsync(string owner, CancellationToken cancel)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        // Reading first keeps idle workers from taking the write lock once a second.
        if (!await Due(db, Now).AnyAsync(cancel) && !await RunOut(db, Now).AnyAsync(cancel))
        {
            return null;
        }

        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        var now = Now;   // not before: the wait for the lock may have been long, and leases were taken meanwhile
        foreach (var left in await RunOut(db, now).ToListAsync(cancel))
        {
            await CountCrashAsync(db, left, cancel);
        }

        await db.SaveChangesAsync(cancel);
        JobLease? lease = null;
        if (await Due(db, now).OrderBy(j => j.DueAt).ThenBy(j => j.Id).FirstOrDefaultAsync(cancel) is { } job)
        {
            var document = await db.Documents.SingleAsync(d => d.Id == job.Document, cancel);
            job.Attempt++;
            job.Owner = owner;
            job.LeaseEnd = now + options.Value.MaxLease;
            job.NotBefore = null;
            (document.RetryAt, document.Message) = (null, null);
            document.Attempt = job.Attempt;
            await db.SaveChangesAsync(cancel);
            var measures = await db.KnowledgeBases.Where(k => k.Id == job.KnowledgeBase).Select(k => new ChunkMeasures(k.ChunkTokens, k.PrefixTokens)).FirstOrDefaultAsync(cancel);
            lease = new JobLease(
                job.Id, job.Document, KnowledgeScope.For(job.KnowledgeBase), job.Attempt, job.Generation,
                document.NextHash ?? document.ContentHash, document.NextName ?? document.FileName, document.NextHash is null ? document.Bytes : document.NextBytes, owner)
            {
                Measures = measures ?? ChunkMeasures.Default,
            };
            await db.NoteAsync(document, now, job.Attempt == 1 ? "Reading began." : $"Reading began again, attempt {job.Attempt}.", cancel);
            await db.SaveChangesAsync(cancel);
        }

        await transaction.CommitAsync(cancel);
        return lease;
    }

    public Task WaitForWorkAsync(CancellationToken cancel) => signal.WaitAsync(options.Value.PollInterval, clock, cancel);

    public async Task<LeaseState> RenewAsync(JobLease lease, IngestionProgress progress, CancellationToken cancel)
    {
        if (progress.State is not (DocumentState.Extracting or DocumentState.Chunking or DocumentState.Embedding or DocumentState.Indexing))
        {
            throw new ArgumentException($"{progress.State} is not a state of work.", nameof(progress));
        }

        await using var db = await contexts.CreateDbContextAsync(cancel);
        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        var now = Now;
        var state = await db.HoldAsync(lease, now + options.Value.MaxLease, cancel);
        if (state == LeaseState.Lost)
        {
            return state;
        }

        var document = await db.Documents.SingleAsync(d => d.Id == lease.Document, cancel);
        if (document.State != progress.State)
        {
            document.Enter(progress.State, now);
            if (progress is { State: DocumentState.Embedding, PageCount: { } pages, ChunkCount: { } passages })
            {
                await db.NoteAsync(document, now, string.Create(
                    CultureInfo.InvariantCulture, $"Read {PlaceUnit.Count(lease.FileName, pages)}; {passages:N0} {(passages == 1 ? "passage" : "passages")} to make searchable."), cancel);
            }
        }

        document.PagesDone = progress.PagesDone;
        document.PageCount = progress.PageCount;
        document.ChunksDone = progress.ChunksDone;
        document.ChunkCount = progress.ChunkCount;
        (document.ProgressAt, document.PagesPerSecond, document.SecondsLeft, document.RecognisingPage) = (now, progress.PagesPerSecond, progress.SecondsLeft, progress.RecognisingPage);
        await db.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        return state;
    }

    public async Task NoteAsync(JobLease lease, string text, CancellationToken cancel)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        if (await db.Held(lease).SingleOrDefaultAsync(cancel) is { } job)
        {
            await NoteAsync(db, job, text, cancel);
            await db.SaveChangesAsync(cancel);
            await transaction.CommitAsync(cancel);
        }
    }

    public async Task<bool> FailAsync(JobLease lease, RefusalReason reason, CancellationToken cancel)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        if (await db.Held(lease).SingleOrDefaultAsync(cancel) is not { } job)
        {
            return false;
        }

        await EndAsync(db, job, reason, cancel);
        await db.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        outbox.Set();
        return true;
    }

    public async Task<DateTime?> PostponeAsync(JobLease lease, RefusalReason reason, CancellationToken cancel)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        if (await db.Held(lease).SingleOrDefaultAsync(cancel) is not { } job)
        {
            return null;
        }

        DateTime? next = null;
        if (job.CancelRequested)
        {
            await EndAsync(db, job, RefusalReason.Cancelled, cancel);
        }
        else if (++job.Failures >= options.Value.MaxTries)
        {
            await EndAsync(db, job, reason, cancel);
        }
        else
        {
            var pause = Backoff.After(job.Failures);
            next = Now + pause;
            job.NotBefore = next;
            await RequeueAsync(db, job, job.DueAt, cancel);
            var document = await db.Documents.SingleAsync(d => d.Id == job.Document, cancel);
            (document.RetryAt, document.Message) = (next, Refusals.WaitingSentence(reason));
            await db.NoteAsync(document, Now, string.Create(CultureInfo.InvariantCulture, $"{document.Message} Tried again in {pause.TotalSeconds:0} s."), cancel);
        }

        await db.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        outbox.Set();
        return next;
    }

    public async Task<bool> MakeWayAsync(JobLease lease, CancellationToken cancel)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        if (!await SmallerBefore(db, lease, Now).AnyAsync(cancel))
        {
            return false;   // seen without the write lock: nearly always
        }

        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        if (await db.Held(lease).SingleOrDefaultAsync(cancel) is not { CancelRequested: false } job || !await SmallerBefore(db, lease, Now).AnyAsync(cancel))
        {
            return false;
        }

        await RequeueAsync(db, job, job.DueAt, cancel);
        var document = await db.Documents.SingleAsync(d => d.Id == job.Document, cancel);
        document.Message = Refusals.SmallerFirst;
        await db.NoteAsync(document, Now, Refusals.SmallerFirst, cancel);
        await db.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        signal.Set();
        return true;
    }

    public async Task ReturnAsync(JobLease lease, CancellationToken cancel)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        if (await db.Held(lease).SingleOrDefaultAsync(cancel) is not { } job)
        {
            return;
        }

        if (job.CancelRequested)
        {
            await EndAsync(db, job, RefusalReason.Cancelled, cancel);
        }
        else
        {
            await NoteAsync(db, job, "Put back: the worker was shut down.", cancel);
            await RequeueAsync(db, job, job.DueAt, cancel);
        }

        await db.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        signal.Set();
    }

    /// <summary>Ends the job as Failed with the reason's sentence. The caller saves, in a transaction.</summary>
    public async Task EndAsync(KnowledgeDbContext db, IngestionJob job, RefusalReason reason, CancellationToken cancel)
    {
        var document = await db.Documents.SingleAsync(d => d.Id == job.Document, cancel);
        document.Enter(DocumentState.Failed, Now);
        document.Reason = reason;
        document.Message = Refusals.Sentence(reason);
        document.RetryAt = null;
        if (document.LiveGeneration > 0)
        {
            // What was searched before still is; its facts come back.
            document.Message += string.Create(CultureInfo.InvariantCulture, $" What was read on {document.LiveSince ?? document.CreatedAt:d MMMM yyyy} still answers.");
            document.PageCount = document.PagesDone = await db.Pages.CountAsync(p => p.Document == document.Id && p.Generation == document.LiveGeneration, cancel);
            document.ChunkCount = document.ChunksDone = document.LivePassages;
        }

        await db.NoteAsync(document, Now, reason == RefusalReason.Cancelled ? "Cancelled." : document.Message, cancel);
        db.Jobs.Remove(job);
        db.Outbox.Add(new OutboxEntry { KnowledgeBase = job.KnowledgeBase, Document = job.Document, Generation = job.Generation });
        logger.DocumentFailed(job.Document, job.Attempt, reason);
    }

    /// <summary>Leases that ended. An end further away than any lease can reach means that the clock was set back: it counts as ended too.</summary>
    private IQueryable<IngestionJob> RunOut(KnowledgeDbContext db, DateTime now)
    {
        var farthest = now + options.Value.MaxLease + Skew;
        return db.Jobs.Where(j => j.LeaseEnd < now || j.LeaseEnd > farthest);
    }

    /// <summary>Jobs that nobody works on and that need not wait. A time further away than any pause means that the clock was set back.</summary>
    private static IQueryable<IngestionJob> Due(KnowledgeDbContext db, DateTime now)
    {
        var farthest = now + Backoff.Longest + Skew;
        return db.Jobs.Where(j => j.LeaseEnd == null && (j.NotBefore == null || j.NotBefore <= now || j.NotBefore > farthest));
    }

    /// <summary>Waiting jobs on files of at most a quarter of this one's size that are due before it. None that waits for a cause to pass: it may have to wait again.</summary>
    private static IQueryable<IngestionJob> SmallerBefore(KnowledgeDbContext db, JobLease lease, DateTime now) =>
        from job in Due(db, now)
        join document in db.Documents on job.Document equals document.Id
        where job.NotBefore == null && (document.NextHash == null ? document.Bytes : document.NextBytes) <= lease.Bytes / 4
            && db.Jobs.Any(mine => mine.Id == lease.Job && mine.DueAt > job.DueAt)
        select job;

    private async Task CountCrashAsync(KnowledgeDbContext db, IngestionJob job, CancellationToken cancel)
    {
        job.Crashes++;
        logger.JobCrashed(job.Document, job.Crashes);
        if (job.CancelRequested)
        {
            await EndAsync(db, job, RefusalReason.Cancelled, cancel);
        }
        else if (job.Crashes >= options.Value.MaxCrashes)
        {
            await EndAsync(db, job, RefusalReason.WorkerCrashed, cancel);
        }
        else
        {
            await NoteAsync(db, job, $"Interrupted: the worker stopped unexpectedly ({job.Crashes} of {options.Value.MaxCrashes}). It is taken up again.", cancel);
            await RequeueAsync(db, job, Now, cancel);   // behind those that wait: one bad file does not hold up the others
        }
    }

    private async Task NoteAsync(KnowledgeDbContext db, IngestionJob job, string text, CancellationToken cancel) =>
        await db.NoteAsync(await db.Documents.SingleAsync(d => d.Id == job.Document, cancel), Now, text, cancel);

    private async Task RequeueAsync(KnowledgeDbContext db, IngestionJob job, DateTime dueAt, CancellationToken cancel)
    {
        job.Owner = null;
        job.LeaseEnd = null;
        job.DueAt = dueAt;
        var document = await db.Documents.SingleAsync(d => d.Id == job.Document, cancel);
        document.Enter(DocumentState.Stored, Now);
        (document.PagesDone, document.ChunksDone, document.ProgressAt, document.RecognisingPage) = (0, 0, null, null);
    }
}
