using System.Numerics.Tensors;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.ML.OnnxRuntime;
using Rag.Inference.Chat;
using Rag.Inference.Models;
using Rag.Inference.Runtime;
using Rag.Inference.Tests.Models;

namespace Rag.Inference.Tests.Chat;

public sealed class CopiedKvCacheTests : IDisposable
{
    private readonly TinyModels models = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => models.Dispose();

    [Fact]
    public void Read_GraphWithoutGroupQueryAttention_GivesTheLogitsOfTheWholeSequence()
    {
        var model = ModelFolder.Open(Add(), ModelKind.Chat, 8_192);
        var graph = new SessionFactory(new(), new(ExecutionProvider.Cpu, () => null)).Open(model);
        int[] tokens = [.. Enumerable.Range(0, 60).Select(i => (i * 37) % 256)];
        using var loop = new DecodeLoop(graph, model.Manifest, prefillChunk: 16, cacheStep: 24);
        var whole = Whole(graph.Session, tokens);

        Same(whole, 39, loop.Read(tokens.AsSpan(0, 40), Cancel));   // pieces of 16, over a growth of the cache
        for (var next = 40; next < 60; next++)
        {
            Same(whole, next, loop.Read(tokens.AsSpan(next, 1), Cancel));
        }

        loop.Rewind(17, 60);   // keys of the heads move together
        Same(whole, 49, loop.Read(tokens.AsSpan(17, 33), Cancel));
        loop.Rewind(0, 10);    // smaller
        Same(whole, 9, loop.Read(tokens.AsSpan(0, 10), Cancel));
    }

    [Fact]
    public void Read_SeveralHeads_GivesTheBitsOfTheCacheInPlace()
    {
        var folder = ShippedModels.ChatFolder;
        var graph = new SessionFactory(new(), new(ExecutionProvider.Cpu, () => null)).Open(folder);
        using var cache = new CopiedKvCache(graph.Session, 64, folder.Manifest.ContextLength);
        using var copied = new DecodeLoop(graph, folder.Manifest, 64, cache, 0);
        using var inPlace = new DecodeLoop(graph, folder.Manifest, 64, 64);
        int[] tokens = [.. Enumerable.Range(0, 140).Select(i => 100 + (i * 7_919 % 40_000))];
        Assert.True(inPlace.Read(tokens.AsSpan(0, 100), Cancel).SequenceEqual(copied.Read(tokens.AsSpan(0, 100), Cancel)));
        copied.Rewind(70, 140);
        inPlace.Rewind(70, 140);
        Assert.True(inPlace.Read(tokens.AsSpan(70, 50), Cancel).SequenceEqual(copied.Read(tokens.AsSpan(70, 50), Cancel)));
        Assert.True(inPlace.Read(tokens.AsSpan(120, 1), Cancel).SequenceEqual(copied.Read(tokens.AsSpan(120, 1), Cancel)));
    }

    [Fact]
    public async Task GetResponse_GraphWithoutGroupQueryAttention_AnswersSeveralInTurn()
    {
        Add();
        await using var services = InferenceHost.Build(("ModelsFolder", models.Root), ("ChatModel", "tiny"));
        var chat = services.GetRequiredService<IChatClient>();
        var options = new ChatOptions { MaxOutputTokens = 12, Temperature = 0 };
        var alone = (await chat.GetResponseAsync("Hi there", options, Cancel)).Text;
        var together = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => chat.GetResponseAsync("Hi there", options, Cancel)));
        Assert.All(together, answer => Assert.Equal(alone, answer.Text));
    }

    private string Add()
    {
        var folder = models.AddOnnxCommunity("tiny", "<|im_start|>", ["<|im_start|>", "<|im_end|>"]);
        TinyCopyingDecoder.Write(Path.Combine(folder, "onnx", "model.onnx"));
        return folder;
    }

    private static float[] Whole(InferenceSession session, int[] tokens)
    {
        var past = new[] { "0.key", "0.value", "1.key", "1.value" }.Select(name => NamedOnnxValue.CreateFromTensor(
            "past_key_values." + name, new Microsoft.ML.OnnxRuntime.Tensors.DenseTensor<float>([1, 1, 0, 16])));
        var inputs = past.Append(Longs("input_ids", Array.ConvertAll(tokens, token => (long)token))).Append(Longs("attention_mask", Enumerable.Repeat(1L, tokens.Length).ToArray())).ToList();
        using var results = session.Run(inputs, ["logits"]);
        return [.. results[0].AsEnumerable<float>()];

        NamedOnnxValue Longs(string name, long[] values) => NamedOnnxValue.CreateFromTensor(name, new Microsoft.ML.OnnxRuntime.Tensors.DenseTensor<long>(values, [1, values.Length]));
    }

    private static void Same(float[] whole, int row, ReadOnlySpan<float> actual)
    {
        var off = actual.ToArray();
        TensorPrimitives.Subtract(off, whole.AsSpan(row * TinyModels.Vocabulary, TinyModels.Vocabulary), off);
        Assert.True(TensorPrimitives.MaxMagnitude<float>(off) < 1e-4f, $"row {row}");
    }
}
