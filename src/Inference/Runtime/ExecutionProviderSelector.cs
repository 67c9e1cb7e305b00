using Rag.Inference.Models;

namespace Rag.Inference.Runtime;

/// <summary>Where one model runs (never <c>Auto</c>), and why, in a sentence for the status page.</summary>
internal sealed record ProviderChoice(ExecutionProvider Provider, string Reason)
{
    /// <summary>The graph that was opened, relative to the model's folder.</summary>
    public string? Graph { get; init; }

    /// <summary>Bytes of the graph and its weights.</summary>
    public long? Bytes { get; init; }
}

/// <summary>Chooses the execution provider of each model.</summary>
/// <param name="cudaProblem">Null when CUDA can be used, else what is missing, as a sentence.</param>
/// <param name="folderProblem">Why the native library was not taken from the configured folder; null when it was, or none is configured.</param>
internal sealed class ExecutionProviderSelector(ExecutionProvider wanted, Func<string?> cudaProblem, string? folderProblem = null)
{
    private readonly Lazy<string?> problem = new(() => folderProblem ?? cudaProblem());

    /// <exception cref="InferenceException">Unavailable: CUDA, or a library of one's own, was asked for and is missing.</exception>
    public void CheckAtStart()
    {
        if (wanted == ExecutionProvider.Cuda && problem.Value is { } missing)
        {
            throw new InferenceException(
                InferenceFailure.Unavailable,
                $"Inference:Provider is cuda, but CUDA cannot be used. {missing} Set Inference:Provider to auto or cpu, or repair the CUDA installation.");
        }

        if (wanted == ExecutionProvider.Cpu && folderProblem is not null)
        {
            throw new InferenceException(InferenceFailure.Unavailable, $"{folderProblem} Correct Inference:NativeFolder or leave it empty.");
        }
    }

    /// <exception cref="InferenceException">Unavailable: CUDA, or a library of one's own, was asked for and is missing.</exception>
    public ProviderChoice Select(ModelFolder model)
    {
        CheckAtStart();
        if (wanted == ExecutionProvider.Cpu)
        {
            return new(ExecutionProvider.Cpu, "Inference:Provider is cpu.");
        }

        if (model.CudaGraph is null)
        {
            return new(ExecutionProvider.Cpu, $"This model has no graph for CUDA: its folder has no {model.Manifest.Graphs.Cuda ?? ModelFolder.HalfGraph}.");
        }

        return problem.Value is { } missing
            ? new(ExecutionProvider.Cpu, $"CUDA cannot be used. {missing}")
            : new(ExecutionProvider.Cuda, wanted == ExecutionProvider.Cuda ? "Inference:Provider is cuda." : "CUDA works on this machine.");
    }
}
