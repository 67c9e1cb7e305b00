using Microsoft.ML.OnnxRuntime;
using Rag.Inference.Models;

namespace Rag.Inference.Runtime;

/// <summary>Where one model runs (never <c>Auto</c>), and why, in a sentence for the status page.</summary>
internal sealed record ProviderChoice(ExecutionProvider Provider, string Reason);

/// <summary>Chooses the execution provider of each model.</summary>
/// <param name="cudaProblem">Null when CUDA can be used, else what is missing, as a sentence.</param>
internal sealed class ExecutionProviderSelector(ExecutionProvider wanted, Func<string?> cudaProblem)
{
    private readonly Lazy<string?> problem = new(cudaProblem);

    /// <exception cref="InferenceException">Unavailable: CUDA was asked for and is missing.</exception>
    public void CheckAtStart()
    {
        if (wanted == ExecutionProvider.Cuda && problem.Value is { } missing)
        {
            throw new InferenceException(
                InferenceFailure.Unavailable,
                $"Inference:Provider is cuda, but CUDA cannot be used. {missing} Set Inference:Provider to auto or cpu, or repair the CUDA installation.");
        }
    }

    /// <exception cref="InferenceException">Unavailable: CUDA was asked for and is missing.</exception>
    public ProviderChoice Select(ModelManifest model)
    {
        CheckAtStart();
        if (wanted == ExecutionProvider.Cpu)
        {
            return new(ExecutionProvider.Cpu, "Inference:Provider is cpu.");
        }

        if (model.Graphs.Cuda is null)
        {
            return new(ExecutionProvider.Cpu, "This model has no graph for CUDA.");
        }

        return problem.Value is { } missing
            ? new(ExecutionProvider.Cpu, $"CUDA cannot be used. {missing}")
            : new(ExecutionProvider.Cuda, wanted == ExecutionProvider.Cuda ? "Inference:Provider is cuda." : "CUDA works on this machine.");
    }

    /// <summary>Asks the native library that was built in.</summary>
    public static string? FindCudaProblem()
    {
        if (!OrtEnv.Instance().GetAvailableProviders().Contains("CUDAExecutionProvider"))
        {
            return "This program was built with the CPU flavour of ONNX Runtime (build it with -p:OnnxRuntimeFlavor=Gpu).";
        }

        try
        {
            using var options = new SessionOptions();
            options.AppendExecutionProvider_CUDA();
            return null;
        }
        catch (OnnxRuntimeException error)
        {
            return $"ONNX Runtime says: {error.Message}";
        }
    }
}
