using System.Runtime.InteropServices;

namespace Rag.Inference.Runtime;

/// <summary>The heap that ONNX Runtime allocates from.</summary>
internal static partial class NativeHeap
{
    // mallopt(3) of the GNU C library.
    private const int TrimThreshold = -1, MapThreshold = -3;

    private const int LargestKept = 16 << 20, LargestOnHeap = 1 << 20;   // bytes

    /// <summary>
    /// Large blocks are to be the system's again when they are freed. By itself glibc learns from each that is freed to take the next one, up to 32 MiB, from its heaps, and keeps up to 64 MiB
    /// at the end of each of them: a giant prompt's memory would stay. Elsewhere this does nothing.
    /// </summary>
    public static void ReturnLargeBlocks()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        try
        {
            _ = MallOpt(MapThreshold, LargestOnHeap);
            _ = MallOpt(TrimThreshold, LargestKept);
        }
        catch (EntryPointNotFoundException)
        {
            // Another C library.
        }
    }

    [LibraryImport("libc", EntryPoint = "mallopt")]
    private static partial int MallOpt(int parameter, int value);
}
