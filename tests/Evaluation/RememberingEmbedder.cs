using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.AI;

namespace Rag.Evaluation;

/// <summary>The shipped embedding model; remembers every vector, on request in a file, so that a second run only searches.</summary>
internal sealed class RememberingEmbedder : IEmbeddingGenerator<string, Embedding<float>>
{
    private const int KeyBytes = 16;

    private readonly ConcurrentDictionary<string, float[]> vectors = new();
    private readonly IEmbeddingGenerator<string, Embedding<float>> inner;
    private readonly FileStream? file;
    private readonly Lock writing = new();

    public RememberingEmbedder(IEmbeddingGenerator<string, Embedding<float>> inner, string? folder)
    {
        this.inner = inner;
        if (folder is not null)
        {
            Directory.CreateDirectory(folder);
            file = new FileStream(Path.Combine(folder, "vectors.bin"), FileMode.OpenOrCreate, FileAccess.ReadWrite);
            Read(file, inner.GetService<EmbeddingGeneratorMetadata>()?.DefaultModelDimensions ?? throw new InvalidOperationException("The model does not tell its dimensions."));
        }
    }

    public async Task<Embedding<float>> QueryAsync(string text, CancellationToken cancel) =>
        (await GenerateAsync([text], new() { AdditionalProperties = new() { ["role"] = "query" } }, cancel))[0];

    public async Task<IReadOnlyList<ReadOnlyMemory<float>>> PassagesAsync(IReadOnlyList<string> texts, CancellationToken cancel) =>
        [.. (await GenerateAsync(texts, new() { AdditionalProperties = new() { ["role"] = "passage" } }, cancel)).Select(embedding => embedding.Vector)];

    public async Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        var texts = values.Select(text => (Text: text, Key: Key($"{options?.AdditionalProperties?["role"]}\n{text}"))).ToList();
        var missing = texts.Where(text => !vectors.ContainsKey(text.Key)).DistinctBy(text => text.Key).ToList();
        foreach (var batch in missing.Chunk(256))
        {
            var made = await inner.GenerateAsync(batch.Select(text => text.Text), options, cancellationToken);
            foreach (var (text, embedding) in batch.Zip(made))
            {
                Keep(text.Key, embedding.Vector.ToArray());
            }
        }

        return new GeneratedEmbeddings<Embedding<float>>(texts.Select(text => new Embedding<float>(vectors[text.Key])));
    }

    public object? GetService(Type serviceType, object? serviceKey = null) => inner.GetService(serviceType, serviceKey);

    public void Dispose() => file?.Dispose();

    private static string Key(string text) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text)), 0, KeyBytes);

    private void Keep(string key, float[] vector)
    {
        vectors[key] = vector;
        lock (writing)
        {
            file?.Write(Convert.FromHexString(key));
            file?.Write(MemoryMarshal.AsBytes(vector.AsSpan()));
        }
    }

    private void Read(FileStream stream, int dimensions)
    {
        var record = new byte[KeyBytes + (dimensions * sizeof(float))];
        while (stream.ReadAtLeast(record, record.Length, throwOnEndOfStream: false) == record.Length)
        {
            vectors[Convert.ToHexString(record, 0, KeyBytes)] = MemoryMarshal.Cast<byte, float>(record.AsSpan(KeyBytes)).ToArray();
        }

        stream.SetLength(vectors.Count * (long)record.Length);   // a run that was cut off left a piece
        stream.Seek(0, SeekOrigin.End);
    }
}
