using Microsoft.EntityFrameworkCore;
using Rag.Retrieval.Knowledge;

namespace Rag.Retrieval.Indexing;

/// <summary>Holds the database to one embedding model: the first one that writes to it.</summary>
internal sealed class EmbedderIdentity(Embedder embedder)
{
    public const string Key = "embedder";

    /// <summary>The model that is to take over, while its vectors are being made.</summary>
    public const string NextKey = "embedder-next";
    private string? confirmed;

    /// <param name="dimensions">Length of the vectors at hand.</param>
    /// <exception cref="EmbedderChangedException">Stored vectors come from another model.</exception>
    public async Task CheckAsync(KnowledgeDbContext db, int dimensions, bool writing, CancellationToken cancel)
    {
        var loaded = $"{embedder.ModelId}, {dimensions} dimensions";
        if (confirmed == loaded)
        {
            return;
        }

        var stored = await db.Settings.Where(s => s.Key == Key).Select(s => s.Value).FirstOrDefaultAsync(cancel);
        if (stored == loaded)
        {
            confirmed = loaded;
        }
        else if (stored is not null && await db.Chunks.AnyAsync(cancel))
        {
            throw new EmbedderChangedException(stored, loaded);
        }
        else if (writing)
        {
            // Nothing is stored, so this model may take over. Not confirmed in memory: the caller's transaction may yet be rolled back.
            await db.Settings.Where(s => s.Key == Key).ExecuteDeleteAsync(cancel);
            db.Settings.Add(new Setting { Key = Key, Value = loaded });
            await db.SaveChangesAsync(cancel);
        }
    }
}
