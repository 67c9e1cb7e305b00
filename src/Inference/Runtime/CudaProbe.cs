namespace Rag.Inference.Runtime;

/// <summary>Finds out whether CUDA can be used and, where it cannot, what is missing, by name. The cheap questions come first.</summary>
/// <param name="folder">Of <c>Inference:NativeFolder</c>; null or empty: what was built in.</param>
internal sealed class CudaProbe(string? folder, INativeRuntime native)
{
    private readonly string? folder = string.IsNullOrWhiteSpace(folder) ? null : Path.GetFullPath(folder);

    /// <summary>Takes ONNX Runtime from the folder. Before the first use of ONNX Runtime, or it comes too late.</summary>
    /// <returns>Null, or why it is not taken from there, as a sentence.</returns>
    public string? TakeFolder() =>
        folder is null ? null
        : !Directory.Exists(folder) ? $"Inference:NativeFolder is {folder}, and there is no such folder."
        : !Has(native.Files.Core) ? $"Inference:NativeFolder is {folder}, and it has no {native.Files.Core}."
        : native.Use(folder);

    /// <summary>Null when CUDA can be used, else what is missing, in a sentence or two.</summary>
    public string? FindProblem()
    {
        var files = native.Files;
        if (!files.HasCuda)
        {
            return "CUDA does not exist for this system.";
        }

        if (folder is not null && files.ForCuda.Where(name => !Has(name)).ToArray() is { Length: > 0 } missing)
        {
            var found = files.ForCuda.Except(missing).ToArray();
            return $"{folder} has {(found.Length > 0 ? List(found) : "nothing of ONNX Runtime")}; {List(missing)} {(missing.Length > 1 ? "are" : "is")} missing.";
        }

        if (!native.Providers().Contains("CUDAExecutionProvider"))
        {
            return folder is null
                ? $"This program was built with the CPU flavour of ONNX Runtime. Build it with -p:OnnxRuntimeFlavor=Gpu, or put {List(files.ForCuda)} into a folder and name it in Inference:NativeFolder."
                : $"The {files.Core} in {folder} was built without CUDA.";
        }

        if (!native.CanLoad(files.Driver))
        {
            return $"NVIDIA's driver is missing ({files.Driver}).";
        }

        return native.TryCuda() is { } error ? $"ONNX Runtime says: {error}" : null;
    }

    private bool Has(string name) => File.Exists(Path.Combine(folder!, name));

    private static string List(IReadOnlyList<string> names) => names.Count == 1 ? names[0] : string.Join(", ", names.SkipLast(1)) + " and " + names[^1];
}
