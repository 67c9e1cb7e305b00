using System.Numerics.Tensors;
using Microsoft.Extensions.AI;
using Rag.Inference.Models;
using Rag.Inference.Tokenizers;

namespace Rag.Inference.Tests.Embeddings;

/// <summary>The shipped embedder gives the vectors of the reference.</summary>
public sealed class GoldenEmbeddingTests(InferenceHost host)
{
    private sealed record Row(int Id, string Role, string Text, int Tokens, float[] Vector);

    private sealed record Pair(int A, int B, float Cosine, float CosineFp32);

    private static readonly IReadOnlyList<Row> Rows = Golden.Lines<Row>("embedder/embeddings.jsonl");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Generate_GoldenTexts_GivesTheReferenceVectorsAndPairs()
    {
        var vectors = new Dictionary<int, float[]>();
        var tokens = 0L;
        foreach (var role in Rows.GroupBy(r => r.Role))
        {
            var embeddings = await host.Embeddings.GenerateAsync(role.Select(r => r.Text), Role(role.Key), Cancel);
            tokens += embeddings.Usage!.InputTokenCount!.Value;
            foreach (var (row, embedding) in role.Zip(embeddings))
            {
                vectors[row.Id] = embedding.Vector.ToArray();
            }
        }

        Assert.Equal(Rows.Sum(r => r.Tokens), tokens);
        var cosines = Rows.Select(row => Cosine(row.Vector, vectors[row.Id])).ToArray();
        Assert.All(cosines, cosine => Assert.InRange(cosine, 0.995f, 1.001f));
        Assert.InRange(cosines.Average(), 0.998f, 1.001f);
        Assert.All(vectors.Values, vector => Assert.InRange(TensorPrimitives.Norm<float>(vector), 0.999f, 1.001f));

        var pairs = Golden.Lines<Pair>("embedder/similarity.jsonl");
        Assert.NotEmpty(pairs);
        Assert.All(pairs, pair =>
        {
            var cosine = Cosine(vectors[pair.A], vectors[pair.B]);
            Assert.InRange(cosine, pair.Cosine - 0.01f, pair.Cosine + 0.01f);
            Assert.InRange(cosine, pair.CosineFp32 - 0.03f, pair.CosineFp32 + 0.03f);
        });
    }

    [Fact]
    public async Task Generate_AloneOrBesideLongerTexts_GivesTheSameVector()
    {
        var texts = Rows.Take(8).Select(r => r.Text).Append(string.Join(' ', Enumerable.Repeat("word", 600))).ToArray();
        var together = await host.Embeddings.GenerateAsync(texts, null, Cancel);
        foreach (var (text, beside) in texts.Zip(together))
        {
            var alone = await host.Embeddings.GenerateAsync([text], null, Cancel);
            Assert.InRange(Cosine(alone[0].Vector.Span, beside.Vector.Span), 0.9999f, 1.0001f);
        }
    }

    [Fact]
    public async Task Generate_WithoutRole_TreatsTextAsPassage()
    {
        var row = Rows.First(r => r.Role == "query");
        var plain = await host.Embeddings.GenerateAsync([row.Text], null, Cancel);
        var passage = await host.Embeddings.GenerateAsync([row.Text], Role("passage"), Cancel);
        Assert.Equal(passage[0].Vector.ToArray(), plain[0].Vector.ToArray());
        Assert.True(Cosine(row.Vector, plain[0].Vector.Span) < 0.99f);   // the query prefix is missing
    }

    [Fact]
    public async Task Generate_NoTexts_GivesNoVectors() => Assert.Empty(await host.Embeddings.GenerateAsync([], null, Cancel));

    [Fact]
    public async Task Generate_UnknownRole_IsAnInvalidOption()
    {
        var error = await Assert.ThrowsAsync<InferenceException>(() => host.Embeddings.GenerateAsync(["a"], Role("document"), Cancel));
        Assert.Equal(InferenceFailure.InvalidOption, error.Reason);
    }

    [Fact]
    public async Task Generate_OtherDimensions_IsAnInvalidOption()
    {
        var error = await Assert.ThrowsAsync<InferenceException>(
            () => host.Embeddings.GenerateAsync(["a"], new EmbeddingGenerationOptions { Dimensions = 64 }, Cancel));
        Assert.Equal(InferenceFailure.InvalidOption, error.Reason);
    }

    [Fact]
    public void GetService_Facts_AreThereWithoutLoadingTheModel()
    {
        using var services = InferenceHost.Build();
        var generator = (IEmbeddingGenerator)services.GetService(typeof(IEmbeddingGenerator<string, Embedding<float>>))!;
        var info = Assert.IsType<EmbeddingModelInfo>(generator.GetService(typeof(EmbeddingModelInfo)));
        Assert.Equal((384, 512, true), (info.Dimensions, info.MaxTokens, info.Normalized));
        Assert.Equal("bge-small-en-v1.5", info.DisplayName);
        Assert.Equal(["en"], info.Languages);
        var counter = Assert.IsAssignableFrom<ITextTokenCounter>(generator.GetService(typeof(ITextTokenCounter)));
        Assert.Equal(3, counter.Count("hello, world"));
        Assert.Equal(0, counter.Count(" "));
    }

    private static EmbeddingGenerationOptions Role(string role) =>
        new() { AdditionalProperties = new() { [InferenceProperties.Role] = role } };

    private static float Cosine(ReadOnlySpan<float> a, ReadOnlySpan<float> b) => TensorPrimitives.CosineSimilarity(a, b);
}
