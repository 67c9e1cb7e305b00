using System.Text;

namespace Rag.Testing.Gguf;

/// <summary>Writes GGUF files: version 3 if not said otherwise. Nothing is checked, so that wrong ones can be written.</summary>
public sealed class GgufWriter
{
    private readonly List<(string Key, object Value)> values = [];
    private readonly List<(string Name, uint Type, long[] Sizes, byte[]? Data, long Bytes)> tensors = [];

    public uint Version { get; set; } = 3;

    public int Alignment { get; set; } = 32;

    /// <param name="value">bool, int (as uint32, in arrays as int32), long (as uint64), float, string, or an array of int, float or string.</param>
    public GgufWriter Add(string key, object value)
    {
        values.RemoveAll(pair => pair.Key == key);
        values.Add((key, value));
        return this;
    }

    public GgufWriter AddTwice(string key, object value)
    {
        values.Add((key, value));
        return this;
    }

    public GgufWriter Remove(string key)
    {
        values.RemoveAll(pair => pair.Key == key);
        tensors.RemoveAll(tensor => tensor.Name == key);
        return this;
    }

    /// <param name="sizes">The columns first, as ggml has it.</param>
    public GgufWriter Tensor(string name, uint type, byte[] data, params long[] sizes)
    {
        tensors.Add((name, type, sizes, data, data.Length));
        return this;
    }

    /// <summary>A tensor of zero bytes that take no place on the disk where the file system can leave them out.</summary>
    public GgufWriter Hollow(string name, uint type, long bytes, params long[] sizes)
    {
        tensors.Add((name, type, sizes, null, bytes));
        return this;
    }

    public string Save(string path)
    {
        using var file = File.Create(path);
        Write(file);
        return path;
    }

    public byte[] ToArray()
    {
        using var memory = new MemoryStream();
        Write(memory);
        return memory.ToArray();
    }

    private void Write(Stream to)
    {
        using var writer = new BinaryWriter(to, Encoding.UTF8, leaveOpen: true);
        writer.Write("GGUF"u8);
        writer.Write(Version);
        writer.Write((long)tensors.Count);
        writer.Write((long)values.Count);
        foreach (var (key, value) in values)
        {
            Text(writer, key);
            Value(writer, value);
        }

        var offset = 0L;
        foreach (var (name, type, sizes, _, bytes) in tensors)
        {
            Text(writer, name);
            writer.Write(sizes.Length);
            Array.ForEach(sizes, writer.Write);
            writer.Write(type);
            writer.Write(offset);
            offset = Align(offset + bytes);
        }

        writer.Flush();
        foreach (var (_, _, _, data, bytes) in tensors)
        {
            to.Position = Align(to.Position);
            if (data is null)
            {
                to.Position += bytes;
            }
            else
            {
                to.Write(data);
            }
        }

        to.SetLength(Align(to.Position));
    }

    private long Align(long position) => (position + Alignment - 1) / Alignment * Alignment;

    private static void Text(BinaryWriter writer, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        writer.Write((long)bytes.Length);
        writer.Write(bytes);
    }

    private static void Value(BinaryWriter writer, object value)
    {
        switch (value)
        {
            case Array list:
                writer.Write(9);
                writer.Write(list is int[] ? 5 : Type(list.GetValue(0)!));   // lists of whole numbers are signed ones in the wild
                writer.Write((long)list.Length);
                foreach (var one in list)
                {
                    Bare(writer, one!);
                }

                break;
            default:
                writer.Write(Type(value));
                Bare(writer, value);
                break;
        }
    }

    private static int Type(object value) => value switch { int => 4, float => 6, bool => 7, string => 8, long => 10, _ => throw new ArgumentException(value.ToString()) };

    private static void Bare(BinaryWriter writer, object value)
    {
        switch (value)
        {
            case int number:
                writer.Write(number);
                break;
            case long number:
                writer.Write(number);
                break;
            case float number:
                writer.Write(number);
                break;
            case bool flag:
                writer.Write(flag);
                break;
            default:
                Text(writer, (string)value);
                break;
        }
    }
}
