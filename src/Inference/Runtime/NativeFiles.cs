namespace Rag.Inference.Runtime;

/// <summary>What the parts of ONNX Runtime and the graphics driver are called on one system.</summary>
/// <param name="Core">ONNX Runtime itself.</param>
/// <param name="Shared">What it loads providers with.</param>
/// <param name="Cuda">The CUDA provider.</param>
/// <param name="Driver">Comes with NVIDIA's driver, not with ONNX Runtime.</param>
internal sealed record NativeFiles(string Core, string Shared, string Cuda, string Driver)
{
    public static NativeFiles Linux { get; } = new("libonnxruntime.so", "libonnxruntime_providers_shared.so", "libonnxruntime_providers_cuda.so", "libcuda.so.1");

    public static NativeFiles Windows { get; } = new("onnxruntime.dll", "onnxruntime_providers_shared.dll", "onnxruntime_providers_cuda.dll", "nvcuda.dll");

    private static NativeFiles MacOs { get; } = new("libonnxruntime.dylib", "", "", "");

    public static NativeFiles Current => OperatingSystem.IsWindows() ? Windows : OperatingSystem.IsMacOS() ? MacOs : Linux;

    /// <summary>CUDA exists for this system.</summary>
    public bool HasCuda => Cuda.Length > 0;

    /// <summary>What a folder must hold for CUDA; ONNX Runtime looks for its providers beside itself.</summary>
    public IReadOnlyList<string> ForCuda => [Core, Shared, Cuda];
}
