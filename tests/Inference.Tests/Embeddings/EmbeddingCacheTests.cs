using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Rag.Inference.Embeddings;

namespace Rag.Inference.Tests.Embeddings;

/// <summary>T27, T28: vectors are found again within their scope alone, and not for long.</summary>
public sealed class EmbeddingCacheTests
{
    private readonly FakeTimeProvider clock = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Generate_SameTextAgain_IsComputedOncePerScopeAndRole()
    {
        await using var services = InferenceHost.Build();
        var scheduler = services.GetRequiredService<EmbeddingScheduler>();
        var first = await EmbedAsync("a", InferenceProperties.Query, 1);
        Assert.Equal(first, await EmbedAsync("a", InferenceProperties.Query, 1));
        Assert.Equal(first, await EmbedAsync("b", InferenceProperties.Query, 2));   // another tenant: no hit
        var passage = await EmbedAsync("a", InferenceProperties.Passage, 3);
        Assert.NotEqual(first, passage);
        await EmbedAsync(null, InferenceProperties.Query, 4);
        await EmbedAsync(null, InferenceProperties.Query, 5);   // without a scope nothing is kept

        async Task<float[]> EmbedAsync(string? scope, string role, int runs)
        {
            var result = await services.GetRequiredService<IEmbeddingGenerator<string, Embedding<float>>>().GenerateAsync(["How deep is the sea?"], Options(scope, role), Cancel);
            Assert.Equal(runs, scheduler.Total.Runs);
            Assert.Equal(ShippedModels.Embedding, result[0].ModelId);
            return result[0].Vector.ToArray();
        }
    }

    [Fact]
    public async Task Generate_KnownAndNewTexts_ComputesTheNewOnesInTheirOrder()
    {
        await using var services = InferenceHost.Build();
        var generator = services.GetRequiredService<IEmbeddingGenerator<string, Embedding<float>>>();
        var (scoped, plain) = (Options("a", InferenceProperties.Passage), Options(null, InferenceProperties.Passage));
        await generator.GenerateAsync(["sea", "ship"], scoped, Cancel);
        string[] texts = ["fish", "ship", "fish", "sea"];
        var mixed = await generator.GenerateAsync(texts, scoped, Cancel);
        Assert.Equal((await generator.GenerateAsync(["fish"], plain, Cancel)).Usage!.InputTokenCount, mixed.Usage!.InputTokenCount);
        Assert.Equal((await generator.GenerateAsync(texts, plain, Cancel)).Select(e => e.Vector.ToArray()), mixed.Select(e => e.Vector.ToArray()));
        Assert.Null((await generator.GenerateAsync(texts, scoped, Cancel)).Usage);
    }

    [Fact]
    public async Task Generate_CacheOfNoMegabytes_ComputesEachTime()
    {
        await using var services = InferenceHost.Build((nameof(InferenceOptions.EmbeddingCacheMegabytes), "0"));
        var generator = services.GetRequiredService<IEmbeddingGenerator<string, Embedding<float>>>();
        await generator.GenerateAsync(["sea"], Options("a", InferenceProperties.Query), Cancel);
        await generator.GenerateAsync(["sea"], Options("a", InferenceProperties.Query), Cancel);
        Assert.Equal(2, services.GetRequiredService<EmbeddingScheduler>().Total.Runs);
    }

    [Fact]
    public async Task Generate_ScopeThatIsNoText_IsAnInvalidOption()
    {
        await using var services = InferenceHost.Build();
        var generator = services.GetRequiredService<IEmbeddingGenerator<string, Embedding<float>>>();
        foreach (var scope in new object[] { 7, "" })
        {
            var error = await Assert.ThrowsAsync<InferenceException>(
                () => generator.GenerateAsync(["sea"], new() { AdditionalProperties = new() { [InferenceProperties.Scope] = scope } }, Cancel));
            Assert.Equal(InferenceFailure.InvalidOption, error.Reason);
            Assert.Contains(InferenceProperties.Scope, error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Key_EachPart_TellsEntriesApart()
    {
        UInt128[] keys =
        [
            EmbeddingCache.Key("a", "m", true, "t"), EmbeddingCache.Key("b", "m", true, "t"), EmbeddingCache.Key("a", "n", true, "t"),
            EmbeddingCache.Key("a", "m", false, "t"), EmbeddingCache.Key("a", "m", true, "u"), EmbeddingCache.Key("a1:m", "m", true, "t"),
            EmbeddingCache.Key("a", "m", true, "\ud800"), EmbeddingCache.Key("a", "m", true, "\ud801"),
        ];
        Assert.Equal(keys.Length, keys.Distinct().Count());
        Assert.Equal(keys[0], EmbeddingCache.Key("a", "m", true, "t"));
    }

    [Fact]
    public void Keep_MoreThanThereIsRoomFor_LetsTheLeastRecentlyUsedGo()
    {
        using var cache = new EmbeddingCache(3 * (400 + 200), clock);
        for (var key = 1; key <= 3; key++)
        {
            cache.Keep((UInt128)key, new float[100]);
        }

        Assert.NotNull(cache.Find(1));
        cache.Keep(4, new float[100]);
        Assert.Equal([true, false, true, true], Enumerable.Range(1, 4).Select(key => cache.Find((UInt128)key) is not null));
        cache.Keep(5, new float[10_000]);   // larger than all of it
        Assert.Equal(3, cache.Count);
    }

    [Fact]
    public void Find_AfterItsLifetime_IsGoneHoweverOftenItWasUsed()
    {
        using var cache = new EmbeddingCache(10_000, clock);
        cache.Keep(1, new float[100]);
        clock.Advance(EmbeddingCache.Lifetime - TimeSpan.FromSeconds(1));
        Assert.NotNull(cache.Find(1));
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(cache.Find(1));
    }

    [Fact]
    public void Keep_NobodyAsksAnyMore_IsFreedAllTheSame()
    {
        using var cache = new EmbeddingCache(10_000, clock);
        cache.Keep(1, new float[100]);
        clock.Advance(TimeSpan.FromMinutes(10));
        cache.Keep(2, new float[100]);
        clock.Advance(EmbeddingCache.Lifetime - TimeSpan.FromMinutes(9));
        Assert.Equal(1, cache.Count);
        clock.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(0, cache.Count);
    }

    private static EmbeddingGenerationOptions Options(string? scope, string role) =>
        new() { AdditionalProperties = new() { [InferenceProperties.Scope] = scope, [InferenceProperties.Role] = role } };
}
