using System.Runtime.InteropServices;
using System.Text;

namespace Rag.Inference.Runtime;

/// <summary>Fields of a protobuf message, read and written one by one; what is not changed is passed on as it came. Encoding: protobuf.dev, "Encoding".</summary>
internal static class ProtoFields
{
    /// <param name="Raw">Tag, length and content.</param>
    /// <param name="Content">Of a field with a length; else empty.</param>
    internal readonly record struct Field(int Number, ReadOnlyMemory<byte> Raw, ReadOnlyMemory<byte> Content)
    {
        public string Text => Encoding.UTF8.GetString(Content.Span);

        /// <summary>One number, or those of a packed list.</summary>
        public IEnumerable<long> Numbers()
        {
            using var bytes = AsStream(Content.IsEmpty ? Raw : Content);
            if (Content.IsEmpty)
            {
                Varint(bytes);   // the tag
            }

            while (bytes.Position < bytes.Length)
            {
                yield return (long)Varint(bytes);
            }
        }
    }

    /// <summary>Where a field lies in a stream.</summary>
    /// <param name="HasLength">Its content is of a length that it states: a text, bytes, a message or a packed list.</param>
    /// <param name="Start">Of its tag.</param>
    /// <param name="At">Of its content; of a number without a length, that number's end.</param>
    internal readonly record struct Place(int Number, bool HasLength, long Start, long At, long Length);

    /// <summary>
    /// The fields from the stream's position up to <paramref name="end"/>, one by one, contents unread: the stream stands at each one's content, and may be left anywhere.
    /// </summary>
    /// <exception cref="InvalidDataException">Cut short, or no protobuf.</exception>
    public static IEnumerable<Place> Walk(Stream stream, long end)
    {
        while (stream.Position < end)
        {
            var start = stream.Position;
            var tag = Varint(stream);
            var length = (tag & 7) switch
            {
                0 => Skip(stream),
                1 => 8,
                2 => (long)Varint(stream),
                5 => 4,
                _ => throw new InvalidDataException("The file is not an ONNX graph."),
            };
            var at = stream.Position;
            if (length < 0 || length > end - at)
            {
                throw Cut();
            }

            yield return new((int)(tag >> 3), (tag & 7) == 2, start, at, length);
            stream.Position = at + length;
        }
    }

    /// <exception cref="InvalidDataException">Cut short, or no protobuf.</exception>
    public static List<Field> Read(ReadOnlyMemory<byte> message)
    {
        using var stream = AsStream(message);
        return
        [
            .. Walk(stream, message.Length).Select(place => new Field(
                place.Number, message[(int)place.Start..(int)(place.At + place.Length)], place.HasLength ? message.Slice((int)place.At, (int)place.Length) : default)),
        ];
    }

    public static void Write(Stream to, int field, ReadOnlySpan<byte> content)
    {
        Varint(to, ((ulong)field << 3) | 2);
        Varint(to, (ulong)content.Length);
        to.Write(content);
    }

    public static void Write(Stream to, int field, string text) => Write(to, field, Encoding.UTF8.GetBytes(text));

    public static void Write(Stream to, int field, long number)
    {
        Varint(to, (ulong)field << 3);
        Varint(to, (ulong)number);
    }

    public static void Varint(Stream to, ulong value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            to.WriteByte((byte)(value | 0x80));
        }

        to.WriteByte((byte)value);
    }

    private static MemoryStream AsStream(ReadOnlyMemory<byte> bytes) =>
        MemoryMarshal.TryGetArray(bytes, out var array) ? new(array.Array!, array.Offset, array.Count, writable: false) : new(bytes.ToArray(), writable: false);

    private static long Skip(Stream stream)
    {
        Varint(stream);
        return 0;
    }

    private static ulong Varint(Stream stream)
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var next = stream.ReadByte();
            if (next < 0)
            {
                break;
            }

            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }

        throw Cut();
    }

    private static InvalidDataException Cut() => new("The file is not an ONNX graph or was cut short.");
}
