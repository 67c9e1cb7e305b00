using Microsoft.ML.OnnxRuntime;
using Rag.Inference.Chat.Drafts;
using Rag.Inference.Models;

namespace Rag.Inference.Runtime;

/// <summary>A graph opened by ONNX Runtime.</summary>
/// <param name="Drafts">The same weights in a graph that reads several guessed tokens; null where there is none.</param>
/// <param name="Weights">What both sessions share; to be freed after them.</param>
internal sealed record OpenGraph(InferenceSession Session, OnnxGraphFile File, ProviderChoice Provider, InferenceSession? Drafts = null, IDisposable? Weights = null);

/// <summary>Opens a model's graph after checking every file that native code is going to read.</summary>
internal sealed class SessionFactory(InferenceOptions options, ExecutionProviderSelector selector)
{
    // Beyond it a graph holds its weights itself, and a second one would hold them again.
    private const long LargestGraph = 64 << 20;

    /// <summary>For a single use on the CPU: weights stay in their files instead of being packed anew for the kernels. Slow, in little memory.</summary>
    /// <exception cref="InferenceException">Unavailable: a file is missing or changed, or ONNX Runtime refuses the graph.</exception>
    public OpenGraph OpenUnpacked(ModelFolder folder)
    {
        SharedThreads.Create(options.Threads);
        return OnCpu(folder, new(ExecutionProvider.Cpu, "For a trial."), 0, unpacked: true);
    }

    /// <param name="guesses">Tokens of one run of a second session for guesses, see <see cref="DraftGraph"/>; 0: none is wanted.</param>
    /// <exception cref="InferenceException">Unavailable: a file is missing or changed, or the provider is missing.</exception>
    public OpenGraph Open(ModelFolder folder, int guesses = 0)
    {
        SharedThreads.Create(options.Threads);
        var choice = selector.Select(folder);
        if (choice.Provider == ExecutionProvider.Cuda)
        {
            try
            {
                return Open(folder, folder.CudaGraph!, choice, 0);
            }
            catch (OnnxRuntimeException error) when (options.Provider == ExecutionProvider.Auto)
            {
                choice = new(ExecutionProvider.Cpu, $"CUDA refused this model: {error.Message}");
            }
            catch (OnnxRuntimeException error)
            {
                throw new InferenceException(InferenceFailure.Unavailable, $"CUDA refused the model {folder.Manifest.Id}: {error.Message}", error);
            }
        }

        return OnCpu(folder, choice, guesses);
    }

    private OpenGraph OnCpu(ModelFolder folder, ProviderChoice choice, int guesses, bool unpacked = false)
    {
        try
        {
            return Open(folder, folder.Manifest.Graphs.Cpu, choice, guesses, unpacked);
        }
        catch (OnnxRuntimeException error)
        {
            throw new InferenceException(InferenceFailure.Unavailable, $"ONNX Runtime refused the model {folder.Manifest.Id}: {error.Message}", error);
        }
    }

    private OpenGraph Open(ModelFolder folder, string graph, ProviderChoice choice, int guesses, bool unpacked = false)
    {
        var path = folder.Verify(graph);
        OnnxGraphFile file;
        try
        {
            file = OnnxGraphFile.Read(path);
        }
        catch (InvalidDataException error)
        {
            throw new InferenceException(InferenceFailure.Unavailable, $"The model file {path} cannot be used: {error.Message}", error);
        }

        var bytes = new FileInfo(path).Length;
        foreach (var data in file.DataFiles)
        {
            bytes += new FileInfo(folder.Verify(Path.Combine(Path.GetDirectoryName(graph) ?? "", data))).Length;
        }

        OrtEnv.Instance().DisableTelemetryEvents();   // Windows knows no variable; see NoTelemetry
        choice = choice with { Graph = graph, Bytes = bytes };
        if (guesses > 0 && file.Operators.Contains(DraftGraph.Attention) && new FileInfo(path).Length < LargestGraph && WithDrafts(path, guesses) is { } both)
        {
            return new(both.Session, file, choice, both.Drafts, both.Weights);
        }

        using var session = Options(choice.Provider);
        if (unpacked)
        {
            session.AddSessionConfigEntry("session.disable_prepacking", "1");
        }

        return new(new InferenceSession(path, session), file, choice);
    }

    // Null: the graph is of a kind that cannot be rewritten, or ONNX Runtime refuses the result; answers are the same without it, only slower.
    private (InferenceSession Session, InferenceSession Drafts, SharedWeights Weights)? WithDrafts(string path, int tokens)
    {
        SharedWeights? weights = null;
        InferenceSession? first = null;
        try
        {
            var model = File.ReadAllBytes(path);
            if (DraftGraph.Rewrite(model, tokens) is not { } rewritten)
            {
                return null;
            }

            weights = SharedWeights.Map(path, model);
            using var options = Options(ExecutionProvider.Cpu);
            using var draftOptions = Options(ExecutionProvider.Cpu);
            draftOptions.AddSessionConfigEntry("session.model_external_initializers_file_folder_path", Path.GetDirectoryName(path));
            first = weights.Open(options, (settings, packed) => new InferenceSession(path, settings, packed));
            var drafts = weights.Open(draftOptions, (settings, packed) => new InferenceSession(rewritten, settings, packed));
            weights.GiveBack();
            return (first, drafts, weights);
        }
        catch (Exception error) when (error is OnnxRuntimeException or InvalidDataException)
        {
            first?.Dispose();
            weights?.Dispose();
            return null;
        }
    }

    private SessionOptions Options(ExecutionProvider provider)
    {
        var session = new SessionOptions
        {
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };
        if (SharedThreads.Create(options.Threads))
        {
            session.DisablePerSessionThreads();
        }
        if (provider == ExecutionProvider.Cuda)
        {
            session.AppendExecutionProvider_CUDA();
        }

        return session;
    }
}
