using System.Buffers.Binary;

namespace Rag.Ingestion.Extraction.Isolation;

/// <summary>What the parent asks for. <paramref name="Length"/> bytes of the file follow on the pipe.</summary>
/// <param name="MaxPages">More pages are refused as too large.</param>
/// <param name="FirstPage">From 1. Pages before it are read for what they tell of those after them, and only counted.</param>
internal readonly record struct ExtractRequest(FileKind Kind, int MaxPages, int FirstPage, int Length)
{
    /// <summary>How much a container may unfold to.</summary>
    public FlowLimits Limits { get; init; } = FlowLimits.Default;

    public Frame ToFrame()
    {
        byte[] payload = new byte[25];
        payload[0] = (byte)Kind;
        BinaryPrimitives.WriteInt32LittleEndian(payload.AsSpan(1), MaxPages);
        BinaryPrimitives.WriteInt32LittleEndian(payload.AsSpan(5), FirstPage);
        BinaryPrimitives.WriteInt32LittleEndian(payload.AsSpan(9), Length);
        BinaryPrimitives.WriteInt64LittleEndian(payload.AsSpan(13), Limits.UnpackedBytes);
        BinaryPrimitives.WriteInt32LittleEndian(payload.AsSpan(21), Limits.Entries);
        return new Frame(FrameKind.Extract, payload);
    }

    public static ExtractRequest Parse(byte[] payload) => new(
        (FileKind)payload[0],
        BinaryPrimitives.ReadInt32LittleEndian(payload.AsSpan(1)),
        BinaryPrimitives.ReadInt32LittleEndian(payload.AsSpan(5)),
        BinaryPrimitives.ReadInt32LittleEndian(payload.AsSpan(9)))
    {
        Limits = new FlowLimits(BinaryPrimitives.ReadInt64LittleEndian(payload.AsSpan(13)), BinaryPrimitives.ReadInt32LittleEndian(payload.AsSpan(21))),
    };
}
