using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Rag.Inference.Runtime;

/// <summary>
/// A graph's weights that lie in files of their own, mapped once for several sessions. What ONNX Runtime packs anew for its kernels is shared too, so a second
/// session over the same weights takes a tenth of the memory of the first. Must outlive the sessions.
/// </summary>
internal sealed unsafe partial class SharedWeights : IDisposable
{
    private const int DontNeed = 4;   // MADV_DONTNEED of Linux: the pages are read from the file again if somebody wants them

    private readonly List<(string Name, OrtValue Value)> values = [];
    private readonly Dictionary<string, Mapping> files = [];
    private readonly PrePackedWeightsContainer packed = new();

    private SharedWeights()
    {
    }

    /// <param name="path">The graph; its data files have been verified.</param>
    /// <exception cref="InvalidDataException">The file is no ONNX graph, or a weight lies outside its file.</exception>
    public static SharedWeights Map(string path, ReadOnlyMemory<byte> model)
    {
        var weights = new SharedWeights();
        try
        {
            foreach (var tensor in ExternalTensor.ReadAll(model))
            {
                var data = weights.File(Path.Combine(Path.GetDirectoryName(path)!, tensor.File));
                if (tensor.Offset < 0 || tensor.Bytes < 0 || tensor.Offset > data.Length - tensor.Bytes)
                {
                    throw new InvalidDataException($"The weight {tensor.Name} lies outside of {tensor.File}.");
                }

                weights.values.Add((tensor.Name, OrtValue.CreateTensorValueWithData(
                    OrtMemoryInfo.DefaultInstance, (TensorElementType)tensor.Type, tensor.Shape, data.Start + (nint)tensor.Offset, tensor.Bytes)));
            }

            return weights;
        }
        catch (Exception error) when (error is OnnxRuntimeException or FormatException or OverflowException)
        {
            weights.Dispose();
            throw new InvalidDataException($"The weights cannot be read: {error.Message}", error);
        }
        catch
        {
            weights.Dispose();
            throw;
        }
    }

    /// <param name="open">Opens a session that shares what has been packed.</param>
    public InferenceSession Open(SessionOptions options, Func<SessionOptions, PrePackedWeightsContainer, InferenceSession> open)
    {
        foreach (var (name, value) in values)
        {
            options.AddInitializer(name, value);
        }

        return open(options, packed);
    }

    /// <summary>Gives the pages back that loading has read; most weights live on in packed form only.</summary>
    public void GiveBack()
    {
        if (OperatingSystem.IsLinux())
        {
            foreach (var file in files.Values)
            {
                _ = Advise(file.Start, (nuint)file.Length, DontNeed);
            }
        }
    }

    public void Dispose()
    {
        values.ForEach(value => value.Value.Dispose());
        packed.Dispose();
        foreach (var file in files.Values)
        {
            file.Dispose();
        }
    }

    private Mapping File(string path) => files.TryGetValue(path, out var known) ? known : files[path] = new(path);

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(nint start, nuint length, int advice);

    private sealed class Mapping : IDisposable
    {
        private readonly MemoryMappedFile file;
        private readonly MemoryMappedViewAccessor view;

        public Mapping(string path)
        {
            Length = new FileInfo(path).Length;
            file = MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, 0, MemoryMappedFileAccess.Read);
            view = file.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
            byte* start = null;
            view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
            Start = (nint)start;
        }

        public nint Start { get; }

        public long Length { get; }

        public void Dispose()
        {
            view.SafeMemoryMappedViewHandle.ReleasePointer();
            view.Dispose();
            file.Dispose();
        }
    }
}
