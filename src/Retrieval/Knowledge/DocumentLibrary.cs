using Microsoft.EntityFrameworkCore;
using Rag.Retrieval.Indexing;
using Rag.Retrieval.Jobs;

namespace Rag.Retrieval.Knowledge;

internal sealed partial class DocumentLibrary(
    IDbContextFactory<KnowledgeDbContext> contexts,
    UploadStore uploads,
    UploadCleaner cleaner,
    JobQueue jobs,
    JobSignal work,
    OutboxSignal outbox,
    IPassageIndex index,
    TimeProvider clock) : IDocumentLibrary
{
    public async Task<DocumentId> AddAsync(KnowledgeScope scope, StoredUpload upload, string fileName, CancellationToken cancel)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        if (!uploads.Exists(upload.ContentHash))
        {
            throw new FileNotFoundException("The upload's bytes are not stored.");
        }

        if (!await db.KnowledgeBases.AnyAsync(k => k.Id == scope.KnowledgeBase, cancel))
        {
            db.KnowledgeBases.Add(new KnowledgeBase { Id = scope.KnowledgeBase });
        }

        var name = FileNames.Clean(fileName);
        var now = clock.GetUtcNow().UtcDateTime;
        var document = new Document
        {
            Id = DocumentId.New(),
            KnowledgeBase = scope.KnowledgeBase,
            FileName = name,
            Title = Path.GetFileNameWithoutExtension(name) is { Length: > 0 } stem ? stem : name,
            ContentHash = upload.ContentHash,
            Bytes = upload.Bytes,
            CreatedAt = now,
        };
        db.Documents.Add(document);
        await db.NoteAsync(document, now, "Uploaded.", cancel);
        Enqueue(db, document, now);
        await db.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        uploads.Unpin(upload.ContentHash);
        work.Set();
        return document.Id;
    }

    public async Task<IReadOnlyList<DocumentStatus>> ListAsync(KnowledgeScope scope, CancellationToken cancel)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        var documents = await Documents(db, scope).AsNoTracking().OrderBy(d => d.CreatedAt).ThenBy(d => d.Id).ToListAsync(cancel);
        var oldest = new Dictionary<string, DocumentId>();
        return documents.ConvertAll(d => Status(d) with { DuplicateOf = oldest.TryAdd(d.ContentHash, d.Id) ? null : oldest[d.ContentHash] });
    }

    public async Task<DocumentStatus?> FindAsync(KnowledgeScope scope, DocumentId document, CancellationToken cancel)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        if (await Documents(db, scope).AsNoTracking().FirstOrDefaultAsync(d => d.Id == document, cancel) is not { } found)
        {
            return null;
        }

        var oldest = await Documents(db, scope).Where(d => d.ContentHash == found.ContentHash).OrderBy(d => d.CreatedAt).ThenBy(d => d.Id).Select(d => d.Id).FirstAsync(cancel);
        return Status(found) with { DuplicateOf = oldest == found.Id ? null : oldest };
    }

    public async Task<bool> CancelAsync(KnowledgeScope scope, DocumentId document, CancellationToken cancel)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        var job = await db.Jobs.FirstOrDefaultAsync(j => j.Document == document && j.KnowledgeBase == scope.KnowledgeBase, cancel);
        if (job is null)
        {
            return false;
        }

        if (job.LeaseEnd is null || job.LeaseEnd < clock.GetUtcNow().UtcDateTime)
        {
            await jobs.EndAsync(db, job, RefusalReason.Cancelled, cancel);   // nobody works on it
        }
        else
        {
            job.CancelRequested = true;
            await db.NoteAsync(await db.Documents.SingleAsync(d => d.Id == document, cancel), clock.GetUtcNow().UtcDateTime, "Cancelling was asked for.", cancel);
        }

        await db.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        outbox.Set();
        return true;
    }

    public async Task<bool> RetryAsync(KnowledgeScope scope, DocumentId document, CancellationToken cancel)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        if (await Documents(db, scope).FirstOrDefaultAsync(d => d.Id == document && d.State == DocumentState.Failed, cancel) is not { } failed)
        {
            return false;
        }

        var now = clock.GetUtcNow().UtcDateTime;
        failed.StartOver();
        await db.NoteAsync(failed, now, "Put back in the queue by hand.", cancel);
        Enqueue(db, failed, now);
        await db.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        work.Set();
        return true;
    }

    public async Task<bool> DeleteAsync(KnowledgeScope scope, DocumentId document, CancellationToken cancel) =>
        await DeleteAsync(scope, d => d.Where(x => x.Id == document), wholeBase: false, cancel) > 0;

    public Task DeleteAllAsync(KnowledgeScope scope, CancellationToken cancel) => DeleteAsync(scope, d => d, wholeBase: true, cancel);

    public async Task<PageText?> FindPageAsync(KnowledgeScope scope, DocumentId document, int generation, int page, CancellationToken cancel)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        // Through the document: its pages may wait in the outbox when it is already deleted.
        var found = await Documents(db, scope).Where(d => d.Id == document)
            .SelectMany(d => db.Pages.Where(p => p.Document == d.Id && p.Generation == generation && p.Number == page))
            .AsNoTracking().FirstOrDefaultAsync(cancel);
        return found?.ToPageText();
    }

    public async Task<Stream?> OpenOriginalAsync(KnowledgeScope scope, DocumentId document, int? generation, CancellationToken cancel)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        var hash = await Documents(db, scope).Where(d => d.Id == document)
            .Select(d => db.DocumentVersions.Where(v => v.Document == d.Id && v.Generation == generation).Select(v => v.ContentHash).FirstOrDefault() ?? d.ContentHash)
            .FirstOrDefaultAsync(cancel);
        return hash is null ? null : uploads.OpenRead(hash);
    }

    private static IQueryable<Document> Documents(KnowledgeDbContext db, KnowledgeScope scope) =>
        db.Documents.Where(d => d.KnowledgeBase == scope.KnowledgeBase);

    private static void Enqueue(KnowledgeDbContext db, Document document, DateTime now)
    {
        document.Enter(DocumentState.Stored, now);
        document.LastGeneration++;
        db.Jobs.Add(new IngestionJob
        {
            Id = Guid.CreateVersion7(),
            KnowledgeBase = document.KnowledgeBase,
            Document = document.Id,
            Generation = document.LastGeneration,
            DueAt = QueueOrder.DueAt(now, document.Bytes),
        });
    }

    private async Task<int> DeleteAsync(KnowledgeScope scope, Func<IQueryable<Document>, IQueryable<Document>> which, bool wholeBase, CancellationToken cancel)
    {
        List<Document> documents;
        List<string> hashes;
        await using (var db = await contexts.CreateDbContextAsync(cancel))
        {
            await using var transaction = await db.Database.BeginTransactionAsync(cancel);
            documents = await which(Documents(db, scope)).ToListAsync(cancel);
            var ids = documents.ConvertAll(d => d.Id);
            hashes = await db.DocumentVersions.Where(v => ids.Contains(v.Document)).Select(v => v.ContentHash).ToListAsync(cancel);
            hashes.AddRange(documents.SelectMany(d => new[] { d.ContentHash, d.NextHash }).OfType<string>());
            await db.DocumentVersions.Where(v => ids.Contains(v.Document)).ExecuteDeleteAsync(cancel);
            await db.DocumentLog.Where(e => ids.Contains(e.Document)).ExecuteDeleteAsync(cancel);
            if (await db.KnowledgeBases.FirstOrDefaultAsync(k => k.Id == scope.KnowledgeBase, cancel) is { } knowledgeBase)
            {
                knowledgeBase.Version++;
                knowledgeBase.PassageCount -= documents.Sum(d => d.LivePassages);
                knowledgeBase.TermCount -= documents.Sum(d => d.LiveTerms);
                if (wholeBase)
                {
                    db.KnowledgeBases.Remove(knowledgeBase);
                }
            }

            if (wholeBase)
            {
                await index.WithdrawAsync(db, scope.KnowledgeBase, null, cancel);
            }

            foreach (var document in documents)
            {
                if (!wholeBase)
                {
                    await index.WithdrawAsync(db, scope.KnowledgeBase, document.Id, cancel);
                }

                await db.Jobs.Where(j => j.Document == document.Id).ExecuteDeleteAsync(cancel);   // a worker at it finds its lease lost
                db.Documents.Remove(document);
                db.Outbox.Add(new OutboxEntry { KnowledgeBase = scope.KnowledgeBase, Document = document.Id });
            }

            await db.SaveChangesAsync(cancel);
            await transaction.CommitAsync(cancel);
        }

        outbox.Set();
        // Gone from answers by now; a fault from here on leaves bytes that the sweep finds.
        await cleaner.RemoveUnreferencedAsync(hashes, CancellationToken.None);
        return documents.Count;
    }

    private DocumentStatus Status(Document d) => new(
        d.Id, d.FileName, d.Title, d.ContentHash, d.Bytes, d.State, d.StateSince, d.CreatedAt, d.PagesDone, d.PageCount, d.ChunksDone, d.ChunkCount,
        d.Attempt, d.LiveGeneration, d.Reason, d.Message, d.PagesWithoutText, RemainingTime.Estimate(d, clock.GetUtcNow().UtcDateTime))
    {
        ScannedPages = d.ScannedPages,
        TableCount = d.TableCount,
        HiddenSpans = d.HiddenSpans,
        Language = d.Language,
        PagesPerSecond = d.State == DocumentState.Extracting ? d.PagesPerSecond : null,
        RecognisingPage = d.State == DocumentState.Extracting ? d.RecognisingPage : null,
        NextName = d.NextName,
        RetryAt = d.RetryAt,
    };
}
