using System.Buffers.Binary;
using System.Text;

namespace Rag.Inference.Import;

/// <summary>Reads a GGUF file's header: every length is held against what is left of the file before anything of that size is made.</summary>
internal sealed class GgufReader(Stream stream)
{
    private const long MostHeader = 128 << 20;   // bytes; vocabularies of a quarter million words take about 15 MB
    private const int LongestText = 4 << 20;

    private readonly byte[] small = new byte[8];

    /// <summary>Bytes read so far.</summary>
    public long Position => stream.Position;

    public byte Byte() => Fill(1)[0];

    public ushort Short() => BinaryPrimitives.ReadUInt16LittleEndian(Fill(2));

    public uint Int() => BinaryPrimitives.ReadUInt32LittleEndian(Fill(4));

    public ulong Long() => BinaryPrimitives.ReadUInt64LittleEndian(Fill(8));

    /// <summary>A length and as many bytes of UTF-8.</summary>
    public string Text(int longest = LongestText)
    {
        var length = Long();
        if (length > (ulong)longest)
        {
            throw new FormatException("a text in it is longer than any should be; it is damaged");
        }

        Need((long)length, 1);
        if (length == 0)
        {
            return "";
        }

        var bytes = length <= 1_024 ? stackalloc byte[(int)length] : new byte[length];
        stream.ReadExactly(bytes);
        return Encoding.UTF8.GetString(bytes);
    }

    /// <summary>A value of metadata: bool, long, double, string, or an array of one of them.</summary>
    public object Value()
    {
        var type = Int();
        if (type != 9)
        {
            return One(type);
        }

        type = Int();
        var count = Long();
        return type switch
        {
            8 => Many(count, 8, () => Text()),
            7 => Many(count, 1, () => (bool)One(7)),
            6 => Many(count, 4, () => (double)One(6)),
            12 => Many(count, 8, () => (double)One(12)),
            0 or 1 => Many(count, 1, () => (long)One(type)),
            2 or 3 => Many(count, 2, () => (long)One(type)),
            4 or 5 => Many(count, 4, () => (long)One(type)),
            10 or 11 => Many(count, 8, () => (long)One(type)),
            _ => throw Unknown(type),
        };
    }

    private object One(uint type) => type switch
    {
        0 => (long)Byte(),
        1 => (long)(sbyte)Byte(),
        2 => (long)Short(),
        3 => (long)(short)Short(),
        4 => (long)Int(),
        5 => (long)(int)Int(),
        6 => (double)BitConverter.UInt32BitsToSingle(Int()),
        7 => Byte() != 0,
        8 => Text(),
        10 => (long)Math.Min(Long(), long.MaxValue),
        11 => (long)Long(),
        12 => BitConverter.UInt64BitsToDouble(Long()),
        _ => throw Unknown(type),
    };

    private T[] Many<T>(ulong count, int bytes, Func<T> next)
    {
        if (count > int.MaxValue)
        {
            throw new FormatException("a list in it is longer than any should be; it is damaged");
        }

        Need((long)count, bytes);
        var values = new T[count];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = next();
        }

        return values;
    }

    private ReadOnlySpan<byte> Fill(int bytes)
    {
        Need(bytes, 1);
        stream.ReadExactly(small, 0, bytes);
        return small.AsSpan(0, bytes);
    }

    private void Need(long count, int bytes)
    {
        if (count > (stream.Length - stream.Position) / bytes)
        {
            throw new FormatException("it ends before what it announces; it was cut short or is damaged, so copy it again");
        }

        if (stream.Position + (count * bytes) > MostHeader)
        {
            throw new FormatException($"its header is longer than {MostHeader >> 20} MB");
        }
    }

    private static FormatException Unknown(uint type) => new($"it holds a value of the type number {type}, which is not known; it is damaged or newer than this program");
}
