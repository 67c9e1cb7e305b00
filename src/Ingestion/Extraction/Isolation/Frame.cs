using System.Buffers.Binary;

namespace Rag.Ingestion.Extraction.Isolation;

internal enum FrameKind : byte
{
    /// <summary>Child → parent, once: protocol version.</summary>
    Hello = 1,

    /// <summary>Parent → child: what to read; the file's bytes follow outside of frames.</summary>
    Extract = 2,

    /// <summary>Child → parent: title from the metadata, number of pages.</summary>
    Begin = 3,

    /// <summary>Child → parent: one page.</summary>
    Page = 4,

    /// <summary>Child → parent: the last page was sent; ready for the next file.</summary>
    Done = 5,

    /// <summary>Child → parent: the file cannot be read, and why; ready for the next file.</summary>
    Refused = 6,

    /// <summary>Child → parent: a page before the first that was asked for is read; a sign of life.</summary>
    Passed = 7,

    /// <summary>Child → parent, where asked for: a picture of the scanned page that comes next.</summary>
    Picture = 8,
}

/// <summary>A length-prefixed message on a pipe: 4 bytes magic, 1 byte kind, 4 bytes payload length (little endian), payload.</summary>
internal readonly record struct Frame(FrameKind Kind, byte[] Payload)
{
    /// <summary>Changes with every change of a payload; parent and child must agree.</summary>
    public const byte Version = 4;

    /// <summary>No page is near this; more is a flood.</summary>
    public const int MaxPayload = 64 * 1024 * 1024;

    private const int HeaderLength = 9;
    private const uint Magic = 0x31544344;   // "DCT1"

    public void WriteTo(Stream pipe)
    {
        pipe.Write(Header());
        pipe.Write(Payload);
        pipe.Flush();
    }

    public async Task WriteToAsync(Stream pipe, CancellationToken cancel)
    {
        await pipe.WriteAsync(Header(), cancel);
        await pipe.WriteAsync(Payload, cancel);
        await pipe.FlushAsync(cancel);
    }

    /// <returns>Null at the end of the pipe.</returns>
    /// <exception cref="InvalidDataException">What stands on the pipe is no frame.</exception>
    public static async Task<Frame?> ReadFromAsync(Stream pipe, CancellationToken cancel)
    {
        byte[] header = new byte[HeaderLength];
        if (await pipe.ReadAtLeastAsync(header, HeaderLength, throwOnEndOfStream: false, cancel) < HeaderLength)
        {
            return null;
        }

        (FrameKind kind, int length) = ParseHeader(header);
        byte[] payload = [];
        for (int read = 0; read < length; read = payload.Length)
        {
            Array.Resize(ref payload, Next(payload.Length, length));
            if (await pipe.ReadAtLeastAsync(payload.AsMemory(read), payload.Length - read, throwOnEndOfStream: false, cancel) < payload.Length - read)
            {
                return null;
            }
        }

        return new Frame(kind, payload);
    }

    /// <inheritdoc cref="ReadFromAsync"/>
    public static Frame? ReadFrom(Stream pipe)
    {
        Span<byte> header = stackalloc byte[HeaderLength];
        if (pipe.ReadAtLeast(header, HeaderLength, throwOnEndOfStream: false) < HeaderLength)
        {
            return null;
        }

        (FrameKind kind, int length) = ParseHeader(header);
        byte[] payload = [];
        for (int read = 0; read < length; read = payload.Length)
        {
            Array.Resize(ref payload, Next(payload.Length, length));
            if (pipe.ReadAtLeast(payload.AsSpan(read), payload.Length - read, throwOnEndOfStream: false) < payload.Length - read)
            {
                return null;
            }
        }

        return new Frame(kind, payload);
    }

    /// <summary>A buffer grows with what has come, not with what a header promises.</summary>
    private static int Next(int now, int length) => Math.Min(length, Math.Max(1024 * 1024, 4 * now));

    private byte[] Header()
    {
        byte[] header = new byte[HeaderLength];
        BinaryPrimitives.WriteUInt32LittleEndian(header, Magic);
        header[4] = (byte)Kind;
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(5), Payload.Length);
        return header;
    }

    private static (FrameKind Kind, int Length) ParseHeader(ReadOnlySpan<byte> header)
    {
        int length = BinaryPrimitives.ReadInt32LittleEndian(header[5..]);
        bool valid = BinaryPrimitives.ReadUInt32LittleEndian(header) == Magic && Enum.IsDefined((FrameKind)header[4]) && length is >= 0 and <= MaxPayload;
        return valid ? ((FrameKind)header[4], length) : throw new InvalidDataException("Not a frame.");
    }
}
