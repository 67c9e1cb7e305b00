using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Rag.Retrieval.Jobs;
using Rag.Retrieval.Knowledge;

namespace Rag.Retrieval.Indexing;

/// <summary>What an interrupted attempt left of a generation, so that the next one need not do it again.</summary>
internal sealed class StoredReading(IDbContextFactory<KnowledgeDbContext> contexts, EmbedderIdentity embedder)
{
    private const int PagesAtOnce = 16;

    public async IAsyncEnumerable<PageText> PagesAsync(JobLease lease, [EnumeratorCancellation] CancellationToken cancel)
    {
        var last = 0;
        while (true)
        {
            List<Page> pages;
            await using (var db = await contexts.CreateDbContextAsync(cancel))
            {
                // A few at a time: no reader holds the database's log while the worker thinks.
                pages = await db.Pages.AsNoTracking().Where(p => p.Document == lease.Document && p.Generation == lease.Generation && p.Number > last)
                    .OrderBy(p => p.Number).Take(PagesAtOnce).ToListAsync(cancel);
            }

            foreach (var page in pages)
            {
                if (page.Number != last + 1)
                {
                    yield break;
                }

                last = page.Number;
                yield return page.ToPageText() with
                {
                    Findings = page.Findings is { } findings ? JsonSerializer.Deserialize<PageFindings>(findings) : null,
                    Structure = page.Structure,
                };
            }

            if (pages.Count < PagesAtOnce)
            {
                yield break;
            }
        }
    }

    public async Task<IReadOnlySet<int>> ChunksAsync(JobLease lease, string title, IReadOnlyList<ChunkDraft> chunks, CancellationToken cancel)
    {
        var ordinals = chunks.Select(chunk => chunk.Ordinal).ToList();
        await using var db = await contexts.CreateDbContextAsync(cancel);
        if (!await embedder.IsPresentAsync(db, cancel))
        {
            return new HashSet<int>();
        }

        var stored = await db.Chunks.AsNoTracking().Where(c => c.Document == lease.Document && c.Generation == lease.Generation && ordinals.Contains(c.Ordinal))
            .Select(c => new ChunkText(c.Ordinal, c.IndexedTitle, c.HeadingPath, c.Caption, c.Text)).ToListAsync(cancel);
        return chunks.Select(chunk => new ChunkText(chunk.Ordinal, title, chunk.HeadingPath, chunk.Caption, chunk.Text)).Intersect(stored).Select(chunk => chunk.Ordinal).ToHashSet();
    }

    private sealed record ChunkText(int Ordinal, string? Title, string? HeadingPath, string? Caption, string Text);
}
