using System.Buffers.Binary;

namespace Rag.Ingestion.Extraction.Pdf.Scans.Jbig2;

/// <summary>Reads numbers, the most significant byte first.</summary>
internal sealed class BigEndian(ReadOnlyMemory<byte> data)
{
    public int Position { get; private set; }

    public int Left => data.Length - Position;

    public ReadOnlyMemory<byte> Rest => data[Position..];

    public byte Byte() => Take(1).Span[0];

    public ushort Short() => BinaryPrimitives.ReadUInt16BigEndian(Take(2).Span);

    public uint Int() => BinaryPrimitives.ReadUInt32BigEndian(Take(4).Span);

    /// <exception cref="Jbig2Exception">It is more than any picture has.</exception>
    public int Count()
    {
        uint value = Int();
        return value <= 100_000_000 ? (int)value : throw new Jbig2Exception(Ocr.ScanTrouble.TooLarge);
    }

    /// <summary>Places of movable pixels.</summary>
    public (int X, int Y)[] Places(int count)
    {
        var places = new (int X, int Y)[count];
        for (int i = 0; i < count; i++)
        {
            places[i] = ((sbyte)Byte(), (sbyte)Byte());
        }

        return places;
    }

    /// <exception cref="Jbig2Exception">There is no more.</exception>
    public ReadOnlyMemory<byte> Take(int bytes)
    {
        if (bytes < 0 || bytes > Left)
        {
            throw new Jbig2Exception();
        }

        Position += bytes;
        return data.Slice(Position - bytes, bytes);
    }
}
