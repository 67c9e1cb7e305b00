using System.Globalization;
using Rag.Inference.Models;
using Rag.Inference.Runtime;
using Rag.Web.Admin;
using Rag.Web.Documents;

namespace Rag.Web.Composition;

/// <summary>The models on the status page: where each runs and why, how fast, who waits.</summary>
internal sealed class ModelsStatus(InferenceStatus inference) : IStatusSource
{
    public Task<StatusSection> ReadAsync(CancellationToken cancel) =>
        Task.FromResult(new StatusSection(10, "Models", [.. inference.Models.SelectMany(Lines)]));

    private static IEnumerable<StatusLine> Lines(ModelStatus model)
    {
        var name = model.Kind == ModelKind.Chat ? "Chat model" : "Embedding model";
        yield return model.State switch
        {
            ModelState.Failed => new StatusLine(name, $"{model.Id}: {model.Message}", StatusLevel.Error),
            ModelState.Ready => new StatusLine(name, model.Id),
            ModelState.Loading => new StatusLine(name, $"{model.Id}, loading"),
            _ => new StatusLine(name, model.Endpoint is null ? $"{model.Id}, not loaded yet" : $"{model.Id}, not asked yet"),
        };
        if (model.Endpoint is { } endpoint)
        {
            yield return new StatusLine("Runs at", endpoint);
        }

        if (model.Note is { } note)
        {
            yield return new StatusLine("Folder", note);
        }

        if (model.Provider is { } provider)
        {
            yield return new StatusLine("Runs on", $"{(provider == ExecutionProvider.Cuda ? "CUDA" : "CPU")}. {model.ProviderReason}".TrimEnd());
        }

        if (model.WeightBytes is { } bytes)
        {
            yield return new StatusLine("Weights", $"{FileSize.Words(bytes)} ({model.Graph})");
        }

        if (model.TokensPerSecond is { } rate)
        {
            yield return new StatusLine(
                model.Kind == ModelKind.Chat ? "Last answer" : "Reads", $"{rate.ToString(rate < 100 ? "0.0" : "N0", CultureInfo.InvariantCulture)} tokens/s");
        }

        if (model.Endpoint is null)
        {
            yield return new StatusLine("Waiting", model.QueueLength.ToString(CultureInfo.InvariantCulture));
        }
    }
}
