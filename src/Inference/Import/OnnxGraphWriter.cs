using System.Text;

namespace Rag.Inference.Import;

/// <summary>Writes an ONNX graph: the protobuf messages of onnx.proto, by field number. Large weights lie in other files; see <see cref="WeightPieces"/>.</summary>
internal class OnnxGraphWriter : IDisposable
{
    // Element types of onnx.proto
    public const int Float = 1;
    public const int Unsigned = 2;   // bytes
    public const int Integer = 6;
    public const int Long = 7;

    public const string Contrib = "com.microsoft";

    private readonly MemoryStream graph = new();

    /// <param name="shape">Each an int, or the name of a size that is known at run time.</param>
    public OnnxGraphWriter Input(string name, int type, params object[] shape) => Value(11, name, type, shape);

    public OnnxGraphWriter Output(string name, int type, params object[] shape) => Value(12, name, type, shape);

    public string Constant(string name, long value, params int[] shape) => Tensor(name, Long, BitConverter.GetBytes(value), shape);

    public string Constants(string name, params long[] values) => Tensor(name, Long, System.Runtime.InteropServices.MemoryMarshal.AsBytes<long>(values), values.Length);

    /// <summary>A tensor inside the graph's file.</summary>
    public string Tensor(string name, int type, ReadOnlySpan<byte> data, params int[] shape)
    {
        var tensor = Head(name, type, shape);
        Bytes(tensor, 9, data);
        Message(graph, 5, tensor);
        return name;
    }

    /// <summary>A tensor in another file.</summary>
    public string Tensor(string name, int type, ExternalData data, params int[] shape)
    {
        var tensor = Head(name, type, shape);
        foreach (var (key, value) in new[] { ("location", data.File), ("offset", Invariant(data.Offset)), ("length", Invariant(data.Length)) })
        {
            var entry = new MemoryStream();
            Text(entry, 1, key);
            Text(entry, 2, value);
            Message(tensor, 13, entry);
        }

        Number(tensor, 14, 1);   // EXTERNAL
        Message(graph, 5, tensor);
        return name;
    }

    /// <param name="attributes">Each value a whole number (int or long) or a float.</param>
    /// <returns>The first output's name.</returns>
    public string Node(string type, string[] inputs, string[] outputs, string domain = "", params (string Name, object Value)[] attributes)
    {
        var node = new MemoryStream();
        Array.ForEach(inputs, input => Text(node, 1, input));
        Array.ForEach(outputs, output => Text(node, 2, output));
        Text(node, 3, outputs[0] + "_node");
        Text(node, 4, type);
        foreach (var (name, value) in attributes)
        {
            var attribute = new MemoryStream();
            Text(attribute, 1, name);
            if (value is float real)
            {
                Varint(attribute, (2 << 3) | 5);
                attribute.Write(BitConverter.GetBytes(real));
                Number(attribute, 20, 1);   // FLOAT
            }
            else
            {
                Number(attribute, 3, Convert.ToInt64(value, System.Globalization.CultureInfo.InvariantCulture));
                Number(attribute, 20, 2);   // INT
            }

            Message(node, 5, attribute);
        }

        Text(node, 7, domain);
        Message(graph, 1, node);
        return outputs[0];
    }

    public string Node(string type, string output, params string[] inputs) => Node(type, inputs, [output]);

    /// <summary>The whole file's bytes.</summary>
    public byte[] ToBytes(string name)
    {
        Text(graph, 2, name);
        var model = new MemoryStream();
        Number(model, 1, 9);   // IR version
        Text(model, 2, "docent");
        Message(model, 7, graph);
        foreach (var (domain, version) in new[] { ("", 18), (Contrib, 1) })
        {
            var opset = new MemoryStream();
            Text(opset, 1, domain);
            Number(opset, 2, version);
            Message(model, 8, opset);
        }

        return model.ToArray();
    }

    public void Dispose() => graph.Dispose();

    private static MemoryStream Head(string name, int type, int[] shape)
    {
        var tensor = new MemoryStream();
        Array.ForEach(shape, size => Number(tensor, 1, size));
        Number(tensor, 2, type);
        Text(tensor, 8, name);
        return tensor;
    }

    private OnnxGraphWriter Value(int field, string name, int type, object[] shape)
    {
        var sizes = new MemoryStream();
        foreach (var size in shape)
        {
            var dimension = new MemoryStream();
            if (size is int known)
            {
                Number(dimension, 1, known);
            }
            else
            {
                Text(dimension, 2, (string)size);
            }

            Message(sizes, 1, dimension);
        }

        var tensor = new MemoryStream();
        Number(tensor, 1, type);
        Message(tensor, 2, sizes);
        var holder = new MemoryStream();
        Message(holder, 1, tensor);
        var value = new MemoryStream();
        Text(value, 1, name);
        Message(value, 2, holder);
        Message(graph, field, value);
        return this;
    }

    private static string Invariant(long value) => value.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static void Message(MemoryStream to, int field, MemoryStream message) => Bytes(to, field, message.GetBuffer().AsSpan(0, (int)message.Length));

    private static void Text(MemoryStream to, int field, string text) => Bytes(to, field, Encoding.UTF8.GetBytes(text));

    private static void Bytes(MemoryStream to, int field, ReadOnlySpan<byte> bytes)
    {
        Varint(to, ((ulong)field << 3) | 2);
        Varint(to, (ulong)bytes.Length);
        to.Write(bytes);
    }

    private static void Number(MemoryStream to, int field, long value)
    {
        Varint(to, (ulong)field << 3);
        Varint(to, (ulong)value);
    }

    private static void Varint(MemoryStream to, ulong value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            to.WriteByte((byte)(value | 0x80));
        }

        to.WriteByte((byte)value);
    }
}
