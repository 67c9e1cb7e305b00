using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Rag.Retrieval.Indexing.Qdrant;

/// <summary>
/// Which collection holds the vectors of which embedding model. One is in use, and the alias names it; collections are found again by their
/// metadata, made when there is none, and read back before they are used.
/// </summary>
internal sealed class QdrantCollections(QdrantClient client, IOptions<QdrantOptions> options, TimeProvider clock, ILogger<QdrantCollections> logger) : IDisposable
{
    private const int LongestModel = 100;
    private static readonly TimeSpan Trusted = TimeSpan.FromMinutes(1);

    private readonly SemaphoreSlim gate = new(1, 1);
    private Verified? current;

    /// <summary>The collection of the model whose vectors the database holds; the alias points at it when this returns.</summary>
    /// <exception cref="QdrantException">Not reached, or the collection is not as it must be.</exception>
    public async Task<string> LiveAsync(EmbedderName embedder, CancellationToken cancel)
    {
        if (Volatile.Read(ref current) is { } known && known.Embedder == embedder && clock.GetElapsedTime(known.At) < Trusted)
        {
            return known.Name;
        }

        await gate.WaitAsync(cancel);
        try
        {
            var name = await ResolveAsync(embedder, cancel);
            Volatile.Write(ref current, new Verified(name, embedder, clock.GetTimestamp()));
            return name;
        }
        finally
        {
            gate.Release();
        }
    }

    /// <summary>Looks anew at the next use: the collection was missing, or another took its place.</summary>
    public void Forget() => Volatile.Write(ref current, null);

    /// <summary>The verified collection of a model, made if there is none. The alias stays where it is.</summary>
    public async Task<string> FindOrCreateAsync(EmbedderName embedder, CancellationToken cancel)
    {
        var ours = await ListAsync(cancel);
        foreach (var (name, owner) in ours.OrderBy(item => item.Number).Select(item => (item.Name, item.Embedder)))
        {
            if (owner == embedder)
            {
                await CompleteAsync(name, embedder, cancel);
                return name;
            }
        }

        var fresh = NameOf(embedder, ours.Select(item => item.Number).DefaultIfEmpty(0).Max() + 1);
        if (await client.CreateCollectionAsync(fresh, QdrantSchema.Collection(embedder), cancel))
        {
            logger.QdrantCollectionCreated(fresh);
        }

        await CompleteAsync(fresh, embedder, cancel);
        return fresh;
    }

    /// <summary>All collections of this installation, with the model of each.</summary>
    public async Task<IReadOnlyList<(string Name, EmbedderName Embedder, int Number)>> ListAsync(CancellationToken cancel)
    {
        var ours = new List<(string, EmbedderName, int)>();
        foreach (var name in (await client.ListCollectionsAsync(cancel)).Where(name => name.StartsWith(options.Value.Name + "_", StringComparison.Ordinal)))
        {
            // The name follows from the metadata: another installation's, whose name begins like ours, is not taken for one of ours.
            if (await client.FindCollectionAsync(name, cancel) is { } info && QdrantSchema.EmbedderOf(info) is { } embedder
                && int.TryParse(name[(name.LastIndexOf('_') + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                && name == NameOf(embedder, number))
            {
                ours.Add((name, embedder, number));
            }
        }

        return ours;
    }

    /// <summary>Deletes collections that neither the present nor the coming model uses.</summary>
    public async Task RetireAsync(IReadOnlyCollection<EmbedderName> used, CancellationToken cancel)
    {
        var alias = await client.FindAliasAsync(options.Value.Alias, cancel);
        foreach (var (name, embedder, _) in await ListAsync(cancel))
        {
            if (name != alias && !used.Contains(embedder) && await client.DeleteCollectionAsync(name, cancel))
            {
                logger.QdrantCollectionDeleted(name);
            }
        }
    }

    public void Dispose() => gate.Dispose();

    private async Task<string> ResolveAsync(EmbedderName embedder, CancellationToken cancel)
    {
        // Target and metadata together: an alias may have been moved to another model's collection, and equal dimensions would be silently wrong.
        if (await client.FindAliasAsync(options.Value.Alias, cancel) is { } target
            && await client.FindCollectionAsync(target, cancel) is { } info && QdrantSchema.EmbedderOf(info) == embedder)
        {
            await CompleteAsync(target, embedder, cancel);
            return target;
        }

        var name = await FindOrCreateAsync(embedder, cancel);
        await client.PointAliasAsync(options.Value.Alias, name, cancel);
        return name;
    }

    /// <summary>Makes what payload indexes are missing, then compares everything with what it must be.</summary>
    private async Task CompleteAsync(string name, EmbedderName embedder, CancellationToken cancel)
    {
        var info = await InfoAsync(name, cancel);
        foreach (var (field, schema) in QdrantSchema.Indexes)
        {
            if (!info.PayloadSchema.TryGetProperty(field, out _))   // one of another type would be replaced without a word
            {
                await client.CreateIndexAsync(name, field, schema, cancel);
            }
        }

        if (QdrantSchema.IndexMismatch(info) is not null)
        {
            info = await InfoAsync(name, cancel);
        }

        if (QdrantSchema.Mismatch(info, embedder) is { } mismatch)
        {
            throw new QdrantException(
                QdrantFailure.Misconfigured,
                $"The Qdrant collection '{name}' cannot be used: {mismatch}. Delete it (it is filled again from the database), or set Storage:Qdrant:Name to another name.");
        }
    }

    private async Task<CollectionInfo> InfoAsync(string name, CancellationToken cancel) =>
        await client.FindCollectionAsync(name, cancel) ?? throw new QdrantException(QdrantFailure.Missing, $"The Qdrant collection '{name}' is gone.");

    private string NameOf(EmbedderName embedder, int number)
    {
        var model = new StringBuilder();
        foreach (var c in embedder.Model.ToLowerInvariant().Take(LongestModel))
        {
            model.Append(char.IsAsciiLetterOrDigit(c) ? c : '-');
        }

        return string.Create(CultureInfo.InvariantCulture, $"{options.Value.Name}_{model}_{number}");
    }

    private sealed record Verified(string Name, EmbedderName Embedder, long At);
}
