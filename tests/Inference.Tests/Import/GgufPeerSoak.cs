using System.Diagnostics;
using System.Globalization;
using System.Numerics.Tensors;
using System.Text.Json;
using Rag.Inference.Import;
using Rag.Testing.Gguf;

namespace Rag.Inference.Tests.Import;

/// <summary>
/// Others read the same files: Hugging Face's <c>@huggingface/gguf</c> tells their content, llama.cpp (as <c>node-llama-cpp</c>) computes with them. Both come from the npm registry,
/// so this runs by <c>eng/soak import</c> alone; <c>DOCENT_PEERS</c> may name a folder where they are installed already.
/// </summary>
public sealed class GgufPeerSoak : IDisposable
{
    private const string Script = """
        import { gguf } from '@huggingface/gguf';
        import { getLlama } from 'node-llama-cpp';
        import { writeFileSync } from 'node:fs';
        const [result, tokens, ...paths] = process.argv.slice(2);
        const ids = JSON.parse(tokens);
        const llama = await getLlama({ gpu: false, build: 'never', logLevel: 'error', maxThreads: 1 });
        const results = [];
        for (const modelPath of paths) {
          const { metadata, tensorInfos } = await gguf(modelPath, { allowLocalFile: true });
          const model = await llama.loadModel({ modelPath });
          const context = await model.createContext({ contextSize: 128, batchSize: 64, threads: 1, sequences: 1 });
          const sequence = context.getSequence();
          const wanted = { generateNext: { token: true, probabilities: true, options: { temperature: 1, topK: 0, topP: 1, minP: 0 } } };
          const output = await sequence.controlledEvaluate(ids.map((id, i) => i % 8 === 7 ? [id, wanted] : id));
          const probabilities = output.filter(o => o?.next?.probabilities).map(o => [...o.next.probabilities.entries()]);
          await sequence.clearHistory();
          const written = [];
          for await (const token of sequence.evaluate(ids.slice(0, 8), { temperature: 0, yieldEogToken: true })) {
            written.push(token);
            if (written.length === 16) break;
          }
          await context.dispose();
          await model.dispose();
          results.push({
            metadata: JSON.parse(JSON.stringify(metadata, (_, v) => typeof v === 'bigint' ? Number(v) : v)),
            tensors: tensorInfos.map(t => ({ name: t.name, type: t.dtype, sizes: t.shape.map(Number) })), probabilities, written });
        }
        writeFileSync(result, JSON.stringify(results));
        process.exit(0);
        """;

    private readonly ImportBench bench = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => bench.Dispose();

    [Fact(Explicit = true)]
    public async Task Peers_ReadTheSameFilesAlike()
    {
        var models = new[] { "llama", "qwen2", "qwen3" }.SelectMany(architecture => RandomBlocks.Types.Select(type => Model(architecture, type))).ToList();
        var paths = models.Select((model, i) => model.File.Save(bench.PathOf($"{i}.gguf"))).ToList();
        int[] tokens = [.. Enumerable.Range(0, 64).Select(i => ((i * 37) + 11) % 256)];
        using var peers = JsonDocument.Parse(await RunAsync([JsonSerializer.Serialize(tokens), .. paths]));
        var agreed = 0;
        for (var i = 0; i < models.Count; i++)
        {
            var (model, peer) = (models[i], peers.RootElement[i]);
            SameContent(paths[i], peer);
            var (written, far) = await CompareAsync(model, peer, tokens);
            agreed += written == 16 ? 1 : 0;
            TestContext.Current.SendDiagnosticMessage(string.Create(
                CultureInfo.InvariantCulture, $"{model.Shape.Architecture} {model.Shape.Type}: probabilities at most {far:0.0000} apart, {written} of 16 greedy tokens alike"));
            Assert.InRange(far, 0, 0.05);   // llama.cpp rounds activations to 8 bits itself
        }

        TestContext.Current.SendDiagnosticMessage($"{agreed} of {models.Count} wrote the same 16 tokens");
        Assert.InRange(agreed, models.Count * 2 / 3, models.Count);
    }

    // K types have blocks of 256.
    private static TinyGguf Model(string architecture, string type) => type.EndsWith('K')
        ? new(new() { Architecture = architecture, Type = type, Hidden = 256, Inner = 256, HeadSize = 64, Tied = true })
        : new(new() { Architecture = architecture, Type = type, Tied = type == "Q8_0", Factors = architecture == "llama" && type == "F16" });

    private static void SameContent(string path, JsonElement peer)
    {
        using var file = GgufFile.Open(path);
        var tensors = peer.GetProperty("tensors").EnumerateArray().ToDictionary(t => t.GetProperty("name").GetString()!);
        Assert.Equal(file.Tensors.Keys.Order(), tensors.Keys.Order());
        foreach (var (name, tensor) in file.Tensors)
        {
            var sizes = tensors[name].GetProperty("sizes").EnumerateArray().Select(size => size.GetInt64()).ToArray();
            Assert.Equal((tensor.Type.Code, tensor.Columns, tensor.Rows), (tensors[name].GetProperty("type").GetUInt32(), (int)sizes[0], sizes.Skip(1).Aggregate(1L, (a, b) => a * b)));
        }

        foreach (var (key, value) in file.Metadata)
        {
            Assert.Equal(JsonSerializer.Serialize(value is double real ? (float)real : value is double[] reals ? reals.Select(r => (float)r) : value),
                Rounded(peer.GetProperty("metadata").GetProperty(key)));
        }
    }

    private static string Rounded(JsonElement value) => value.ValueKind == JsonValueKind.Number && value.GetDouble() % 1 != 0
        ? JsonSerializer.Serialize((float)value.GetDouble()) : JsonSerializer.Serialize(JsonSerializer.Deserialize<object>(value));

    private async Task<(int Written, double Far)> CompareAsync(TinyGguf model, JsonElement peer, int[] tokens)
    {
        var imported = await bench.ImportAsync(model.File, accuracy: 0);
        using var loop = ImportBench.Open(imported);
        var far = 0.0;
        var at = 0;
        foreach (var theirs in peer.GetProperty("probabilities").EnumerateArray())
        {
            var ours = loop.Read(tokens.AsSpan(at, 8), Cancel);
            at += 8;
            TensorPrimitives.SoftMax(ours, ours);
            foreach (var pair in theirs.EnumerateArray())
            {
                far = Math.Max(far, Math.Abs(ours[pair[0].GetInt32()] - pair[1].GetDouble()));
            }
        }

        Assert.Equal(8, peer.GetProperty("probabilities").GetArrayLength());
        loop.Rewind(0, 64);
        var next = TensorPrimitives.IndexOfMax(loop.Read(tokens.AsSpan(0, 8), Cancel));
        var alike = 0;
        foreach (var token in peer.GetProperty("written").EnumerateArray())
        {
            if (next != token.GetInt32())
            {
                break;
            }

            alike++;
            next = TensorPrimitives.IndexOfMax(loop.Read([next], Cancel));
        }

        return (alike, far);
    }

    private async Task<string> RunAsync(string[] arguments)
    {
        var folder = Environment.GetEnvironmentVariable("DOCENT_PEERS") ?? Directory.CreateDirectory(bench.PathOf("peers")).FullName;
        if (!Directory.Exists(Path.Combine(folder, "node_modules")))
        {
            await File.WriteAllTextAsync(Path.Combine(folder, "package.json"), """{"private":true,"type":"module"}""", Cancel);
            await RunAsync("npm", ["install", "--no-audit", "--no-fund", "--ignore-scripts", "node-llama-cpp@3.22.1", "@huggingface/gguf@0.4.6"], folder);
        }

        var script = Path.Combine(folder, "import-peers.js");
        await File.WriteAllTextAsync(script, Script, Cancel);
        var result = bench.PathOf("result.json");
        await RunAsync("node", [script, result, .. arguments], folder);
        return await File.ReadAllTextAsync(result, Cancel);
    }

    private static async Task RunAsync(string program, string[] arguments, string folder)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEndAsync(Cancel);
        await process.StandardOutput.ReadToEndAsync(Cancel);
        await process.WaitForExitAsync(Cancel);
        Assert.True(process.ExitCode == 0, await errors);
    }
}
