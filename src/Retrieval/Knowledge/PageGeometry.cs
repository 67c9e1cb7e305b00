using System.Buffers;

namespace Rag.Retrieval.Knowledge;

/// <summary>
/// Packs a page's lines: variable-length integers in sixteenths of a point, about one byte for each character's right edge, three where a line is read from
/// right to left. What comes back is at most 1/32 point off. Pages without such lines are of version 1, as all were once.
/// </summary>
internal static class PageGeometry
{
    private const byte RightEdges = 1, BothEdges = 2;   // versions
    private const int SmallestLine = 8;                 // bytes
    private const float UnitsPerPoint = 16;

    public static byte[] Pack(IReadOnlyList<TextLine> lines, int pageStart)
    {
        var bytes = new ArrayBufferWriter<byte>(64 + (lines.Sum(line => line.Length) * 3 / 2));
        var version = lines.Any(IsTurned) ? BothEdges : RightEdges;
        bytes.Write([version]);
        WriteUnsigned(bytes, (uint)lines.Count);
        var end = pageStart;
        var y = 0;
        foreach (var line in lines)
        {
            WriteSigned(bytes, line.Start - end);   // 0 or a line feed after the line before
            WriteUnsigned(bytes, (uint)line.Length);
            WriteSigned(bytes, Units(line.X));
            WriteSigned(bytes, Units(line.Y) - y);
            WriteSigned(bytes, Units(line.Width));
            WriteSigned(bytes, Units(line.Height));
            WriteUnsigned(bytes, ((uint)Math.Max(Units(line.FontSize), 0) << 1) | (line.Bold ? 1u : 0u));
            WriteUnsigned(bytes, version == RightEdges ? (uint)line.Edges.Length : ((uint)line.Edges.Length << 1) | (IsTurned(line) ? 1u : 0u));
            if (IsTurned(line))
            {
                WriteTurned(bytes, line.Edges, line.Lefts!);
            }
            else
            {
                WriteAscending(bytes, line.Edges);
            }

            end = line.Start + line.Length;
            y = Units(line.Y);
        }

        return bytes.WrittenSpan.ToArray();
    }

    /// <exception cref="InvalidDataException">The bytes are of a newer version or cut short.</exception>
    public static IReadOnlyList<TextLine> Unpack(ReadOnlySpan<byte> bytes, int pageStart)
    {
        if (bytes.IsEmpty || bytes[0] is not (RightEdges or BothEdges))
        {
            throw new InvalidDataException("Unknown page geometry.");
        }

        var version = bytes[0];
        bytes = bytes[1..];
        var lines = new TextLine[ReadCount(ReadUnsigned(ref bytes), bytes, SmallestLine)];
        var end = pageStart;
        var y = 0;
        for (var i = 0; i < lines.Length; i++)
        {
            var start = end + ReadSigned(ref bytes);
            var length = (int)ReadUnsigned(ref bytes);
            var x = ReadSigned(ref bytes);
            y += ReadSigned(ref bytes);
            var width = ReadSigned(ref bytes);
            var height = ReadSigned(ref bytes);
            var font = ReadUnsigned(ref bytes);
            var count = ReadUnsigned(ref bytes);
            var turned = version == BothEdges && (count & 1) == 1;
            var edges = new float[ReadCount(version == BothEdges ? count >> 1 : count, bytes, turned ? 2 : 1)];
            var lefts = turned ? new float[edges.Length] : null;
            if (lefts is null)
            {
                ReadAscending(ref bytes, edges);
            }
            else
            {
                ReadTurned(ref bytes, edges, lefts);
            }

            lines[i] = new TextLine(
                start, length, x / UnitsPerPoint, y / UnitsPerPoint, width / UnitsPerPoint, height / UnitsPerPoint,
                (font >> 1) / UnitsPerPoint, (font & 1) == 1, edges) { Lefts = lefts };
            end = start + length;
        }

        return lines;
    }

    private static bool IsTurned(TextLine line) => line.Lefts is { } lefts && lefts.Length == line.Edges.Length;

    private static void WriteAscending(ArrayBufferWriter<byte> bytes, float[] edges)
    {
        var edge = 0;
        foreach (var right in edges)
        {
            var next = Math.Max(Units(right), edge);
            WriteUnsigned(bytes, (uint)(next - edge));
            edge = next;
        }
    }

    private static void ReadAscending(ref ReadOnlySpan<byte> bytes, float[] edges)
    {
        var edge = 0u;
        for (var c = 0; c < edges.Length; c++)
        {
            edge += ReadUnsigned(ref bytes);
            edges[c] = edge / UnitsPerPoint;
        }
    }

    /// <summary>Each character's right edge from the one before, and its width.</summary>
    private static void WriteTurned(ArrayBufferWriter<byte> bytes, float[] edges, float[] lefts)
    {
        var before = 0;
        for (var c = 0; c < edges.Length; c++)
        {
            var right = Units(edges[c]);
            WriteSigned(bytes, right - before);
            WriteUnsigned(bytes, (uint)Math.Max(0, right - Units(lefts[c])));
            before = right;
        }
    }

    private static void ReadTurned(ref ReadOnlySpan<byte> bytes, float[] edges, float[] lefts)
    {
        long edge = 0;
        for (var c = 0; c < edges.Length; c++)
        {
            edge += ReadSigned(ref bytes);
            edges[c] = edge / UnitsPerPoint;
            lefts[c] = (edge - ReadUnsigned(ref bytes)) / UnitsPerPoint;
        }
    }

    /// <summary>No more than the bytes that are left can hold.</summary>
    private static int ReadCount(uint count, ReadOnlySpan<byte> bytes, int bytesEach) =>
        count <= bytes.Length / bytesEach ? (int)count : throw new InvalidDataException("Page geometry is cut short.");

    private static int Units(float points) => (int)MathF.Round(points * UnitsPerPoint);

    private static void WriteSigned(ArrayBufferWriter<byte> bytes, int value) => WriteUnsigned(bytes, (uint)((value << 1) ^ (value >> 31)));

    private static void WriteUnsigned(ArrayBufferWriter<byte> bytes, uint value)
    {
        var span = bytes.GetSpan(5);
        var length = 0;
        while (value >= 0x80)
        {
            span[length++] = (byte)(value | 0x80);
            value >>= 7;
        }

        span[length++] = (byte)value;
        bytes.Advance(length);
    }

    private static int ReadSigned(ref ReadOnlySpan<byte> bytes)
    {
        var value = ReadUnsigned(ref bytes);
        return (int)(value >> 1) ^ -(int)(value & 1);
    }

    private static uint ReadUnsigned(ref ReadOnlySpan<byte> bytes)
    {
        uint value = 0;
        for (var i = 0; i < 5 && i < bytes.Length; i++)
        {
            value |= (uint)(bytes[i] & 0x7F) << (7 * i);
            if (bytes[i] < 0x80)
            {
                bytes = bytes[(i + 1)..];
                return value;
            }
        }

        throw new InvalidDataException("Page geometry is cut short.");
    }
}
