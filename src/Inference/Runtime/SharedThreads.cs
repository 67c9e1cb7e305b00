using Microsoft.ML.OnnxRuntime;

namespace Rag.Inference.Runtime;

/// <summary>
/// ONNX Runtime's environment with one pool of threads for all sessions of the process: with a pool each, an answer and a file being read would fight for the cores.
/// </summary>
internal static class SharedThreads
{
    private static readonly Lock Gate = new();
    private static bool shared;

    /// <summary>Creates the environment at the first call; the number of threads of later calls is ignored.</summary>
    /// <param name="threads">0: every core this process may use. ONNX Runtime would count the machine's.</param>
    /// <returns>Whether sessions can use the pool; not where somebody created the environment before.</returns>
    public static bool Create(int threads)
    {
        lock (Gate)
        {
            if (!OrtEnv.IsCreated)
            {
                NativeHeap.ReturnLargeBlocks();
                using var pool = new OrtThreadingOptions
                {
                    GlobalIntraOpNumThreads = threads > 0 ? threads : Environment.ProcessorCount,
                    GlobalInterOpNumThreads = 1,
                    GlobalSpinControl = false,
                };
                var options = new EnvironmentCreationOptions { logId = "docent", logLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR, threadOptions = pool };
                OrtEnv.CreateInstanceWithOptions(ref options);
                shared = true;
            }

            return shared;
        }
    }
}
