using Microsoft.ML.OnnxRuntime;
using Rag.Inference.Models;

namespace Rag.Inference.Runtime;

/// <summary>A graph opened by ONNX Runtime.</summary>
internal sealed record OpenGraph(InferenceSession Session, OnnxGraphFile File, ProviderChoice Provider);

/// <summary>Opens a model's graph after checking every file that native code is going to read.</summary>
internal sealed class SessionFactory(InferenceOptions options, ExecutionProviderSelector selector)
{
    /// <exception cref="InferenceException">Unavailable: a file is missing or changed, or the provider is missing.</exception>
    public OpenGraph Open(ModelFolder folder)
    {
        var choice = selector.Select(folder);
        if (choice.Provider == ExecutionProvider.Cuda)
        {
            try
            {
                return Open(folder, folder.CudaGraph!, choice);
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

        try
        {
            return Open(folder, folder.Manifest.Graphs.Cpu, choice);
        }
        catch (OnnxRuntimeException error)
        {
            throw new InferenceException(InferenceFailure.Unavailable, $"ONNX Runtime refused the model {folder.Manifest.Id}: {error.Message}", error);
        }
    }

    private OpenGraph Open(ModelFolder folder, string graph, ProviderChoice choice)
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
        using var session = Options(choice.Provider);
        return new(new InferenceSession(path, session), file, choice with { Graph = graph, Bytes = bytes });
    }

    private SessionOptions Options(ExecutionProvider provider)
    {
        var session = new SessionOptions
        {
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            // ORT counts the machine's cores, not those a container may use.
            IntraOpNumThreads = options.Threads > 0 ? options.Threads : Environment.ProcessorCount,
            InterOpNumThreads = 1,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };
        // Two models and a web server share the cores: an idle model must not burn them.
        session.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        if (provider == ExecutionProvider.Cuda)
        {
            session.AppendExecutionProvider_CUDA();
        }

        return session;
    }
}
