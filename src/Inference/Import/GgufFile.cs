using Microsoft.Win32.SafeHandles;

namespace Rag.Inference.Import;

/// <summary>A tensor's place in the file. Numbers of a row lie together.</summary>
/// <param name="Rows">1 for a vector.</param>
/// <param name="Offset">From the file's beginning.</param>
internal sealed record GgufTensor(string Name, GgufType Type, long Rows, int Columns, long Offset)
{
    public long RowBytes => (long)Columns / Type.BlockElements * Type.BlockBytes;

    public long Bytes => Rows * RowBytes;

    public long Elements => Rows * Columns;
}

/// <summary>
/// A GGUF file of version 2 or 3, little endian: metadata and tensors, of which only the places are read. Everything was held against the file's length: each tensor lies
/// inside the file, and no two overlap. Format: ggml's <c>docs/gguf.md</c>.
/// </summary>
internal sealed class GgufFile : IDisposable
{
    private const int LongestName = 256;
    private const uint Magic = 0x46554747;   // "GGUF"

    private readonly Dictionary<string, object> metadata = new(StringComparer.Ordinal);
    private readonly Dictionary<string, GgufTensor> tensors = new(StringComparer.Ordinal);
    private readonly SafeFileHandle handle;

    private GgufFile(SafeFileHandle handle)
    {
        this.handle = handle;
    }

    public IReadOnlyDictionary<string, object> Metadata => metadata;

    public IReadOnlyDictionary<string, GgufTensor> Tensors => tensors;

    /// <exception cref="FormatException">The file is damaged or of a kind that is not known; the message says why, as the end of a sentence.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static GgufFile Open(string path)
    {
        var file = new GgufFile(File.OpenHandle(path, options: FileOptions.RandomAccess));
        try
        {
            using var stream = new FileStream(path, new FileStreamOptions { BufferSize = 1 << 16, Options = FileOptions.SequentialScan });
            file.Read(new GgufReader(stream), stream.Length);
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Reads one row's bytes; <paramref name="bytes"/> is <see cref="GgufTensor.RowBytes"/> long.</summary>
    public void Read(GgufTensor tensor, long row, Span<byte> bytes)
    {
        var at = tensor.Offset + (row * tensor.RowBytes);
        while (bytes.Length > 0)
        {
            var read = RandomAccess.Read(handle, bytes, at);
            if (read == 0)
            {
                throw new FormatException("it became shorter while it was read");
            }

            at += read;
            bytes = bytes[read..];
        }
    }

    public string? Text(string key) => Get<string>(key);

    public string[]? Texts(string key) => Get<string[]>(key);

    public double[]? Reals(string key) => Get<double[]>(key);

    public long[]? Numbers(string key) => Get<long[]>(key);

    public bool Flag(string key, bool otherwise) => metadata.ContainsKey(key) ? (bool)Get<object>(key, typeof(bool))! : otherwise;

    /// <summary>A whole number from 0 to the largest int; null where it is not stated.</summary>
    public int? Number(string key) => Get<object>(key, typeof(long)) switch
    {
        null => null,
        long and >= 0 and <= int.MaxValue and var number => (int)number,
        _ => throw new FormatException($"its {key} is no number that can be"),
    };

    public double? Real(string key) => (double?)Get<object>(key, typeof(double));

    public void Dispose() => handle.Dispose();

    private T? Get<T>(string key, Type? type = null)
        where T : class => !metadata.TryGetValue(key, out var value) ? null
        : value is T found && (type is null || found.GetType() == type) ? found
        : throw new FormatException($"its {key} is of another type than it should be");

    private void Read(GgufReader reader, long length)
    {
        if (length < 24 || reader.Int() != Magic)
        {
            throw new FormatException("it is no GGUF file");
        }

        var version = reader.Int();
        if (version is not (2 or 3))
        {
            throw new FormatException((version & 0xFFFF) == 0 ? "it is written for big-endian machines" : $"it is of GGUF's version {version}; versions 2 and 3 are known");
        }

        var (tensorCount, valueCount) = (reader.Long(), reader.Long());
        for (var i = 0UL; i < valueCount; i++)
        {
            var key = reader.Text(ushort.MaxValue);
            if (!metadata.TryAdd(key, reader.Value()))
            {
                throw new FormatException($"it states {Short(key)} twice");
            }
        }

        var infos = new List<(string Name, long Rows, int Columns, uint Type, ulong Offset)>();
        for (var i = 0UL; i < tensorCount; i++)
        {
            var name = reader.Text(LongestName);
            var (rows, columns) = Shape(reader, name);
            infos.Add((name, rows, columns, reader.Int(), reader.Long()));
        }

        var alignment = Number("general.alignment") ?? 32;
        if (alignment < 8 || alignment % 8 != 0 || alignment > 1 << 20)
        {
            throw new FormatException($"its general.alignment is {alignment}");
        }

        var data = (reader.Position + alignment - 1) / alignment * alignment;
        foreach (var (name, rows, columns, code, offset) in infos)
        {
            var type = GgufType.Find(code) ?? throw new FormatException($"its tensor {Short(name)} is of the type {GgufType.NameOf(code)}; known are {GgufType.Names}");
            Add(new GgufTensor(name, type, rows, columns, 0), offset, data, alignment, length);
        }

        Separate();
    }

    private static (long Rows, int Columns) Shape(GgufReader reader, string name)
    {
        var dimensions = reader.Int();
        if (dimensions is < 1 or > 4)
        {
            throw new FormatException($"its tensor {Short(name)} has {dimensions} dimensions");
        }

        var columns = reader.Long();
        var rows = 1L;
        for (var i = 1; i < dimensions; i++)
        {
            var size = reader.Long();
            rows = size > int.MaxValue || rows > int.MaxValue ? 0 : rows * (long)size;
        }

        return columns is 0 or > int.MaxValue || rows is 0 or > int.MaxValue
            ? throw new FormatException($"its tensor {Short(name)} has a size that cannot be") : (rows, (int)columns);
    }

    private void Add(GgufTensor tensor, ulong offset, long data, int alignment, long length)
    {
        if (tensor.Columns % tensor.Type.BlockElements != 0)
        {
            throw new FormatException($"its tensor {Short(tensor.Name)} has rows of {tensor.Columns} numbers, which are no whole blocks of {tensor.Type.Name}");
        }

        if (offset % (ulong)alignment != 0 || data > length || offset > (ulong)(length - data)
            || tensor.Rows > (length - data - (long)offset) / tensor.RowBytes)
        {
            throw new FormatException($"its tensor {Short(tensor.Name)} lies outside of it; it was cut short or is damaged, so copy it again");
        }

        if (!tensors.TryAdd(tensor.Name, tensor with { Offset = data + (long)offset }))
        {
            throw new FormatException($"it has two tensors {Short(tensor.Name)}");
        }
    }

    // Overlapping tensors would make a small file large, and none is ever written so.
    private void Separate()
    {
        var end = 0L;
        foreach (var tensor in tensors.Values.OrderBy(tensor => tensor.Offset))
        {
            if (tensor.Offset < end)
            {
                throw new FormatException($"its tensor {Short(tensor.Name)} lies over another one; it is damaged");
            }

            end = tensor.Offset + tensor.Bytes;
        }
    }

    /// <summary>A name out of the file, fit for a sentence.</summary>
    internal static string Short(string name) =>
        new([.. (name.Length <= 60 ? name : name[..60] + "…").Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '?' : c)]);
}
