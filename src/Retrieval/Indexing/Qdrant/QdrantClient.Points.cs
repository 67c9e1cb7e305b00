using System.Text.Json;

namespace Rag.Retrieval.Indexing.Qdrant;

/// <content>Points: write, delete, search, look through.</content>
internal sealed partial class QdrantClient
{
    private const int WriteTries = 4;

    /// <summary>Writes points, replacing those of the same id, and returns when they are visible to search. In batches, several at a time.</summary>
    public async Task UpsertAsync(string collection, IReadOnlyList<QdrantPoint> points, CancellationToken cancel)
    {
        var bodies = points.Select(point => Body(point.Write));
        await Parallel.ForEachAsync(
            Batches(bodies, options.Value.BatchPoints),
            new ParallelOptions { MaxDegreeOfParallelism = options.Value.ParallelWrites, CancellationToken = cancel },
            async (batch, token) => await UpsertAsync(collection, batch, token));
    }

    /// <summary>Deletes the points that the filter matches; none is fine.</summary>
    public Task DeleteAsync(string collection, QdrantFilter filter, CancellationToken cancel) =>
        UpdateAsync(HttpMethod.Post, Collection(collection, "/points/delete") + Waiting, writer =>
        {
            writer.WriteStartObject();
            writer.WritePropertyName("filter");
            filter.Write(writer);
            writer.WriteEndObject();
        }, cancel);

    public async Task DeleteAsync(string collection, IReadOnlyList<PointId> points, CancellationToken cancel)
    {
        foreach (var batch in points.Chunk(QdrantLimits.MaxBatchPoints))   // an empty one is a 400; there is none
        {
            await UpdateAsync(HttpMethod.Post, Collection(collection, "/points/delete") + Waiting, writer =>
            {
                writer.WriteStartObject();
                writer.WriteStartArray("points");
                foreach (var id in batch)
                {
                    id.Write(writer);
                }

                writer.WriteEndArray();
                writer.WriteEndObject();
            }, cancel);
        }
    }

    public async Task<IReadOnlyList<ScoredPoint>> QueryAsync(string collection, QdrantSearch search, CancellationToken cancel)
    {
        var result = await CallAsync(
            HttpMethod.Post, Collection(collection, "/points/query") + SearchTimeout, search.Write, QdrantPatience.Search, cancel);
        return Read(result, ScoredPoint.ReadList);
    }

    /// <summary>Several lists in one round trip, in the order of <paramref name="searches"/>.</summary>
    public async Task<IReadOnlyList<IReadOnlyList<ScoredPoint>>> QueryAsync(string collection, IReadOnlyList<QdrantSearch> searches, CancellationToken cancel)
    {
        try
        {
            return searches.Count switch
            {
                0 => [],
                1 => [await QueryAsync(collection, searches[0], cancel)],
                _ => await QueryBatchAsync(collection, searches, cancel),
            };
        }
        catch (QdrantException error) when (error.Failure == QdrantFailure.TooLarge && searches.Count > 1)
        {
            var lists = new List<IReadOnlyList<ScoredPoint>>();   // the rate limit lets no two pass at once
            foreach (var search in searches)
            {
                lists.Add(await QueryAsync(collection, search, cancel));
            }

            return lists;
        }
    }

    private async Task<IReadOnlyList<IReadOnlyList<ScoredPoint>>> QueryBatchAsync(string collection, IReadOnlyList<QdrantSearch> searches, CancellationToken cancel)
    {
        var result = await CallAsync(HttpMethod.Post, Collection(collection, "/points/query/batch") + SearchTimeout, writer =>
        {
            writer.WriteStartObject();
            writer.WriteStartArray("searches");
            foreach (var search in searches)
            {
                search.Write(writer);
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }, QdrantPatience.Search, cancel);
        var lists = Read(result, lists => lists.EnumerateArray().Select(ScoredPoint.ReadList).ToList());
        return lists.Count == searches.Count
            ? lists
            : throw new QdrantException(QdrantFailure.Unavailable, $"Qdrant gave {lists.Count} lists for {searches.Count} searches.");
    }

    /// <summary>Points in the order of their ids, without vectors.</summary>
    public async Task<ScrollPage> ScrollAsync(
        string collection, QdrantFilter filter, int limit, PointId? from, IReadOnlyList<string> payload, CancellationToken cancel)
    {
        var result = await CallAsync(HttpMethod.Post, Collection(collection, "/points/scroll"), writer =>
        {
            writer.WriteStartObject();
            writer.WritePropertyName("filter");
            filter.Write(writer);
            writer.WriteNumber("limit", limit);
            if (from is { } offset)
            {
                writer.WritePropertyName("offset");
                offset.Write(writer);
            }

            if (payload.Count == 0)
            {
                writer.WriteBoolean("with_payload", false);   // here the default is true
            }
            else
            {
                QdrantJson.WriteTexts(writer, "with_payload", payload);
            }

            writer.WriteBoolean("with_vector", false);
            writer.WriteEndObject();
        }, QdrantPatience.Work, cancel);
        return Read(result, ScrollPage.Read);
    }

    /// <param name="filter">Null: all points of all tenants. Counting is the only call that may.</param>
    public async Task<long> CountAsync(string collection, QdrantFilter? filter, CancellationToken cancel)
    {
        var result = await CallAsync(HttpMethod.Post, Collection(collection, "/points/count"), writer =>
        {
            writer.WriteStartObject();
            if (filter is not null)
            {
                writer.WritePropertyName("filter");
                filter.Write(writer);
            }

            writer.WriteBoolean("exact", true);
            writer.WriteEndObject();
        }, QdrantPatience.Work, cancel);
        return Read(result, json => json.GetProperty("count").GetInt64());
    }

    /// <summary>The values of an indexed field and how often each occurs, the most frequent first.</summary>
    public async Task<IReadOnlyList<FacetHit>> FacetAsync(string collection, string field, QdrantFilter? filter, int limit, CancellationToken cancel)
    {
        var result = await CallAsync(HttpMethod.Post, Collection(collection, "/facet"), writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("key", field);
            if (filter is not null)
            {
                writer.WritePropertyName("filter");
                filter.Write(writer);
            }

            writer.WriteNumber("limit", limit);
            writer.WriteBoolean("exact", true);
            writer.WriteEndObject();
        }, QdrantPatience.Work, cancel);
        return Read(result, FacetHit.ReadList);
    }

    private string Waiting => "?wait=true" + Timeout('&', options.Value.WriteTimeout);

    private string SearchTimeout => Timeout('?', options.Value.SearchTimeout);

    private async Task UpsertAsync(string collection, List<ReadOnlyMemory<byte>> points, CancellationToken cancel)
    {
        try
        {
            await UpdateAsync(HttpMethod.Put, Collection(collection, "/points") + Waiting, writer =>
            {
                writer.WriteStartObject();
                writer.WriteStartArray("points");
                points.ForEach(point => writer.WriteRawValue(point.Span, skipInputValidation: true));
                writer.WriteEndArray();
                writer.WriteEndObject();
            }, cancel);
        }
        catch (QdrantException error) when (points.Count > 1 && IsPerhapsTooLong(error, points))
        {
            foreach (var half in points.Chunk((points.Count + 1) / 2))
            {
                await UpsertAsync(collection, [.. half], cancel);
            }
        }
    }

    /// <summary>A server that refuses a long body may close the connection before it has read it: to us, a reset.</summary>
    private static bool IsPerhapsTooLong(QdrantException error, List<ReadOnlyMemory<byte>> points) =>
        error.Failure == QdrantFailure.TooLarge
        || (error.Failure == QdrantFailure.Unavailable && points.Sum(point => (long)point.Length) > LongBody);

    private static IEnumerable<List<ReadOnlyMemory<byte>>> Batches(IEnumerable<ReadOnlyMemory<byte>> points, int most)
    {
        var batch = new List<ReadOnlyMemory<byte>>();
        var bytes = 0;
        foreach (var point in points)
        {
            if (batch.Count > 0 && (batch.Count == most || bytes + point.Length > QdrantLimits.BodyBytes))
            {
                yield return batch;
                (batch, bytes) = ([], 0);
            }

            batch.Add(point);
            bytes += point.Length;
        }

        if (batch.Count > 0)
        {
            yield return batch;
        }
    }

    /// <summary>A write. Status 200 is not enough: when the server's time-out ran out, it does not know whether the write will be applied.</summary>
    private async Task UpdateAsync(HttpMethod method, string path, Action<Utf8JsonWriter> body, CancellationToken cancel)
    {
        for (var i = 1; ; i++)
        {
            var status = Read(await CallAsync(method, path, body, QdrantPatience.Work, cancel), json => json.GetProperty("status").GetString());
            if (status == "completed")
            {
                return;
            }

            if (i == WriteTries)
            {
                throw new QdrantException(QdrantFailure.Unavailable, $"Qdrant does not come to an end with a write: '{status}' {WriteTries} times.");
            }
        }
    }
}
