using System.Globalization;
using System.Numerics;
using Microsoft.Extensions.AI;
using Rag.Inference.Models;

namespace Rag.Inference.Chat;

/// <summary>One request's settings, checked, with the model's defaults in place of what it left open.</summary>
/// <param name="Temperature">0: always the most likely token.</param>
/// <param name="TopK">Candidates; null: all.</param>
/// <param name="RepetitionPenalty">1: none.</param>
/// <param name="MinP">Tokens less likely than this share of the most likely one are never drawn; 0: none are left out.</param>
/// <param name="Json">The answer is one JSON object; where its tokens run out, the beginning of one.</param>
/// <param name="LogProbabilities">Whether each token's is told.</param>
internal sealed record GenerationSettings(
    int MaxOutputTokens, float Temperature, float TopP, int? TopK, ulong Seed,
    float RepetitionPenalty, float FrequencyPenalty, float PresencePenalty, IReadOnlyList<string> StopSequences,
    float MinP = 0, bool LogProbabilities = false, bool Json = false)
{
    /// <exception cref="InferenceException">InvalidOption: a value out of its range, or something this client does not do.</exception>
    public static GenerationSettings From(ChatOptions? request, ModelManifest model, InferenceOptions options)
    {
        request ??= new();
        Refuse(request.ModelId is { } id && id != model.Id, $"The chat model is {model.Id}, not {request.ModelId}.");
        Refuse(request.Tools is { Count: > 0 }, "The chat model calls no tools.");
        Refuse(request.ResponseFormat is not (null or ChatResponseFormatText or ChatResponseFormatJson), "ResponseFormat must be text or JSON.");
        Refuse(request.ResponseFormat is ChatResponseFormatJson { Schema: not null }, "ResponseFormat cannot have a schema: the chat model writes any JSON object.");
        Refuse(request.ResponseFormat is ChatResponseFormatJson && request.StopSequences is { Count: > 0 }, "StopSequences cannot go with a ResponseFormat of JSON: they would cut the object.");
        Refuse(request.ContinuationToken is not null || request.AllowBackgroundResponses is true, "There are no background responses here.");
        Refuse(request.StopSequences?.Any(string.IsNullOrEmpty) is true, "A stop sequence cannot be empty.");

        var minP = Within(InferenceProperties.MinP, Number(request, InferenceProperties.MinP), 0f, 1f);
        // The most likely token is taken at temperature 0: what cuts the others off would be ignored.
        var temperature = request.Temperature ?? model.Sampling.Temperature;
        Refuse(temperature == 0 && request.TopK > 1, "TopK needs a Temperature above 0.");
        Refuse(temperature == 0 && request.TopP < 1, "TopP needs a Temperature above 0.");
        Refuse(temperature == 0 && minP > 0, $"{InferenceProperties.MinP} needs a Temperature above 0.");

        return new(
            Within("MaxOutputTokens", request.MaxOutputTokens, 1, int.MaxValue) ?? options.MaxOutputTokens,
            Within("Temperature", request.Temperature, 0f, 5f) ?? model.Sampling.Temperature,
            Within("TopP", request.TopP, float.Epsilon, 1f) ?? 1,
            Within("TopK", request.TopK, 1, int.MaxValue),
            request.Seed is { } seed ? (ulong)seed : (ulong)Random.Shared.NextInt64(),
            Within(InferenceProperties.RepetitionPenalty, Number(request, InferenceProperties.RepetitionPenalty), 0.1f, 10f) ?? model.Sampling.RepetitionPenalty,
            Within("FrequencyPenalty", request.FrequencyPenalty, -2f, 2f) ?? 0,
            Within("PresencePenalty", request.PresencePenalty, -2f, 2f) ?? 0,
            [.. request.StopSequences ?? []],
            minP ?? 0,
            Flag(request, InferenceProperties.LogProbabilities),
            request.ResponseFormat is ChatResponseFormatJson);
    }

    /// <summary>A text from the request's additional properties.</summary>
    public static string? Text(ChatOptions? request, string key)
    {
        if (request?.AdditionalProperties?.TryGetValue(key, out var value) is not true || value is null)
        {
            return null;
        }

        Refuse(value is not string, $"{key} must be a text.");
        return (string)value;
    }

    private static float? Number(ChatOptions request, string key)
    {
        if (request.AdditionalProperties?.TryGetValue(key, out var value) is not true || value is null)
        {
            return null;
        }

        Refuse(value is not (float or double or int or decimal), $"{key} must be a number.");
        return Convert.ToSingle(value, CultureInfo.InvariantCulture);
    }

    private static bool Flag(ChatOptions request, string key)
    {
        if (request.AdditionalProperties?.TryGetValue(key, out var value) is not true || value is null)
        {
            return false;
        }

        Refuse(value is not bool, $"{key} must be true or false.");
        return (bool)value;
    }

    private static T? Within<T>(string name, T? value, T least, T most)
        where T : struct, INumber<T>
    {
        // Written so that NaN, which compares with nothing, is refused too.
        Refuse(value is { } given && !(given >= least && given <= most), string.Create(CultureInfo.InvariantCulture, $"{name} must lie between {least} and {most}."));
        return value;
    }

    private static void Refuse(bool wrong, string message)
    {
        if (wrong)
        {
            throw new InferenceException(InferenceFailure.InvalidOption, message);
        }
    }
}
