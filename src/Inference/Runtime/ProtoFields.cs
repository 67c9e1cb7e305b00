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
            var (bytes, at) = (Content, 0);
            if (bytes.IsEmpty)
            {
                bytes = Raw;
                Varint(bytes.Span, ref at);   // the tag
            }

            while (at < bytes.Length)
            {
                yield return (long)Varint(bytes.Span, ref at);
            }
        }
    }

    /// <exception cref="InvalidDataException">Cut short, or no protobuf.</exception>
    public static List<Field> Read(ReadOnlyMemory<byte> message)
    {
        var fields = new List<Field>();
        var at = 0;
        while (at < message.Length)
        {
            var start = at;
            var tag = Varint(message.Span, ref at);
            ulong length = (tag & 7) switch
            {
                0 => Skip(message.Span, ref at),
                1 => 8ul,
                2 => Varint(message.Span, ref at),
                5 => 4ul,
                _ => throw new InvalidDataException("The file is not an ONNX graph."),
            };
            if (length > (ulong)(message.Length - at))
            {
                throw new InvalidDataException("The file is not an ONNX graph or was cut short.");
            }

            var content = (tag & 7) == 2 ? message.Slice(at, (int)length) : default;
            at += (int)length;
            fields.Add(new((int)(tag >> 3), message[start..at], content));
        }

        return fields;
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

    private static ulong Skip(ReadOnlySpan<byte> message, ref int at)
    {
        Varint(message, ref at);
        return 0;
    }

    private static ulong Varint(ReadOnlySpan<byte> message, ref int at)
    {
        ulong value = 0;
        for (var shift = 0; shift < 64 && at < message.Length; shift += 7)
        {
            var next = message[at++];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }

        throw new InvalidDataException("The file is not an ONNX graph or was cut short.");
    }

    public static void Varint(Stream to, ulong value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            to.WriteByte((byte)(value | 0x80));
        }

        to.WriteByte((byte)value);
    }
}
