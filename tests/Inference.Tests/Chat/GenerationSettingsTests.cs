using System.Text.Json;
using Microsoft.Extensions.AI;
using Rag.Inference.Chat;

namespace Rag.Inference.Tests.Chat;

public sealed class GenerationSettingsTests
{
    public static TheoryData<string, ChatOptions> Wrong => new()
    {
        { "Temperature", new() { Temperature = -0.1f } },
        { "Temperature", new() { Temperature = float.NaN } },
        { "TopP", new() { TopP = 0 } },
        { "TopP", new() { TopP = 1.1f } },
        { "TopK", new() { TopK = 0 } },
        { "MaxOutputTokens", new() { MaxOutputTokens = 0 } },
        { "FrequencyPenalty", new() { FrequencyPenalty = 3 } },
        { "PresencePenalty", new() { PresencePenalty = -3 } },
        { "repetitionPenalty", new() { AdditionalProperties = new() { ["repetitionPenalty"] = 0.0 } } },
        { "repetitionPenalty", new() { AdditionalProperties = new() { ["repetitionPenalty"] = "much" } } },
        { "stop sequence", new() { StopSequences = ["a", ""] } },
        { "chat model is", new() { ModelId = "gpt" } },
        { "tools", new() { Tools = [AIFunctionFactory.Create(() => 1, "one")] } },
        { "ResponseFormat", new() { ResponseFormat = ChatResponseFormat.ForJsonSchema(JsonDocument.Parse("{}").RootElement) } },
        { "StopSequences", new() { ResponseFormat = ChatResponseFormat.Json, StopSequences = ["x"] } },
    };

    [Fact]
    public void From_Nothing_TakesTheModelsDefaults()
    {
        var settings = GenerationSettings.From(null, ShippedModels.ChatFolder.Manifest, new InferenceOptions { MaxOutputTokens = 99 });
        Assert.Equal((99, 0f, 1.1f), (settings.MaxOutputTokens, settings.Temperature, settings.RepetitionPenalty));
    }

    [Theory]
    [MemberData(nameof(Wrong))]
    public void From_WrongOption_NamesIt(string name, ChatOptions request)
    {
        var error = Assert.Throws<InferenceException>(() => GenerationSettings.From(request, ShippedModels.ChatFolder.Manifest, new()));
        Assert.Equal(InferenceFailure.InvalidOption, error.Reason);
        Assert.Contains(name, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("TopK", 40, 1f, 0f)]
    [InlineData("TopP", null, 0.9f, 0f)]
    [InlineData("minP", null, 1f, 0.1f)]
    public void From_ACutWithoutTemperature_IsRefusedByItsName(string name, int? topK, float topP, float minP)
    {
        var request = new ChatOptions { Temperature = 0, TopK = topK, TopP = topP, AdditionalProperties = new() { [InferenceProperties.MinP] = minP } };
        var error = Assert.Throws<InferenceException>(() => GenerationSettings.From(request, ShippedModels.ChatFolder.Manifest, new()));
        Assert.Equal(InferenceFailure.InvalidOption, error.Reason);
        Assert.Contains(name, error.Message, StringComparison.Ordinal);

        request.Temperature = 1;
        Assert.Equal(minP, GenerationSettings.From(request, ShippedModels.ChatFolder.Manifest, new()).MinP);
    }

    [Fact]
    public void Next_MinP_NeverDrawsWhatIsLessLikelyThanItsShare()
    {
        var request = new ChatOptions { Temperature = 1, Seed = 3, AdditionalProperties = new() { [InferenceProperties.MinP] = 0.3, [InferenceProperties.RepetitionPenalty] = 1.0 } };
        var sampler = new Sampler(GenerationSettings.From(request, ShippedModels.ChatFolder.Manifest, new()), new HashSet<int>());
        var drawn = new HashSet<int>();
        for (var i = 0; i < 200; i++)
        {
            drawn.Add(sampler.Next([MathF.Log(0.6f), MathF.Log(0.2f), MathF.Log(0.1f), MathF.Log(0.1f)]));
        }

        Assert.Equal([0, 1], drawn.Order());
    }
}
