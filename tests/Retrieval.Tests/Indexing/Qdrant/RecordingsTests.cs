using System.Text.Json.Nodes;
using Rag.Retrieval.Indexing;
using Rag.Retrieval.Indexing.Qdrant;

namespace Rag.Retrieval.Tests.Indexing.Qdrant;

/// <summary>
/// Every exchange recorded from a real server has a place in <c>Data/qdrant/classes.tsv</c>: Sent (the client's request is the recorded one and
/// its reply is read), Reply (the client sends another request, but reads this reply), or Never (with the reason).
/// </summary>
public sealed class RecordingsTests
{
    public static TheoryData<string> Named(string kind) => new(Recording.All.Select(recording => recording.Id).Where(id => Recording.Classes.GetValueOrDefault(id).Class == kind));

    [Fact]
    public void Recordings_AreAllClassed()
    {
        Assert.Equal(293, Recording.All.Count);
        Assert.Equal(Recording.All.Select(recording => recording.Id), Recording.Classes.Keys.Order(StringComparer.Ordinal));
        Assert.All(Recording.Classes, item => Assert.Contains(item.Value.Class, new[] { "Sent", "Reply", "Never" }));
        Assert.All(Recording.Classes.Where(item => item.Value.Class != "Sent"), item => Assert.True(item.Value.Reason.Length > 10, $"{item.Key} has no reason"));
    }

    [Theory]
    [MemberData(nameof(Named), "Sent")]
    public async Task Sent_IsTheRecordedRequestAndItsReplyIsRead(string id)
    {
        var recording = Recording.All.Single(r => r.Id == id);
        using var server = new RecordedServer(recording);

        var outcome = await OutcomeAsync(server, recording);

        Assert.Null(server.Difference());
        Assert.Equal(Recording.Classes[id].Outcome, outcome);
    }

    [Theory]
    [MemberData(nameof(Named), "Reply")]
    public async Task Reply_IsReadForWhatItIs(string id)
    {
        var recording = Recording.All.Single(r => r.Id == id);
        using var server = new RecordedServer(recording);

        var outcome = await OutcomeAsync(server, recording);

        Assert.NotNull(server.Difference());   // else it is Sent, and must say so
        Assert.Equal(Recording.Classes[id].Outcome, outcome);
    }

    [Fact]
    public async Task Collection_IsMadeAsRecordedButForTheModifier()
    {
        var shared = Recording.Find("create-production");
        var recording = shared with { Request = (JsonObject)shared.Request.DeepClone() };
        recording.Request["body"]!["sparse_vectors"]!["sparse"]!.AsObject().Remove("modifier");
        using var server = new RecordedServer(recording);

        await server.Client().CreateCollectionAsync("passages384", QdrantSchema.Collection(new EmbedderName("all-MiniLM-L6-v2", 384)), Store.Cancel);

        Assert.Null(server.Difference());
    }

    [Theory]
    [InlineData("production-index-tenant", 0)]
    [InlineData("production-index-document", 1)]
    [InlineData("production-index-generation", 2)]
    public async Task PayloadIndexes_AreMadeAsRecorded(string name, int index)
    {
        using var server = new RecordedServer(Recording.Find(name));
        var (field, schema) = QdrantSchema.Indexes[index];

        await server.Client().CreateIndexAsync("passages384", field, schema, Store.Cancel);

        Assert.Null(server.Difference());
        Assert.Equal(3, QdrantSchema.Indexes.Count);
    }

    [Fact]
    public void ProductionCollection_ReadBack_DiffersInTheModifierAlone()
    {
        var result = (JsonObject)Recording.Find("production-info").Response["body"]!["result"]!.DeepClone();
        var embedder = new EmbedderName("all-MiniLM-L6-v2", 384);
        Assert.Contains("modifier 'idf'", QdrantSchema.Mismatch(Info(result), embedder)!, StringComparison.Ordinal);

        result["config"]!["params"]!["sparse_vectors"]!["sparse"]!.AsObject().Remove("modifier");

        Assert.Null(QdrantSchema.Mismatch(Info(result), embedder));
        Assert.NotNull(QdrantSchema.Mismatch(Info(result), embedder with { Dimensions = 768 }));
        var other = Recording.Find("collection-info-after-index-change").Response["body"]!["result"]!;
        Assert.Null(QdrantSchema.EmbedderOf(Info((JsonObject)other)));
        Assert.Contains("'document'", QdrantSchema.IndexMismatch(Info((JsonObject)other))!, StringComparison.Ordinal);   // made anew as uuid

        static CollectionInfo Info(JsonObject json) => CollectionInfo.Read(System.Text.Json.JsonDocument.Parse(json.ToJsonString()).RootElement);
    }

    /// <summary>"ok" when the client read what was recorded, else the failure; what it read when that is something else.</summary>
    private static async Task<string> OutcomeAsync(RecordedServer server, Recording recording)
    {
        try
        {
            var read = await RecordedCalls.CallAsync(server.Client(), recording);
            return read is null ? "no such call" : read == RecordedCalls.Words(recording) ? "ok" : read;
        }
        catch (QdrantException error)
        {
            return error.Failure.ToString();
        }
    }
}
