using System.Text;

namespace Rag.Testing.Pdf;

/// <summary>
/// Files that make an extractor misbehave on purpose. They work only where <c>Ingestion:ExtractorTestFaults</c> is switched on;
/// anywhere else they are damaged PDFs.
/// </summary>
public static class FaultFiles
{
    public static byte[] Crash() => Make("crash");

    public static byte[] Hang() => Make("hang");

    /// <summary>Loops for ever without a wait.</summary>
    public static byte[] Spin() => Make("spin");

    /// <summary>Page after page, each after a fifth of a second of processor time.</summary>
    public static byte[] SpinPages() => Make("spin-pages");

    /// <summary>Megabytes on the error pipe.</summary>
    public static byte[] FloodErrors() => Make("flood-errors");

    /// <summary>Megabytes of bytes that are no frames.</summary>
    public static byte[] FloodOutput() => Make("flood-output");

    /// <summary>Managed memory without end.</summary>
    public static byte[] FillMemory() => Make("fill-memory");

    /// <summary>Memory outside the garbage collector's limit.</summary>
    public static byte[] FillNativeMemory() => Make("fill-native-memory");

    /// <summary>Writes one page, then waits for ever.</summary>
    public static byte[] HangAfterFirstPage() => Make("hang-after-page");

    /// <summary>Reports what the extractor can see and reach, as the text of its one page.</summary>
    public static byte[] Probe() => Make("probe");

    private static byte[] Make(string fault) => Encoding.ASCII.GetBytes($"%PDF-1.7\n%docent-test-fault {fault}\n");
}
