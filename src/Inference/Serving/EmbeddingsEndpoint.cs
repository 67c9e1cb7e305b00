using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;

namespace Rag.Inference.Serving;

/// <summary><c>POST /v1/embeddings</c>. The protocol does not tell questions from passages; <c>input_type</c> (<c>query</c> or <c>passage</c>, the default) does.</summary>
internal static class EmbeddingsEndpoint
{
    public static string Model(IEmbeddingGenerator<string, Embedding<float>> embeddings) => embeddings.GetService<EmbeddingGeneratorMetadata>()?.DefaultModelId ?? "embedding";

    public static async Task<IResult> EmbedAsync(
        HttpContext http, IEmbeddingGenerator<string, Embedding<float>> embeddings, IOptions<ModelServerOptions> limits, CancellationToken cancel)
    {
        var request = await RequestReader.ReadAsync(http.Request, cancel).ConfigureAwait(false);
        var model = Model(embeddings);
        request.Check(model);
        var texts = request.Texts("input") ?? throw RequestReader.Invalid("input must be a text or a list of texts.");
        if (texts.Count == 0 || texts.Count > limits.Value.MaxTexts)
        {
            throw RequestReader.Invalid($"One request takes 1 to {limits.Value.MaxTexts} texts.");
        }

        var packed = request.Text("encoding_format") switch
        {
            null or "float" => false,
            "base64" => true,
            var other => throw RequestReader.Invalid($"encoding_format is float or base64, not {other}."),
        };
        var options = new EmbeddingGenerationOptions { Dimensions = request.Whole("dimensions") is { } size ? (int)Math.Clamp(size, 0, int.MaxValue) : null };
        if (request.Text("input_type") is { } role)
        {
            options.AdditionalProperties = new() { [InferenceProperties.Role] = role };
        }

        var vectors = await embeddings.GenerateAsync(texts, options, cancel).ConfigureAwait(false);
        var tokens = vectors.Usage?.InputTokenCount ?? 0;
        var body = new JsonObject
        {
            ["object"] = "list",
            ["data"] = new JsonArray([.. vectors.Select((vector, index) => new JsonObject { ["object"] = "embedding", ["index"] = index, ["embedding"] = Numbers(vector.Vector.Span, packed) })]),
            ["model"] = model,
            ["usage"] = new JsonObject { ["prompt_tokens"] = tokens, ["total_tokens"] = tokens },
        };
        return Results.Text(body.ToJsonString(), "application/json");
    }

    // Base64 of little-endian floats is what OpenAI's own clients ask for.
    private static JsonNode Numbers(ReadOnlySpan<float> vector, bool packed) => packed
        ? JsonValue.Create(Convert.ToBase64String(MemoryMarshal.AsBytes(vector)))
        : new JsonArray([.. vector.ToArray().Select(number => JsonValue.Create(number))]);
}
