using System.ComponentModel.DataAnnotations;
using Rag.Inference.Runtime;

namespace Rag.Inference;

/// <summary>Where the models lie and how much of the machine they may use. Section <c>Inference</c>.</summary>
public sealed class InferenceOptions
{
    public const string Section = "Inference";

    /// <summary>Folder of model folders. Empty: <c>models/</c> beside the program or in the nearest folder above it.</summary>
    public string? ModelsFolder { get; set; }

    /// <summary>Name of the chat model's folder.</summary>
    [Required, RegularExpression("[A-Za-z0-9][A-Za-z0-9._-]*")]
    public string ChatModel { get; set; } = "smollm2-135m-instruct-int8";

    /// <summary>Name of the embedding model's folder.</summary>
    [Required, RegularExpression("[A-Za-z0-9][A-Za-z0-9._-]*")]
    public string EmbeddingModel { get; set; } = "bge-small-en-v1.5-int8";

    /// <summary>Where the graphs run. <c>Auto</c> takes CUDA when it works and says why when it does not.</summary>
    [EnumDataType(typeof(ExecutionProvider))]
    public ExecutionProvider Provider { get; set; } = ExecutionProvider.Auto;

    /// <summary>
    /// Folder with ONNX Runtime's own files, used instead of those built in: <c>libonnxruntime.so</c> and, for CUDA, <c>libonnxruntime_providers_shared.so</c> and
    /// <c>libonnxruntime_providers_cuda.so</c> (on Windows <c>onnxruntime.dll</c> and so on). Empty: what was built in.
    /// </summary>
    public string? NativeFolder { get; set; }

    /// <summary>Threads of one model run; 0 takes every core this process may use.</summary>
    [Range(0, 256)]
    public int Threads { get; set; }

    /// <summary>Padded tokens in one embedding run (inputs × longest input). A waiting question waits for at most one such run. On two cores more was not faster; see docs/benchmarks.md.</summary>
    [Range(128, 262_144)]
    public int MaxBatchTokens { get; set; } = 384;

    /// <summary>Megabytes for vectors of texts embedded in the last 30 minutes, each found again only within its knowledge base; 0: none are kept.</summary>
    [Range(0, 4_096)]
    public int EmbeddingCacheMegabytes { get; set; } = 32;

    /// <summary>Answers that are written at the same time, at most. Each of several is slower than one alone.</summary>
    [Range(1, 32)]
    public int Slots { get; set; } = 4;

    /// <summary>Megabytes for the KV caches of all answers together; decides how many there can be at once. One answer alone may always have the model's whole context.</summary>
    [Range(16, 1_048_576)]
    public int CacheMegabytes { get; set; } = 384;

    /// <summary>Chat requests that may wait behind the running ones; the next one is refused as busy.</summary>
    [Range(0, 1_000)]
    public int MaxQueueLength { get; set; } = 8;

    /// <summary>Tokens of an answer where the request does not say.</summary>
    [Range(1, 131_072)]
    public int MaxOutputTokens { get; set; } = 256;

    /// <summary>Tokens of prompt and answer together that are used of a model folder without a <c>model.json</c>. Such models state what they can, not what a machine can.</summary>
    [Range(512, 1_048_576)]
    public int MaxContextTokens { get; set; } = 8_192;

    /// <summary>Prompt tokens in one run. Longer pieces need more memory and are not faster.</summary>
    [Range(16, 4_096)]
    public int PrefillChunkTokens { get; set; } = 512;

    /// <summary>Tokens the KV cache holds at first. It grows in steps of this size up to the model's context.</summary>
    [Range(64, 131_072)]
    public int CacheStepTokens { get; set; } = 2_048;

    /// <summary>Guess how an answer goes on where it repeats its passages, and check several guesses in one run. The answer stays the same; quoting gets faster.</summary>
    public bool Speculation { get; set; } = true;

    /// <summary>Load both models in the background as soon as the host starts, so that the first question does not wait for it.</summary>
    public bool LoadAtStart { get; set; } = true;
}
