using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Rag.Inference.Serving;

/// <summary>Reads a request's fields; a field of the wrong kind is refused by its name.</summary>
internal sealed class RequestReader(JsonElement root)
{
    public static async Task<RequestReader> ReadAsync(HttpRequest request, CancellationToken cancel)
    {
        try
        {
            using var json = await JsonDocument.ParseAsync(request.Body, default, cancel).ConfigureAwait(false);
            return json.RootElement.ValueKind == JsonValueKind.Object ? new(json.RootElement.Clone()) : throw Invalid("The request is no JSON object.");
        }
        catch (JsonException)
        {
            throw Invalid("The request is not valid JSON.");
        }
    }

    public static InferenceException Invalid(string message) => new(InferenceFailure.InvalidOption, message);

    public JsonElement? Find(string name) => root.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    public string? Text(string name) => Find(name) is not { } value ? null
        : value.ValueKind == JsonValueKind.String ? value.GetString() : throw Invalid($"{name} must be a text.");

    public bool Flag(string name) => Find(name) is { } value && (value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : throw Invalid($"{name} must be true or false."));

    public float? Number(string name) => Find(name) is not { } value ? null
        : value.ValueKind == JsonValueKind.Number ? value.GetSingle() : throw Invalid($"{name} must be a number.");

    public long? Whole(string name) => Find(name) is not { } value ? null
        : value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) ? number : throw Invalid($"{name} must be a whole number.");

    /// <summary>One text, or a list of texts.</summary>
    public List<string>? Texts(string name) => Find(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.String } one => [one.GetString()!],
        { ValueKind: JsonValueKind.Array } many when many.EnumerateArray().All(text => text.ValueKind == JsonValueKind.String) => [.. many.EnumerateArray().Select(text => text.GetString()!)],
        _ => throw Invalid($"{name} must be a text or a list of texts."),
    };

    /// <summary>Refuses another model than ours, and fields that would change the answer and are not known here.</summary>
    public void Check(string model, params string[] unknown)
    {
        if (Text("model") is { } wanted && wanted != model)
        {
            throw Invalid($"The model here is {model}, not {wanted}.");
        }

        foreach (var name in unknown)
        {
            // An empty list, 0, 1 and false are what clients send for "no".
            if (Find(name) is { } value && value.ValueKind is not JsonValueKind.False && !(value.ValueKind == JsonValueKind.Array && value.GetArrayLength() == 0)
                && !(value.ValueKind == JsonValueKind.Number && name == "n" && value.GetRawText() == "1"))
            {
                throw Invalid($"{name} is not known here.");
            }
        }
    }
}
