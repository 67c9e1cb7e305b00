using System.Globalization;
using System.Text.Json;

namespace Rag.Benchmarks;

/// <param name="Seconds">Null: not measured, and <paramref name="Reason"/> says why.</param>
internal sealed record HnswFigures(double? Seconds, double Recall, double QueryMilliseconds, string? Reason)
{
    public override string ToString() => Seconds is null
        ? $"not measured: {Reason}"
        : string.Create(CultureInfo.InvariantCulture, $"{Seconds:0.00} s (recall@10 {Recall:0.000}, {QueryMilliseconds:0.00} ms a query at ef = 100)");
}

/// <summary>Builds the same index with hnswlib-node, installed from the npm registry into a folder that is deleted afterwards.</summary>
internal static class HnswLib
{
    private const string Version = "3.0.0";

    private const string Script = """
        const { HierarchicalNSW } = require('hnswlib-node');
        const fs = require('fs');
        const [stored, asked, m, construction] = process.argv.slice(2);
        const dimensions = 384;
        const read = path => {
          const bytes = fs.readFileSync(path);
          const all = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
          return Array.from({ length: all.length / dimensions }, (_, i) => Array.from(all.subarray(i * dimensions, (i + 1) * dimensions)));
        };
        const vectors = read(stored), queries = read(asked);
        const index = new HierarchicalNSW('ip', dimensions);
        index.initIndex(vectors.length, Number(m), Number(construction), 100);
        const start = process.hrtime.bigint();
        vectors.forEach((vector, i) => index.addPoint(vector, i));
        index.setEf(100);
        const first = index.searchKnn(queries[0], 10);
        const seconds = Number(process.hrtime.bigint() - start) / 1e9;
        const searched = process.hrtime.bigint();
        const found = queries.map(query => index.searchKnn(query, 10).neighbors);
        const milliseconds = Number(process.hrtime.bigint() - searched) / 1e6 / queries.length;
        console.log(JSON.stringify({ seconds, milliseconds, found, first: first.neighbors.length }));
        """;

    public static async Task<HnswFigures> RunAsync(string folder, float[][] vectors, float[][] queries, int m, int construction, CancellationToken cancel)
    {
        try
        {
            var installed = Path.Combine(folder, "node_modules");
            if (!Directory.Exists(installed))
            {
                await File.WriteAllTextAsync(Path.Combine(folder, "package.json"), "{\"private\":true}", cancel);
                await File.WriteAllTextAsync(Path.Combine(folder, "run.js"), Script, cancel);
                await StartAsync(folder, "npm", ["install", "--no-audit", "--no-fund", $"hnswlib-node@{Version}"], cancel);
                await StartAsync(folder, "npm", ["rebuild", "hnswlib-node"], cancel);   // compiles it, also where install scripts are off
                VectorFigures.Write(Path.Combine(folder, "stored"), vectors);
                VectorFigures.Write(Path.Combine(folder, "asked"), queries);
            }

            var output = await StartAsync(folder, "node", ["run.js", "stored", "asked", $"{m}", $"{construction}"], cancel);
            var result = JsonDocument.Parse(output).RootElement;
            var recall = result.GetProperty("found").EnumerateArray()
                .Select((found, i) => found.EnumerateArray().Count(place => IndexData.Exact(vectors, queries[i]).Contains(place.GetInt64())) / 10.0).Average();
            return new HnswFigures(result.GetProperty("seconds").GetDouble(), recall, result.GetProperty("milliseconds").GetDouble(), null);
        }
        catch (Exception error) when (error is InvalidOperationException or System.ComponentModel.Win32Exception or JsonException)
        {
            return new HnswFigures(null, 0, 0, error.Message.ReplaceLineEndings(" "));
        }
    }

    private static async Task<string> StartAsync(string folder, string program, string[] arguments, CancellationToken cancel) =>
        (await Programs.RunAsync(program, arguments, cancel, folder)).Output;
}
