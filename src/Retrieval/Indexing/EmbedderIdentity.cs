using Microsoft.EntityFrameworkCore;
using Rag.Retrieval.Knowledge;

namespace Rag.Retrieval.Indexing;

/// <summary>
/// Holds the database to one embedding model at a time: the first one that writes to it, until <see cref="EmbedderTakeover"/> has put another
/// in its place. Read anew each time, for another process may do that.
/// </summary>
internal sealed class EmbedderIdentity(Embedder embedder)
{
    public const string Key = "embedder";

    /// <summary>The model that is to take over, while its vectors are being made.</summary>
    public const string NextKey = "embedder-next";

    /// <param name="dimensions">Length of the vectors at hand.</param>
    /// <returns>Whether these vectors may be compared with those stored, or stored beside them.</returns>
    public async Task<bool> MatchesAsync(KnowledgeDbContext db, int dimensions, CancellationToken cancel) =>
        await StoredAsync(db, cancel) is not { } stored || stored == Loaded(dimensions) || !await db.Chunks.AnyAsync(cancel);

    /// <summary>Stored vectors come from the loaded model.</summary>
    public async Task<bool> IsPresentAsync(KnowledgeDbContext db, CancellationToken cancel) =>
        EmbedderName.Parse(await StoredAsync(db, cancel))?.Model == embedder.ModelId;

    /// <summary>Before vectors are stored, in the caller's transaction.</summary>
    /// <exception cref="EmbedderChangedException">Stored vectors come from another model.</exception>
    public async Task ClaimAsync(KnowledgeDbContext db, int dimensions, CancellationToken cancel)
    {
        var loaded = Loaded(dimensions);
        if (await StoredAsync(db, cancel) is not { } stored)
        {
            await SetAsync(db, Key, loaded, cancel);
        }
        else if (stored != loaded)
        {
            if (await db.Chunks.AnyAsync(cancel))
            {
                throw new EmbedderChangedException(stored, loaded);
            }

            await SetAsync(db, Key, loaded, cancel);   // nothing is stored, so this model may take over
        }
    }

    public static async Task SetAsync(KnowledgeDbContext db, string key, string value, CancellationToken cancel)
    {
        if (await db.Settings.Where(s => s.Key == key).ExecuteUpdateAsync(s => s.SetProperty(x => x.Value, value), cancel) == 0)
        {
            var setting = new Setting { Key = key, Value = value };
            db.Settings.Add(setting);
            await db.SaveChangesAsync(cancel);
            db.Entry(setting).State = EntityState.Detached;
        }
    }

    private static Task<string?> StoredAsync(KnowledgeDbContext db, CancellationToken cancel) =>
        db.Settings.Where(s => s.Key == Key).Select(s => s.Value).FirstOrDefaultAsync(cancel);

    private string Loaded(int dimensions) => new EmbedderName(embedder.ModelId, dimensions).ToString();
}
