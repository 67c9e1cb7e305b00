using Rag.Inference.Runtime;

namespace Rag.Inference.Tests.Runtime;

/// <summary>What is said to be missing, over a made-up list of providers and a folder of empty files.</summary>
public sealed class CudaProbeTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("rag-native-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void EverythingThere_HasNoProblem()
    {
        Put("libonnxruntime.so", "libonnxruntime_providers_shared.so", "libonnxruntime_providers_cuda.so");
        var native = new Native();
        var probe = new CudaProbe(folder, native);
        Assert.Null(probe.TakeFolder());
        Assert.Equal(folder, native.Used);
        Assert.Null(probe.FindProblem());
    }

    [Theory]
    [InlineData("libonnxruntime.so", "has libonnxruntime.so; libonnxruntime_providers_shared.so and libonnxruntime_providers_cuda.so are missing.")]
    [InlineData("libonnxruntime_providers_cuda.so libonnxruntime.so", "has libonnxruntime.so and libonnxruntime_providers_cuda.so; libonnxruntime_providers_shared.so is missing.")]
    [InlineData("libonnxruntime_providers_shared.so libonnxruntime.so", "has libonnxruntime.so and libonnxruntime_providers_shared.so; libonnxruntime_providers_cuda.so is missing.")]
    [InlineData("", "has nothing of ONNX Runtime; libonnxruntime.so, libonnxruntime_providers_shared.so and libonnxruntime_providers_cuda.so are missing.")]
    public void FilesMissing_NamesThoseThatAreThereAndThoseThatAreNot(string present, string said)
    {
        Put(present.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal($"{folder} {said}", new CudaProbe(folder, new Native()).FindProblem());
    }

    [Fact]
    public void OnWindows_AsksForItsNames()
    {
        Put("onnxruntime.dll");
        var probe = new CudaProbe(folder, new Native { Files = NativeFiles.Windows });
        Assert.Null(probe.TakeFolder());
        Assert.EndsWith("onnxruntime_providers_shared.dll and onnxruntime_providers_cuda.dll are missing.", probe.FindProblem(), StringComparison.Ordinal);
    }

    [Fact]
    public void SystemWithoutCuda_SaysSo() => Assert.Equal(
        "CUDA does not exist for this system.", new CudaProbe(null, new Native { Files = new("libonnxruntime.dylib", "", "", "") }).FindProblem());

    [Fact]
    public void BuiltInWithoutCuda_SaysHowToGetIt()
    {
        var problem = new CudaProbe(null, new Native { List = ["CPUExecutionProvider"] }).FindProblem();
        Assert.Contains("-p:OnnxRuntimeFlavor=Gpu", problem, StringComparison.Ordinal);
        Assert.Contains("Inference:NativeFolder", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void FolderWithoutCudaInside_NamesTheLibrary()
    {
        Put("libonnxruntime.so", "libonnxruntime_providers_shared.so", "libonnxruntime_providers_cuda.so");
        Assert.Equal($"The libonnxruntime.so in {folder} was built without CUDA.", new CudaProbe(folder, new Native { List = ["CPUExecutionProvider"] }).FindProblem());
    }

    [Fact]
    public void DriverMissing_IsNamed() => Assert.Equal("NVIDIA's driver is missing (libcuda.so.1).", new CudaProbe(null, new Native { Driver = false }).FindProblem());

    [Fact]
    public void ProviderRefused_GivesTheRuntimesOwnWords() => Assert.Equal(
        "ONNX Runtime says: libcudnn.so.9: cannot open shared object file",
        new CudaProbe(null, new Native { Error = "libcudnn.so.9: cannot open shared object file" }).FindProblem());

    [Fact]
    public void TakeFolder_NotThereOrEmptyOrRefused_SaysWhy()
    {
        var native = new Native();
        Assert.Null(new CudaProbe(" ", native).TakeFolder());
        Assert.Contains("there is no such folder", new CudaProbe(Path.Combine(folder, "none"), native).TakeFolder(), StringComparison.Ordinal);
        Assert.Contains("it has no libonnxruntime.so", new CudaProbe(folder, native).TakeFolder(), StringComparison.Ordinal);
        Assert.Null(native.Used);
        Put("libonnxruntime.so");
        Assert.Equal("Too old.", new CudaProbe(folder, new Native { Refusal = "Too old." }).TakeFolder());
    }

    [Fact]
    public void NativeRuntime_FileIsNoLibrary_IsNotTaken()
    {
        Put(NativeFiles.Current.Core);
        Assert.Contains("cannot be loaded", new NativeRuntime().Use(folder), StringComparison.Ordinal);
    }

    private void Put(params string[] names) => Array.ForEach(names, name => File.WriteAllBytes(Path.Combine(folder, name), []));

    private sealed class Native : INativeRuntime
    {
        public NativeFiles Files { get; init; } = NativeFiles.Linux;

        public string[] List { get; init; } = ["CUDAExecutionProvider", "CPUExecutionProvider"];

        public bool Driver { get; init; } = true;

        public string? Error { get; init; }

        public string? Refusal { get; init; }

        public string? Used { get; private set; }

        public string? Use(string folder)
        {
            Used = Refusal is null ? folder : null;
            return Refusal;
        }

        public IReadOnlyList<string> Providers() => List;

        public bool CanLoad(string library) => library == Files.Driver && Driver;

        public string? TryCuda() => Error;
    }
}
