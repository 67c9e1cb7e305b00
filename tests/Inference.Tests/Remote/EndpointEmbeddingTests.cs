using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Rag.Inference.Models;
using Rag.Inference.Runtime;
using static Rag.Inference.Tests.Remote.ScriptedServer;

namespace Rag.Inference.Tests.Remote;

public sealed class EndpointEmbeddingTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Vectors_AreOrderedByIndexAndScaledToOne()
    {
        await using var server = await StartAsync((http, _) => http.Response.WriteAsync(
            """{"data":[{"index":1,"embedding":[0,5]},{"index":0,"embedding":[3,4]}]}""", Cancel));
        await using var services = server.Client();
        var generator = services.Embeddings();
        Assert.Equal(0, generator.GetService<EmbeddingModelInfo>()!.Dimensions);
        var vectors = await generator.GenerateAsync(["a", "b"], cancellationToken: Cancel);
        Assert.Equal([0.6f, 0.8f], vectors[0].Vector.ToArray());
        Assert.Equal([0f, 1f], vectors[1].Vector.ToArray());
        Assert.Equal(("vectors", 2), (generator.GetService<EmbeddingGeneratorMetadata>()!.DefaultModelId, generator.GetService<EmbeddingModelInfo>()!.Dimensions));
        Assert.Equal(ModelState.Ready, services.GetRequiredService<InferenceStatus>().Models[1].State);
    }

    [Fact]
    public async Task Texts_CarryTheirPrefixAndGoInBatches()
    {
        await using var server = await StartAsync(AnswerAll);
        await using var services = server.Client(null, ("Embedding:QueryPrefix", "query: "), ("Embedding:PassagePrefix", "passage: "), ("Embedding:BatchTexts", "2"));
        await services.Embeddings().GenerateAsync(["a", "b", "c"], cancellationToken: Cancel);
        await services.Embeddings().GenerateAsync(["q"], new() { AdditionalProperties = new() { [InferenceProperties.Role] = InferenceProperties.Query } }, Cancel);
        Assert.Equal(
            ["passage: a|passage: b", "passage: c", "query: q"],
            server.Seen.Select(seen => string.Join('|', seen.Body!.Value.GetProperty("input").EnumerateArray().Select(text => text.GetString()))));
        Assert.All(server.Seen, seen => Assert.Equal("", seen.Key));   // the chat model's key is not for this one
    }

    [Fact]
    public async Task Text_LongerThanTheModelReads_IsSentByItsBeginning()
    {
        await using var server = await StartAsync(AnswerAll);
        await using var services = server.Client(null, ("Embedding:MaxTokens", "64"));
        await services.Embeddings().GenerateAsync([string.Concat(Enumerable.Repeat("word ", 100)), ""], cancellationToken: Cancel);
        var sent = server.Seen.Single().Body!.Value.GetProperty("input").EnumerateArray().Select(text => text.GetString()!).ToArray();
        Assert.Equal(64, sent[0].Split(' ', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Equal(" ", sent[1]);
    }

    [Theory]
    [InlineData("""{"data":[{"index":0,"embedding":[1,0]}]}""")]
    [InlineData("""{"data":[{"index":0,"embedding":[1,0]},{"index":0,"embedding":[1,0]}]}""")]
    [InlineData("""{"data":[{"index":0,"embedding":[]},{"index":1,"embedding":[]}]}""")]
    [InlineData("""{"data":[{"index":0,"embedding":["x"]},{"index":1,"embedding":[1]}]}""")]
    [InlineData("""{"data":[{"index":0,"embedding":[1,0]},{"index":1,"embedding":[1,0,0]}]}""")]
    [InlineData("""{"nothing":1}""")]
    [InlineData("[]")]
    [InlineData("not json")]
    public async Task Answer_ThatIsNoListOfVectors_Fails(string body)
    {
        await using var server = await StartAsync((http, _) => http.Response.WriteAsync(body, Cancel));
        await using var services = server.Client();
        var error = await Assert.ThrowsAsync<InferenceException>(() => services.Embeddings().GenerateAsync(["a", "b"], cancellationToken: Cancel));
        Assert.Equal(InferenceFailure.Failed, error.Reason);
        Assert.Contains(server.Address, error.Message);
        Assert.Equal(ModelState.Failed, services.GetRequiredService<InferenceStatus>().Models[1].State);
    }

    [Fact]
    public async Task Model_ThatChangesItsSizeBehindTheEndpoint_IsNotMixed()
    {
        var size = 2;
        await using var server = await StartAsync((http, _) => http.Response.WriteAsync(
            JsonSerializer.Serialize(new { data = new[] { new { index = 0, embedding = Enumerable.Repeat(1f, size).ToArray() } } }), Cancel));
        await using var services = server.Client();
        await services.Embeddings().GenerateAsync(["a"], cancellationToken: Cancel);
        size = 3;
        var error = await Assert.ThrowsAsync<InferenceException>(() => services.Embeddings().GenerateAsync(["a"], cancellationToken: Cancel));
        Assert.Contains("vectors of 3 numbers where 2 were expected", error.Message);
    }

    [Fact]
    public async Task Dimensions_ThatAreSet_AreAskedFor()
    {
        await using var server = await StartAsync(AnswerAll);
        await using var services = server.Client(null, ("Embedding:Dimensions", "2"));
        await services.Embeddings().GenerateAsync(["a"], cancellationToken: Cancel);
        Assert.Equal(2, server.Seen.Single().Body!.Value.GetProperty("dimensions").GetInt32());
    }

    private static Task AnswerAll(HttpContext http, JsonElement? body) => http.Response.WriteAsync(JsonSerializer.Serialize(new
    {
        data = body!.Value.GetProperty("input").EnumerateArray().Select((_, index) => new { index, embedding = new[] { 1f, 0f } }),
    }));
}
