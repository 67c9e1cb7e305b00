using Rag.Retrieval.Knowledge;

namespace Rag.Retrieval.Indexing.Embedded;

/// <summary>
/// Keeps the number of blocks small, writes them to files, and takes what is deleted out of the files. Files are exchanged while the database's write
/// lock is held, so what is checked there (nothing deleted comes back, nothing needed goes) still holds when the names change.
/// </summary>
internal static class BlockMerge
{
    /// <summary>Joins blocks in memory of similar size, so that n small publishes leave about log n blocks and each passage is copied about log n times.</summary>
    public static void Tidy(List<BlockView> views, BlockOwner owner)
    {
        for (var last = views.Count - 1; last > 0; last = Math.Min(last - 1, views.Count - 1))
        {
            var (older, newer) = (views[last - 1], views[last]);
            if (older.Block.Name is null && newer.Block.Name is null && Fit([older, newer]) && newer.Passages * 2 >= older.Passages)
            {
                var block = Join([older, newer], owner);
                views.RemoveRange(last - 1, 2);
                views.Add(BlockView.Of(block, [.. Enumerable.Range(0, block.Header.Documents)]));
                last = views.Count;
            }
        }
    }

    /// <summary>Writes all that is in memory to files, together with small files.</summary>
    /// <returns>False when something changed meanwhile; nothing is left behind then.</returns>
    public static async Task<bool> SaveAsync(KnowledgeDbContext db, BlockFolder folder, LiveBlocks live, CancellationToken cancel)
    {
        var groups = Groups(live.Views);
        var written = new List<string>();
        try
        {
            foreach (var group in groups)
            {
                cancel.ThrowIfCancellationRequested();
                written.Add(folder.Write(Join(group, live.Version.Owner)));
            }

            await using var transaction = await db.Database.BeginTransactionAsync(cancel);   // takes the write lock
            var current = (await BlockReader.LiveAsync(db, live.Version.Owner.KnowledgeBase, cancel)).ToDictionary(document => document.Id.Value);
            var replaced = groups.SelectMany(group => group).Select(view => view.Block.Name).OfType<string>().ToList();
            var unchanged = await BaseVersion.FindAsync(db, live.Version.Owner.KnowledgeBase, cancel) is { } version && version.Owner == live.Version.Owner
                && written.Concat(replaced).All(folder.Holds)
                && groups.SelectMany(group => group).All(view => view.Chosen.All(i => IsLive(current, view.Block.Documents[i])));
            if (unchanged)
            {
                folder.Replace(written, replaced);
                written.Clear();
            }

            return unchanged;
        }
        finally
        {
            written.ForEach(folder.Delete);
        }
    }

    /// <summary>Rewrites files without the documents that are not live any more. The caller's transaction holds the write lock.</summary>
    public static async Task EraseAsync(KnowledgeDbContext db, BlockFolder folder, KnowledgeBaseId id, CancellationToken cancel)
    {
        folder.DeleteUnfinished();
        if (folder.List() is { Count: > 0 } names)
        {
            var version = await BaseVersion.FindAsync(db, id, cancel);
            var current = (await BlockReader.LiveAsync(db, id, cancel)).ToDictionary(document => document.Id.Value);
            foreach (var name in names)
            {
                cancel.ThrowIfCancellationRequested();
                Erase(folder, name, current, version?.Owner);
            }
        }

        folder.DeleteIfEmpty();
    }

    private static void Erase(BlockFolder folder, string name, Dictionary<Guid, LiveDocument> current, BlockOwner? owner)
    {
        if (folder.Open(name) is not { } block)
        {
            return;
        }

        var kept = Enumerable.Range(0, block.Header.Documents).Where(i => IsLive(current, block.Documents[i])).ToList();
        if (kept.Count == 0 || owner != block.Owner)
        {
            folder.Delete(name);
        }
        else if (kept.Count < block.Header.Documents)
        {
            folder.Replace([folder.Write(Join([BlockView.Of(block, kept)], block.Owner))], [name]);
        }
    }

    private static bool IsLive(Dictionary<Guid, LiveDocument> current, BlockDocument document) =>
        current.TryGetValue(document.Id, out var live) && document.Is(live);

    /// <summary>What becomes one file each: blocks in memory, filled up with the smallest files of the same dimensions.</summary>
    private static List<List<BlockView>> Groups(IReadOnlyList<BlockView> views)
    {
        var groups = new List<List<BlockView>>();
        foreach (var view in views.Where(view => view.Block.Name is null).Concat(views.Where(view => view.Block.Name is not null).OrderBy(view => view.Passages)))
        {
            if (groups.FirstOrDefault(group => Fit([.. group, view])) is { } room)
            {
                room.Add(view);
            }
            else if (view.Block.Name is null)
            {
                groups.Add([view]);
            }
        }

        return groups;
    }

    private static bool Fit(IReadOnlyList<BlockView> views) =>
        views.Sum(view => view.Passages) <= BlockReader.BlockPassages
        && views.Where(view => view.Passages > 0).Select(view => view.Block.Dimensions).Distinct().Count() <= 1;

    private static PassageBlock Join(IReadOnlyList<BlockView> views, BlockOwner owner)
    {
        var builder = new BlockBuilder(owner, views.Max(view => view.Passages > 0 ? view.Block.Dimensions : 0));
        foreach (var view in views)
        {
            builder.Add(view.Block, view.Chosen);
        }

        return builder.Build();
    }
}
