using Microsoft.EntityFrameworkCore;
using Rag.Retrieval.Knowledge;
using Rag.Retrieval.Text;

namespace Rag.Retrieval.Indexing.Embedded;

/// <summary>Builds blocks from SQL.</summary>
internal static class BlockReader
{
    /// <summary>Passages in a block, if no single document has more: small enough to be written anew when one document in it goes.</summary>
    public const int BlockPassages = 8_192;

    /// <summary>Documents whose live generation search must find, in a fixed order.</summary>
    public static async Task<List<LiveDocument>> LiveAsync(KnowledgeDbContext db, KnowledgeBaseId id, CancellationToken cancel) =>
        await db.Documents.Where(d => d.KnowledgeBase == id && d.LiveGeneration > 0).OrderBy(d => d.Id)
            .Select(d => new LiveDocument(d.Id, d.LiveGeneration, d.LivePassages, d.LiveTerms, d.Title)).ToListAsync(cancel);

    public static async Task<List<PassageBlock>> ReadAsync(
        KnowledgeDbContext db, BlockOwner owner, IEnumerable<LiveDocument> documents, CancellationToken cancel)
    {
        var blocks = new List<PassageBlock>();
        BlockBuilder? builder = null;
        foreach (var document in documents)
        {
            if (builder is not null && builder.Passages + document.Passages > BlockPassages)
            {
                blocks.Add(builder.Build());
                builder = null;
            }

            builder = await ReadAsync(db, owner, document, builder, blocks, cancel);
        }

        if (builder is not null)
        {
            blocks.Add(builder.Build());
        }

        return blocks;
    }

    private static async Task<BlockBuilder> ReadAsync(
        KnowledgeDbContext db, BlockOwner owner, LiveDocument document, BlockBuilder? builder, List<PassageBlock> blocks, CancellationToken cancel)
    {
        var begun = false;
        var chunks = db.Chunks.Where(c => c.Document == document.Id && c.Generation == document.Generation).OrderBy(c => c.Ordinal)
            .Select(c => new { c.Row, c.IndexedTitle, c.Text, c.HeadingPath, c.Caption, c.Vector });
        await foreach (var chunk in chunks.AsAsyncEnumerable().WithCancellation(cancel))
        {
            var vector = new float[chunk.Vector.Length / sizeof(float)];
            VectorBytes.Unpack(chunk.Vector, vector);
            if (!begun)
            {
                if (builder is not null && builder.Dimensions != vector.Length)
                {
                    blocks.Add(builder.Build());
                    builder = null;
                }

                builder ??= new BlockBuilder(owner, vector.Length);
                builder.Begin(document);
                begun = true;
            }

            var draft = new ChunkDraft(0, chunk.Text, chunk.HeadingPath, chunk.Caption, 0, chunk.Text.Length, new PageRange(1, 1));
            builder!.Add(chunk.Row, Terms.Of(draft.IndexedText(chunk.IndexedTitle ?? document.Title)), vector);
        }

        if (!begun)
        {
            builder ??= new BlockBuilder(owner, 0);
            builder.Begin(document);   // no passages; known all the same
        }

        return builder!;
    }
}
