using System.Globalization;
using System.Numerics.Tensors;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Rag.Inference.Chat;
using Rag.Inference.Models;
using Rag.Inference.Runtime;

namespace Rag.Inference.Tests.Import;

/// <summary>Trained weights: the chat model of the repository, written as GGUF and imported again, must speak as before. By <c>eng/soak import</c>.</summary>
public sealed class ShippedModelSoak : IDisposable
{
    private static readonly string[] Questions = ["What is the capital of France?", "Name three colours.", "Write one sentence about the sea."];

    private readonly ImportBench bench = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => bench.Dispose();

    [Theory(Explicit = true)]
    [InlineData(8, 0.05, 0.85)]
    [InlineData(4, 0.3, 0.7)]
    public async Task ShippedModel_ThereAndBack_SpeaksAsBefore(int bits, double divergence, double agreement)
    {
        var imported = await bench.ImportAsync(new ShippedAsGguf().Write(), bits: bits);
        var ids = Golden.Read<Windows>("chat/loss.json").Ids.AsSpan(0, 400).ToArray();
        using var shipped = Loop(ShippedModels.ChatFolder);
        using var again = Loop(ModelFolder.Open(imported.Folder, ModelKind.Chat, 8_192));
        var (apart, alike) = (0.0, 0);
        for (var from = 0; from < ids.Length; from += 100)
        {
            var before = shipped.Read(ids.AsSpan(from, 100), Cancel, 100);
            var after = again.Read(ids.AsSpan(from, 100), Cancel, 100);
            var size = before.Length / 100;
            for (var row = 0; row < 100; row++)
            {
                var p = before.Slice(row * size, size);
                var q = after.Slice(row * size, size);
                alike += TensorPrimitives.IndexOfMax<float>(p) == TensorPrimitives.IndexOfMax<float>(q) ? 1 : 0;
                TensorPrimitives.SoftMax(p, p);
                TensorPrimitives.SoftMax(q, q);
                for (var i = 0; i < size; i++)
                {
                    apart += p[i] > 0 && q[i] > 0 ? p[i] * Math.Log(p[i] / q[i]) : 0;
                }
            }
        }

        Say($"{bits} bits, {imported.Bytes >> 20} MB: Kullback-Leibler divergence {apart / ids.Length:0.0000}, the same first choice in {100.0 * alike / ids.Length:0.0} % of {ids.Length} positions");
        await using var old = InferenceHost.Build();
        await using var now = InferenceHost.Build(("ModelsFolder", bench.Models), ("ChatModel", imported.Id));
        foreach (var question in Questions)
        {
            Say($"{question}\n  shipped:  {await AnswerAsync(old, question)}\n  imported: {await AnswerAsync(now, question)}");
        }

        Assert.InRange(apart / ids.Length, 0, divergence);
        Assert.InRange(alike / (double)ids.Length, agreement, 1);
    }

    private static DecodeLoop Loop(ModelFolder folder)
    {
        var options = new InferenceOptions { Provider = ExecutionProvider.Cpu };
        return new(new SessionFactory(options, new(ExecutionProvider.Cpu, () => null)).Open(folder), folder.Manifest, prefillChunk: 128, cacheStep: 512);
    }

    private static async Task<string> AnswerAsync(IServiceProvider services, string question)
    {
        ChatMessage[] messages = [new(ChatRole.System, "You are a helpful AI assistant named SmolLM, trained by Hugging Face"), new(ChatRole.User, question)];
        var options = new ChatOptions { MaxOutputTokens = 40, Temperature = 0, AdditionalProperties = new() { [InferenceProperties.RepetitionPenalty] = 1.1 } };
        return (await services.GetRequiredService<IChatClient>().GetResponseAsync(messages, options, Cancel)).Text.ReplaceLineEndings(" ");
    }

    private static void Say(FormattableString text) => TestContext.Current.SendDiagnosticMessage(text.ToString(CultureInfo.InvariantCulture));

    private sealed record Windows(int[] Ids);
}
