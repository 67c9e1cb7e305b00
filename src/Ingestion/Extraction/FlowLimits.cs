namespace Rag.Ingestion.Extraction;

/// <summary>How much a file may unfold to. Whatever is beyond is refused as too large to process safely.</summary>
/// <param name="UnpackedBytes">Of all parts of a zip container together.</param>
/// <param name="Entries">Parts of a zip container.</param>
internal readonly record struct FlowLimits(long UnpackedBytes, int Entries)
{
    public static FlowLimits Default { get; } = new(256L * 1024 * 1024, 10_000);
}
