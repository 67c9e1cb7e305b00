using System.Globalization;
using System.Text.Json;

namespace Rag.Benchmarks;

/// <summary>llama.cpp and ONNX Runtime as Node.js programs have them, installed from the npm registry into a folder that is deleted afterwards.</summary>
internal sealed class NodePeers(string folder)
{
    private const string Llama = "node-llama-cpp@3.22.1", Onnx = "onnxruntime-node@1.30.0";

    // Tokens are numbers of the vocabulary: no tokenizer takes part.
    private const string LlamaScript = """
        import { getLlama } from 'node-llama-cpp';
        const [modelPath, threads] = process.argv.slice(2);
        const llama = await getLlama({ gpu: false, build: 'never', logLevel: 'error', maxThreads: Number(threads) });
        const model = await llama.loadModel({ modelPath });
        const prompt = (n, seed) => Array.from({ length: n }, (_, i) => 100 + (i * 7919 + seed * 104729) % 40000);
        const write = async (sequence, tokens, count) => {
          const start = process.hrtime.bigint();
          let first = 0, seen = 0;
          for await (const token of sequence.evaluate(tokens, { temperature: 0, yieldEogToken: true })) {
            seen++;
            if (seen === 1) first = Number(process.hrtime.bigint() - start) / 1e9;
            if (seen > count) break;
          }
          return { prefill: tokens.length / first, decode: count / (Number(process.hrtime.bigint() - start) / 1e9 - first) };
        };
        const result = {};
        for (const length of [512, 1500]) {
          const context = await model.createContext({ contextSize: 2048, batchSize: 512, threads: Number(threads), sequences: 1 });
          const sequence = context.getSequence();
          await write(sequence, prompt(64, 1), 4);
          await sequence.clearHistory();
          result[length] = await write(sequence, prompt(length, 2), 64);
          await context.dispose();
        }
        const context = await model.createContext({ contextSize: 1024, batchSize: 512, threads: Number(threads), sequences: 8 });
        const sequences = Array.from({ length: 8 }, () => context.getSequence());
        const streams = await Promise.all(sequences.map(async (sequence, i) => {
          const steps = sequence.evaluate(prompt(128, 10 + i), { temperature: 0, yieldEogToken: true });
          await steps.next();
          return steps;
        }));
        const start = process.hrtime.bigint();
        await Promise.all(streams.map(async steps => { for (let i = 0; i < 32; i++) await steps.next(); }));
        result.streams = 8 * 32 / (Number(process.hrtime.bigint() - start) / 1e9);
        console.log(JSON.stringify(result));
        process.exit(0);
        """;

    private const string OnnxScript = """
        import { InferenceSession, Tensor } from 'onnxruntime-node';
        import { readFileSync } from 'node:fs';
        const [path, tokens, runs] = process.argv.slice(2);
        const texts = JSON.parse(readFileSync(tokens));
        const session = await InferenceSession.create(path);
        const once = async () => {
          for (let from = 0; from < texts.length; from += 32) {
            const batch = texts.slice(from, from + 32), width = Math.max(...batch.map(t => t.length));
            const ids = new BigInt64Array(batch.length * width), mask = new BigInt64Array(batch.length * width);
            batch.forEach((t, row) => t.forEach((id, i) => { ids[row * width + i] = BigInt(id); mask[row * width + i] = 1n; }));
            const shape = [batch.length, width], feeds = { input_ids: new Tensor('int64', ids, shape), attention_mask: new Tensor('int64', mask, shape) };
            if (session.inputNames.includes('token_type_ids')) feeds.token_type_ids = new Tensor('int64', new BigInt64Array(ids.length), shape);
            await session.run(feeds);
          }
        };
        await once();
        const start = process.hrtime.bigint();
        for (let i = 0; i < Number(runs); i++) await once();
        console.log(texts.reduce((sum, t) => sum + t.length, 0) * Number(runs) / (Number(process.hrtime.bigint() - start) / 1e9));
        """;

    /// <exception cref="InvalidOperationException">npm failed.</exception>
    public async Task InstallAsync(CancellationToken cancel)
    {
        await File.WriteAllTextAsync(Path.Combine(folder, "package.json"), "{\"private\":true,\"type\":\"module\"}", cancel);
        await File.WriteAllTextAsync(Path.Combine(folder, "llama.js"), LlamaScript, cancel);
        await File.WriteAllTextAsync(Path.Combine(folder, "onnx.js"), OnnxScript, cancel);
        await Programs.RunAsync("npm", ["install", "--no-audit", "--no-fund", "--ignore-scripts", Llama, Onnx], cancel, folder);
    }

    /// <returns>Tokens per second.</returns>
    public async Task<ChatSpeed> WriteAsync(string gguf, int threads, CancellationToken cancel)
    {
        var (output, _) = await Programs.RunAsync("node", ["llama.js", gguf, threads.ToString(CultureInfo.InvariantCulture)], cancel, folder);
        var result = JsonDocument.Parse(output.Trim().Split('\n')[^1]).RootElement;
        double Of(string length, string what) => result.GetProperty(length).GetProperty(what).GetDouble();
        return new(Of("512", "prefill"), Of("1500", "prefill"), Of("512", "decode"), Of("1500", "decode"), result.GetProperty("streams").GetDouble());
    }

    /// <returns>Tokens per second, padding not counted.</returns>
    public async Task<double> EmbedAsync(string graph, string tokens, int runs, CancellationToken cancel)
    {
        var (output, _) = await Programs.RunAsync("node", ["onnx.js", graph, tokens, runs.ToString(CultureInfo.InvariantCulture)], cancel, folder);
        return double.Parse(output.Trim(), CultureInfo.InvariantCulture);
    }
}

/// <summary>Tokens per second: reading a prompt, writing behind it, and eight answers at once together.</summary>
internal sealed record ChatSpeed(double Read512, double Read1500, double Write512, double Write1500, double Streams);
