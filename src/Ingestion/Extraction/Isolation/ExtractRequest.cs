using System.Buffers.Binary;

namespace Rag.Ingestion.Extraction.Isolation;

/// <summary>What the parent asks for. <paramref name="Length"/> bytes of the file follow on the pipe.</summary>
/// <param name="MaxPages">More pages are refused as too large.</param>
/// <param name="FirstPage">From 1. Pages before it are read for what they tell of those after them, and only counted.</param>
internal readonly record struct ExtractRequest(FileKind Kind, int MaxPages, int FirstPage, int Length)
{
    private const int PayloadLength = 26;

    /// <summary>How much a container may unfold to.</summary>
    public FlowLimits Limits { get; init; } = FlowLimits.Default;

    /// <summary>Hand out the pictures of scanned pages.</summary>
    public bool Pictures { get; init; }

    public Frame ToFrame()
    {
        byte[] payload = new byte[PayloadLength];
        payload[0] = (byte)Kind;
        BinaryPrimitives.WriteInt32LittleEndian(payload.AsSpan(1), MaxPages);
        BinaryPrimitives.WriteInt32LittleEndian(payload.AsSpan(5), FirstPage);
        BinaryPrimitives.WriteInt32LittleEndian(payload.AsSpan(9), Length);
        BinaryPrimitives.WriteInt64LittleEndian(payload.AsSpan(13), Limits.UnpackedBytes);
        BinaryPrimitives.WriteInt32LittleEndian(payload.AsSpan(21), Limits.Entries);
        payload[25] = (byte)(Pictures ? 1 : 0);
        return new Frame(FrameKind.Extract, payload);
    }

    /// <exception cref="InvalidDataException">No request.</exception>
    public static ExtractRequest Parse(ReadOnlySpan<byte> payload)
    {
        if (payload.Length != PayloadLength || !Enum.IsDefined((FileKind)payload[0]) || payload[25] > 1)
        {
            throw new InvalidDataException("Not a request.");
        }

        var request = new ExtractRequest(
            (FileKind)payload[0],
            BinaryPrimitives.ReadInt32LittleEndian(payload[1..]),
            BinaryPrimitives.ReadInt32LittleEndian(payload[5..]),
            BinaryPrimitives.ReadInt32LittleEndian(payload[9..]))
        {
            Limits = new FlowLimits(BinaryPrimitives.ReadInt64LittleEndian(payload[13..]), BinaryPrimitives.ReadInt32LittleEndian(payload[21..])),
            Pictures = payload[25] == 1,
        };
        bool whole = request is { MaxPages: > 0, FirstPage: > 0, Length: >= 0 } && request.Length <= Array.MaxLength && request.Limits is { UnpackedBytes: > 0, Entries: > 0 };
        return whole ? request : throw new InvalidDataException("Not a request.");
    }
}
