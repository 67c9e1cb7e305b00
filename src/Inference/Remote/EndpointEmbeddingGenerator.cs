using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;
using Rag.Inference.Embeddings;
using Rag.Inference.Models;
using Rag.Inference.Tokenizers;

namespace Rag.Inference.Remote;

/// <summary>Embeds texts with a model behind <c>/v1/embeddings</c>. Vectors have length 1, whatever the server does.</summary>
internal sealed class EndpointEmbeddingGenerator(EndpointClient client, EmbeddingEndpointOptions options, TimeProvider clock)
    : IEmbeddingGenerator<string, Embedding<float>>
{
    private int dimensions = options.Dimensions;   // 0 until the first vector has come

    public async Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<string> values, EmbeddingGenerationOptions? request = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(values);
        Check(request);
        var prefix = EmbeddingRequest.IsQuery(request) ? options.QueryPrefix : options.PassagePrefix;
        // Some servers refuse a text without anything in it.
        var texts = values.Select(text => TokenEstimate.Cut(prefix + text, options.MaxTokens)).Select(text => text.Length == 0 ? " " : text).ToArray();
        var result = new GeneratedEmbeddings<Embedding<float>>(texts.Length);
        foreach (var batch in texts.Chunk(options.BatchTexts))
        {
            result.AddRange((await RunAsync(batch, cancellationToken).ConfigureAwait(false)).Select(vector => new Embedding<float>(vector) { ModelId = client.Endpoint.Model }));
        }

        return result;
    }

    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        var model = client.Endpoint.Model;
        var known = Volatile.Read(ref dimensions);
        return serviceKey is not null ? null
            : serviceType == typeof(EmbeddingModelInfo) ? new EmbeddingModelInfo(model, model, known, options.MaxTokens, true, "", [])
            : serviceType == typeof(EmbeddingGeneratorMetadata) ? new EmbeddingGeneratorMetadata("openai-compatible", client.Endpoint.Address, model, known > 0 ? known : null)
            : serviceType == typeof(ITextTokenCounter) ? TokenEstimate.Instance
            : serviceType.IsInstanceOfType(this) ? this : null;
    }

    public void Dispose()
    {
    }

    private async Task<float[][]> RunAsync(string[] texts, CancellationToken cancel)
    {
        var body = new JsonObject
        {
            ["model"] = client.Endpoint.Model,
            ["input"] = new JsonArray([.. texts.Select(text => JsonValue.Create(text))]),
            ["encoding_format"] = "float",
        };
        if (options.Dimensions > 0)
        {
            body["dimensions"] = options.Dimensions;
        }

        using var late = new Silence(client.Endpoint, options.TimeoutSeconds, clock, cancel);
        try
        {
            var vectors = await late.WatchAsync(async inTime =>
            {
                using var reply = await client.PostAsync("embeddings", body, inTime).ConfigureAwait(false);
                await using var stream = await reply.Content.ReadAsStreamAsync(inTime).ConfigureAwait(false);
                using var json = await JsonDocument.ParseAsync(stream, default, inTime).ConfigureAwait(false);
                return Vectors(json.RootElement, texts.Length);
            }).ConfigureAwait(false);
            client.Succeeded();
            return vectors;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or FormatException or KeyNotFoundException || EndpointErrors.IsTransport(error))
        {
            throw client.Failed(EndpointErrors.Nonsense(client.Endpoint, "something that is no list of embeddings", error));
        }
        catch (InferenceException error)
        {
            throw client.Failed(error);
        }
    }

    private float[][] Vectors(JsonElement root, int count)
    {
        var vectors = new float[count][];
        var position = 0;
        foreach (var item in root.GetProperty("data").EnumerateArray())
        {
            var index = item.TryGetProperty("index", out var given) ? given.GetInt32() : position;
            position++;
            if (index < 0 || index >= count || vectors[index] is not null)
            {
                throw new FormatException("The vectors are not numbered from 0.");
            }

            float[] vector = [.. item.GetProperty("embedding").EnumerateArray().Select(number => number.GetSingle())];
            if (vector.Length == 0 || !vector.All(float.IsFinite))
            {
                throw new FormatException("A vector is empty or holds something that is no number.");
            }

            Pooling.Normalize(vector);
            vectors[index] = vector;
        }

        if (position != count)
        {
            throw new FormatException($"{position} vectors for {count} texts.");
        }

        Remember(vectors);
        return vectors;
    }

    // Vectors of another size would be compared with the stored ones as if they were alike.
    private void Remember(float[][] vectors)
    {
        var first = Interlocked.CompareExchange(ref dimensions, vectors[0].Length, 0);
        var expected = first == 0 ? vectors[0].Length : first;
        if (vectors.FirstOrDefault(vector => vector.Length != expected) is { } other)
        {
            throw new InferenceException(
                InferenceFailure.Failed,
                $"The server of the embedding model at {client.Endpoint.Shown} gives vectors of {other.Length} numbers where {expected} were expected. Is it another model by now?");
        }
    }

    private void Check(EmbeddingGenerationOptions? request)
    {
        if (request?.Dimensions is { } wanted && wanted != Volatile.Read(ref dimensions))
        {
            throw new InferenceException(InferenceFailure.InvalidOption, $"{client.Endpoint.Model} does not give vectors of {wanted} numbers. Set {EmbeddingEndpointOptions.Section}:Dimensions.");
        }

        if (request?.ModelId is { } id && id != client.Endpoint.Model)
        {
            throw new InferenceException(InferenceFailure.InvalidOption, $"The embedding model is {client.Endpoint.Model}, not {id}.");
        }
    }
}
