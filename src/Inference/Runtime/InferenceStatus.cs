using Rag.Inference.Models;

namespace Rag.Inference.Runtime;

/// <summary>Whether a model can be used.</summary>
public enum ModelState
{
    /// <summary>Nobody asked for it yet.</summary>
    NotLoaded,
    Loading,
    Ready,

    /// <summary>The message names the file and what to do. The next request tries again.</summary>
    Failed,
}

/// <summary>One model, for the status page.</summary>
/// <param name="Provider">Where it runs; null until it is loaded.</param>
/// <param name="ProviderReason">Why it runs there.</param>
/// <param name="TokensPerSecond">Of the last answer, the prompt not counted; of the last embedding runs, what they read. Null before the first.</param>
/// <param name="QueueLength">Requests that wait.</param>
public sealed record ModelStatus(
    string Id, ModelKind Kind, ModelState State, string? Message, ExecutionProvider? Provider, string? ProviderReason, double? TokensPerSecond, int QueueLength)
{
    /// <summary>Address of the server that runs the model; null: this process does.</summary>
    public string? Endpoint { get; init; }

    /// <summary>What was read off the folder of a model that brings no <c>model.json</c>; null for others.</summary>
    public string? Note { get; init; }

    /// <summary>The graph that was opened, relative to the model's folder; null until it is loaded.</summary>
    public string? Graph { get; init; }

    /// <summary>Bytes of the graph and its weights, about what they take of the memory where the model runs; null until it is loaded.</summary>
    public long? WeightBytes { get; init; }
}

/// <summary>What the models are doing right now.</summary>
public sealed class InferenceStatus
{
    private readonly Func<ModelStatus>[] sources;

    internal InferenceStatus(params Func<ModelStatus>[] sources) => this.sources = sources;

    /// <summary>A snapshot: the chat model, then the embedding model.</summary>
    public IReadOnlyList<ModelStatus> Models => [.. sources.Select(source => source())];
}
