using System.Text.Json;
using System.Text.Json.Nodes;

namespace Rag.Retrieval.Indexing.Qdrant;

/// <content>Collections, their payload indexes and aliases.</content>
internal sealed partial class QdrantClient
{
    /// <returns>Null when there is none of that name or alias.</returns>
    public async Task<CollectionInfo?> FindCollectionAsync(string name, CancellationToken cancel) =>
        await CallAsync(HttpMethod.Get, Collection(name), null, QdrantPatience.Work, NotFound.IsNull, cancel) is { } result
            ? Read(result, CollectionInfo.Read)
            : null;

    public async Task<IReadOnlyList<string>> ListCollectionsAsync(CancellationToken cancel) => Read(
        await CallAsync(HttpMethod.Get, "collections", null, QdrantPatience.Work, cancel),
        result => result.GetProperty("collections").EnumerateArray().Select(item => item.GetProperty("name").GetString()!).ToList());

    /// <returns>False when another process was faster: the collection exists.</returns>
    public async Task<bool> CreateCollectionAsync(string name, JsonObject configuration, CancellationToken cancel)
    {
        try
        {
            await CallAsync(HttpMethod.Put, Collection(name) + ManageTimeout, writer => configuration.WriteTo(writer), QdrantPatience.Work, cancel);
            return true;
        }
        catch (QdrantException error) when (error.Failure == QdrantFailure.Rejected)
        {
            if (await FindCollectionAsync(name, cancel) is null)
            {
                throw;
            }

            return false;
        }
    }

    /// <summary>Repeats harmlessly, but replaces an index of another type on the same field without a word: check first.</summary>
    public Task CreateIndexAsync(string collection, string field, JsonNode schema, CancellationToken cancel) =>
        UpdateAsync(HttpMethod.Put, Collection(collection, "/index") + "?wait=true", writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("field_name", field);
            writer.WritePropertyName("field_schema");
            schema.WriteTo(writer);
            writer.WriteEndObject();
        }, cancel);

    /// <returns>False when there was none, or when the name is an alias.</returns>
    public async Task<bool> DeleteCollectionAsync(string name, CancellationToken cancel) =>
        (await CallAsync(HttpMethod.Delete, Collection(name) + ManageTimeout, null, QdrantPatience.Work, cancel)).ValueKind == JsonValueKind.True;

    /// <returns>The collection behind an alias, or null.</returns>
    public async Task<string?> FindAliasAsync(string alias, CancellationToken cancel) => Read(
        await CallAsync(HttpMethod.Get, "aliases", null, QdrantPatience.Search, cancel),
        result => result.GetProperty("aliases").EnumerateArray()
            .Where(item => item.GetProperty("alias_name").GetString() == alias)
            .Select(item => item.GetProperty("collection_name").GetString()).FirstOrDefault());

    /// <summary>Points an alias at a collection, from wherever it pointed, in one step. Never deletes first: that would stay done if the rest failed.</summary>
    public Task PointAliasAsync(string alias, string collection, CancellationToken cancel) =>
        CallAsync(HttpMethod.Post, "collections/aliases", writer =>
        {
            writer.WriteStartObject();
            writer.WriteStartArray("actions");
            writer.WriteStartObject();
            writer.WriteStartObject("create_alias");
            writer.WriteString("collection_name", collection);
            writer.WriteString("alias_name", alias);
            writer.WriteEndObject();
            writer.WriteEndObject();
            writer.WriteEndArray();
            writer.WriteEndObject();
        }, QdrantPatience.Work, cancel);

    private string ManageTimeout => Timeout('?', options.Value.WriteTimeout);
}
