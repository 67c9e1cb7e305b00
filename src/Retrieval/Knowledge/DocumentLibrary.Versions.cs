using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Rag.Retrieval.Indexing;

namespace Rag.Retrieval.Knowledge;

/// <summary>New readings of files that are there, and what is known of a reading.</summary>
internal sealed partial class DocumentLibrary
{
    private const int MostHiddenSpans = 1_000;

    public async Task<bool> ReplaceAsync(KnowledgeScope scope, DocumentId document, StoredUpload upload, string fileName, CancellationToken cancel)
    {
        string? dropped;
        await using (var db = await contexts.CreateDbContextAsync(cancel))
        {
            await using var transaction = await db.Database.BeginTransactionAsync(cancel);
            if (!uploads.Exists(upload.ContentHash))
            {
                throw new FileNotFoundException("The upload's bytes are not stored.");
            }

            if (await Documents(db, scope).FirstOrDefaultAsync(d => d.Id == document, cancel) is not { } found)
            {
                return false;
            }

            var now = clock.GetUtcNow().UtcDateTime;
            dropped = found.NextHash;
            await AbandonJobAsync(db, found, cancel);
            var name = FileNames.Clean(fileName);
            if (found.LiveGeneration > 0)
            {
                (found.NextHash, found.NextName, found.NextBytes) = (upload.ContentHash, name, upload.Bytes);
            }
            else
            {
                // Nothing answers from it yet: it simply is another file.
                dropped = found.ContentHash;
                (found.ContentHash, found.FileName, found.Bytes) = (upload.ContentHash, name, upload.Bytes);
            }

            found.StartOver();
            await db.NoteAsync(found, now, "A new file was uploaded in its place.", cancel);
            Enqueue(db, found, now);
            await db.SaveChangesAsync(cancel);
            await transaction.CommitAsync(cancel);
        }

        uploads.Unpin(upload.ContentHash);
        work.Set();
        outbox.Set();
        await RemoveAsync(dropped);
        return true;
    }

    public async Task<bool> KeepAsync(KnowledgeScope scope, DocumentId document, CancellationToken cancel)
    {
        string? dropped;
        await using (var db = await contexts.CreateDbContextAsync(cancel))
        {
            await using var transaction = await db.Database.BeginTransactionAsync(cancel);
            if (await Documents(db, scope).FirstOrDefaultAsync(d => d.Id == document && d.State == DocumentState.Failed && d.LiveGeneration > 0, cancel) is not { } found)
            {
                return false;
            }

            var now = clock.GetUtcNow().UtcDateTime;
            dropped = found.NextHash;
            (found.NextHash, found.NextName, found.NextBytes, found.Reason) = (null, null, 0, null);
            found.Message = found.LivePassages == 0 ? Refusals.NoTextFound : WarningSentence.For(found.PagesWithoutText, found.PageCount ?? 0);
            found.Enter(found.Message is null ? DocumentState.Ready : DocumentState.ReadyWithWarnings, now);
            await db.NoteAsync(found, now, "Kept as it was before.", cancel);
            await db.SaveChangesAsync(cancel);
            await transaction.CommitAsync(cancel);
        }

        await RemoveAsync(dropped);
        return true;
    }

    public async Task<int> ReadAgainAsync(KnowledgeScope scope, CancellationToken cancel)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        var now = clock.GetUtcNow().UtcDateTime;
        var files = await Documents(db, scope)
            .Where(d => d.LiveGeneration > 0 && (d.State == DocumentState.Ready || d.State == DocumentState.ReadyWithWarnings || d.State == DocumentState.Failed)).ToListAsync(cancel);
        foreach (var file in files)
        {
            file.StartOver();
            await db.NoteAsync(file, now, "To be read anew.", cancel);
            Enqueue(db, file, now);
        }

        await db.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        work.Set();
        return files.Count;
    }

    public async Task<ChunkMeasures> MeasuresAsync(KnowledgeScope scope, CancellationToken cancel)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        return await db.KnowledgeBases.Where(k => k.Id == scope.KnowledgeBase).Select(k => new ChunkMeasures(k.ChunkTokens, k.PrefixTokens)).FirstOrDefaultAsync(cancel)
            ?? ChunkMeasures.Default;
    }

    public async Task SetMeasuresAsync(KnowledgeScope scope, ChunkMeasures measures, CancellationToken cancel)
    {
        if (!measures.IsValid)
        {
            throw new ArgumentException("Outside the bounds.", nameof(measures));
        }

        await using var db = await contexts.CreateDbContextAsync(cancel);
        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        if (await db.KnowledgeBases.FirstOrDefaultAsync(k => k.Id == scope.KnowledgeBase, cancel) is not { } knowledgeBase)
        {
            knowledgeBase = db.KnowledgeBases.Add(new KnowledgeBase { Id = scope.KnowledgeBase }).Entity;
        }

        (knowledgeBase.ChunkTokens, knowledgeBase.PrefixTokens) = (measures.Body, measures.Prefix);
        await db.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
    }

    public async Task<IReadOnlyList<DocumentLogLine>?> LogAsync(KnowledgeScope scope, DocumentId document, CancellationToken cancel)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        return await Documents(db, scope).AnyAsync(d => d.Id == document, cancel)
            ? await db.DocumentLog.Where(e => e.Document == document && e.KnowledgeBase == scope.KnowledgeBase).OrderBy(e => e.Id)
                .Select(e => new DocumentLogLine(e.At, e.Attempt, e.Text)).ToListAsync(cancel)
            : null;
    }

    public async Task<IReadOnlyList<HiddenSpan>?> HiddenTextAsync(KnowledgeScope scope, DocumentId document, CancellationToken cancel)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        if (!await Documents(db, scope).AnyAsync(d => d.Id == document, cancel))
        {
            return null;
        }

        var findings = Documents(db, scope).Where(d => d.Id == document)
            .SelectMany(d => db.Pages.Where(p => p.Document == d.Id && p.Generation == d.LiveGeneration && p.Findings != null))
            .OrderBy(p => p.Number).Select(p => p.Findings!).AsAsyncEnumerable();
        var spans = new List<HiddenSpan>();
        await foreach (var page in findings.WithCancellation(cancel))
        {
            spans.AddRange(JsonSerializer.Deserialize<PageFindings>(page)?.Hidden.Take(MostHiddenSpans - spans.Count) ?? []);
            if (spans.Count >= MostHiddenSpans)
            {
                break;
            }
        }

        return spans;
    }

    /// <summary>Takes the job from whoever works on it: their next write finds the lease lost. What they wrote goes through the outbox.</summary>
    private static async Task AbandonJobAsync(KnowledgeDbContext db, Document document, CancellationToken cancel)
    {
        if (await db.Jobs.FirstOrDefaultAsync(j => j.Document == document.Id, cancel) is { } job)
        {
            db.Jobs.Remove(job);
            db.Outbox.Add(new OutboxEntry { KnowledgeBase = job.KnowledgeBase, Document = job.Document, Generation = job.Generation });
            await db.SaveChangesAsync(cancel);   // one job per document: the new one comes after
        }
    }

    private async Task RemoveAsync(string? hash)
    {
        if (hash is not null)
        {
            await cleaner.RemoveUnreferencedAsync([hash], CancellationToken.None);
        }
    }
}
