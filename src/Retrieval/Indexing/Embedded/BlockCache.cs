using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Rag.Retrieval.Knowledge;

namespace Rag.Retrieval.Indexing.Embedded;

/// <summary>
/// Keeps knowledge bases ready to be searched. Each search compares the version in SQL, so a publish or delete by another process is
/// seen at once; only documents that no block holds are read from SQL. Their blocks live in memory until they are worth a file.
/// </summary>
internal sealed class BlockCache(
    IDbContextFactory<KnowledgeDbContext> contexts, IOptions<RetrievalOptions> options, ILogger<BlockCache> logger) : IDisposable, IAsyncDisposable
{
    private readonly Lock gate = new();
    private readonly Dictionary<KnowledgeBaseId, Entry> entries = [];
    private readonly CancellationTokenSource stopping = new();
    private long uses;

    /// <returns>Null when the knowledge base has no documents yet.</returns>
    public async Task<LiveBlocks?> LoadAsync(KnowledgeDbContext db, KnowledgeScope scope, CancellationToken cancel)
    {
        var id = scope.KnowledgeBase;
        // Read before the documents: what changes in between is newer than this version and is read again next time.
        if (await BaseVersion.FindAsync(db, id, cancel) is not { } version)
        {
            Forget(id);
            return null;
        }

        var entry = Use(id);
        if (entry.Live is { } current && current.Version == version)
        {
            return current;
        }

        await entry.Loading.WaitAsync(cancel);   // one load at a time for each knowledge base
        try
        {
            if (entry.Live is { } loaded && loaded.Version.IsNotOlderThan(version))
            {
                return loaded;
            }

            var live = await ReadAsync(db, entry, version, cancel);
            entry.Live = live;
            logger.BlocksLoaded(id, live.PassageCount, live.Views.Count);
            Trim(id);
            StartSaving(id, entry, live);
            return live;
        }
        finally
        {
            entry.Loading.Release();
        }
    }

    /// <summary>Takes a damaged block out of use; the next load builds its documents from SQL.</summary>
    public async Task DiscardAsync(KnowledgeScope scope, PassageBlock block, CancellationToken cancel)
    {
        var entry = Use(scope.KnowledgeBase);
        await entry.Loading.WaitAsync(cancel);
        try
        {
            entry.Blocks = [.. entry.Blocks.Where(known => known != block)];
            entry.Live = null;
            if (block.Name is { } name)
            {
                logger.BlockDamaged(scope.KnowledgeBase, name);
                Folder(scope.KnowledgeBase).Delete(name);
            }
        }
        finally
        {
            entry.Loading.Release();
        }
    }

    /// <summary>Completes when what is being written to files is written.</summary>
    public async Task SavedAsync(KnowledgeScope scope) => await Use(scope.KnowledgeBase).Saving;

    /// <summary>Forgets everything; the next searches read anew.</summary>
    public void Clear()
    {
        lock (gate)
        {
            entries.Clear();
        }
    }

    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    public async ValueTask DisposeAsync()
    {
        Task[] saving;
        lock (gate)
        {
            saving = [.. entries.Values.Select(entry => entry.Saving)];
        }

        await stopping.CancelAsync();
        await Task.WhenAll(saving);   // these do not throw
        stopping.Dispose();
    }

    private BlockFolder Folder(KnowledgeBaseId id) => new(options, id, logger);

    private async Task<LiveBlocks> ReadAsync(KnowledgeDbContext db, Entry entry, BaseVersion version, CancellationToken cancel)
    {
        var id = version.Owner.KnowledgeBase;
        var missing = (await BlockReader.LiveAsync(db, id, cancel)).ToDictionary(document => document.Id.Value);
        var views = Take(missing, OpenFiles(id, entry.Blocks).Where(block => block.Owner == version.Owner));
        views.AddRange(Take(missing, entry.Blocks.Where(block => block.Name is null && block.Owner == version.Owner)));
        if (missing.Count > 0)
        {
            var read = await BlockReader.ReadAsync(db, version.Owner, missing.Values.OrderBy(document => document.Id.Value), cancel);
            views.AddRange(read.Select(block => BlockView.Of(block, [.. Enumerable.Range(0, block.Header.Documents)])));
        }

        BlockMerge.Tidy(views, version.Owner);
        // A file of which nothing is live stays out of memory; the outbox deletes it.
        entry.Blocks = views.ConvertAll(view => view.Block);
        return new LiveBlocks(version, views);
    }

    /// <summary>What other processes wrote or replaced since is found here too.</summary>
    private List<PassageBlock> OpenFiles(KnowledgeBaseId id, IReadOnlyList<PassageBlock> known)
    {
        var folder = Folder(id);
        var blocks = new List<PassageBlock>();
        foreach (var name in folder.List())
        {
            if (known.FirstOrDefault(block => block.Name == name) is { } open)
            {
                blocks.Add(open);
            }
            else if (folder.Open(name) is { } opened)
            {
                blocks.Add(opened);
            }
        }

        return blocks;
    }

    /// <summary>Finds live documents in blocks and takes each from the first that has it.</summary>
    private static List<BlockView> Take(Dictionary<Guid, LiveDocument> missing, IEnumerable<PassageBlock> blocks)
    {
        var views = new List<BlockView>();
        foreach (var block in blocks)
        {
            var chosen = new List<int>();
            for (var i = 0; i < block.Header.Documents; i++)
            {
                if (missing.TryGetValue(block.Documents[i].Id, out var live) && block.Documents[i].Is(live))
                {
                    missing.Remove(live.Id.Value);
                    chosen.Add(i);
                }
            }

            if (chosen.Count > 0)
            {
                views.Add(BlockView.Of(block, chosen));
            }
        }

        return views;
    }

    private void StartSaving(KnowledgeBaseId id, Entry entry, LiveBlocks live)
    {
        var unsaved = live.Views.Where(view => view.Block.Name is null).Sum(view => view.Passages);
        if (unsaved >= options.Value.IndexFileFrom && entry.Saving.IsCompleted && !stopping.IsCancellationRequested)
        {
            entry.Saving = Task.Run(() => SaveAsync(id, entry, live), CancellationToken.None);
        }
    }

    private async Task SaveAsync(KnowledgeBaseId id, Entry entry, LiveBlocks live)
    {
        try
        {
            await using var db = await contexts.CreateDbContextAsync(stopping.Token);
            if (await BlockMerge.SaveAsync(db, Folder(id), live, stopping.Token))
            {
                await entry.Loading.WaitAsync(stopping.Token);
                entry.Live = null;   // the next search opens the files instead
                entry.Loading.Release();
            }
        }
        catch (OperationCanceledException)
        {
            // stopped; SQL has it all
        }
        catch (Exception error)
        {
            logger.BlocksNotSaved(error, id);   // search goes on from memory; tried again with the next change
        }
    }

    private Entry Use(KnowledgeBaseId id)
    {
        lock (gate)
        {
            if (!entries.TryGetValue(id, out var entry))
            {
                entries[id] = entry = new Entry();
            }

            entry.LastUse = ++uses;
            return entry;
        }
    }

    private void Forget(KnowledgeBaseId id)
    {
        lock (gate)
        {
            entries.Remove(id);
        }
    }

    /// <summary>Drops the knowledge bases unused for longest until the rest fits; the one in use stays, whatever its size.</summary>
    private void Trim(KnowledgeBaseId inUse)
    {
        lock (gate)
        {
            var total = entries.Values.Sum(entry => entry.Live?.Bytes ?? 0);
            foreach (var (id, entry) in entries.Where(e => e.Key != inUse).OrderBy(e => e.Value.LastUse).ToList())
            {
                if (total <= options.Value.VectorMemoryBytes)
                {
                    return;
                }

                total -= entry.Live?.Bytes ?? 0;
                entries.Remove(id);
            }
        }
    }

#pragma warning disable CA1001 // a semaphore whose wait handle is never asked for holds nothing to release
    private sealed class Entry
#pragma warning restore CA1001
    {
        public readonly SemaphoreSlim Loading = new(1, 1);

        /// <summary>Known blocks, also those of which nothing is live at the moment. Changed by the holder of <see cref="Loading"/>.</summary>
        public IReadOnlyList<PassageBlock> Blocks = [];
        public volatile LiveBlocks? Live;
        public volatile Task Saving = Task.CompletedTask;
        public long LastUse;
    }
}
