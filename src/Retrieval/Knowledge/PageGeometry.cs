using System.Buffers;

namespace Rag.Retrieval.Knowledge;

/// <summary>
/// Packs a page's lines: variable-length integers in sixteenths of a point, about one byte for each character's right edge.
/// What comes back is at most 1/32 point off.
/// </summary>
internal static class PageGeometry
{
    private const byte Version = 1;
    private const float UnitsPerPoint = 16;

    public static byte[] Pack(IReadOnlyList<TextLine> lines, int pageStart)
    {
        var bytes = new ArrayBufferWriter<byte>(64 + (lines.Sum(line => line.Length) * 3 / 2));
        bytes.Write([Version]);
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
            WriteUnsigned(bytes, (uint)line.Edges.Length);
            var edge = 0;
            foreach (var right in line.Edges)
            {
                var next = Math.Max(Units(right), edge);   // edges ascend
                WriteUnsigned(bytes, (uint)(next - edge));
                edge = next;
            }

            end = line.Start + line.Length;
            y = Units(line.Y);
        }

        return bytes.WrittenSpan.ToArray();
    }

    /// <exception cref="InvalidDataException">The bytes are of a newer version or cut short.</exception>
    public static IReadOnlyList<TextLine> Unpack(ReadOnlySpan<byte> bytes, int pageStart)
    {
        if (bytes.IsEmpty || bytes[0] != Version)
        {
            throw new InvalidDataException("Unknown page geometry.");
        }

        bytes = bytes[1..];
        var lines = new TextLine[checked((int)ReadUnsigned(ref bytes))];
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
            var edges = new float[checked((int)ReadUnsigned(ref bytes))];
            var edge = 0u;
            for (var c = 0; c < edges.Length; c++)
            {
                edge += ReadUnsigned(ref bytes);
                edges[c] = edge / UnitsPerPoint;
            }

            lines[i] = new TextLine(
                start, length, x / UnitsPerPoint, y / UnitsPerPoint, width / UnitsPerPoint, height / UnitsPerPoint,
                (font >> 1) / UnitsPerPoint, (font & 1) == 1, edges);
            end = start + length;
        }

        return lines;
    }

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
