using Rag.Inference.Runtime;

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
        ProtoFields.Write(tensor, 9, data);
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
            ProtoFields.Write(entry, 1, key);
            ProtoFields.Write(entry, 2, value);
            Message(tensor, 13, entry);
        }

        ProtoFields.Write(tensor, 14, 1);   // EXTERNAL
        Message(graph, 5, tensor);
        return name;
    }

    /// <param name="attributes">Each value a whole number (int or long) or a float.</param>
    /// <returns>The first output's name.</returns>
    public string Node(string type, string[] inputs, string[] outputs, string domain = "", params (string Name, object Value)[] attributes)
    {
        var node = new MemoryStream();
        Array.ForEach(inputs, input => ProtoFields.Write(node, 1, input));
        Array.ForEach(outputs, output => ProtoFields.Write(node, 2, output));
        ProtoFields.Write(node, 3, outputs[0] + "_node");
        ProtoFields.Write(node, 4, type);
        foreach (var (name, value) in attributes)
        {
            var attribute = new MemoryStream();
            ProtoFields.Write(attribute, 1, name);
            if (value is float real)
            {
                ProtoFields.Varint(attribute, (2 << 3) | 5);
                attribute.Write(BitConverter.GetBytes(real));
                ProtoFields.Write(attribute, 20, 1);   // FLOAT
            }
            else
            {
                ProtoFields.Write(attribute, 3, Convert.ToInt64(value, System.Globalization.CultureInfo.InvariantCulture));
                ProtoFields.Write(attribute, 20, 2);   // INT
            }

            Message(node, 5, attribute);
        }

        ProtoFields.Write(node, 7, domain);
        Message(graph, 1, node);
        return outputs[0];
    }

    public string Node(string type, string output, params string[] inputs) => Node(type, inputs, [output]);

    /// <summary>The whole file's bytes.</summary>
    public byte[] ToBytes(string name)
    {
        ProtoFields.Write(graph, 2, name);
        var model = new MemoryStream();
        ProtoFields.Write(model, 1, 9);   // IR version
        ProtoFields.Write(model, 2, "docent");
        Message(model, 7, graph);
        foreach (var (domain, version) in new[] { ("", 18), (Contrib, 1) })
        {
            var opset = new MemoryStream();
            ProtoFields.Write(opset, 1, domain);
            ProtoFields.Write(opset, 2, version);
            Message(model, 8, opset);
        }

        return model.ToArray();
    }

    public void Dispose() => graph.Dispose();

    private static MemoryStream Head(string name, int type, int[] shape)
    {
        var tensor = new MemoryStream();
        Array.ForEach(shape, size => ProtoFields.Write(tensor, 1, size));
        ProtoFields.Write(tensor, 2, type);
        ProtoFields.Write(tensor, 8, name);
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
                ProtoFields.Write(dimension, 1, known);
            }
            else
            {
                ProtoFields.Write(dimension, 2, (string)size);
            }

            Message(sizes, 1, dimension);
        }

        var tensor = new MemoryStream();
        ProtoFields.Write(tensor, 1, type);
        Message(tensor, 2, sizes);
        var holder = new MemoryStream();
        Message(holder, 1, tensor);
        var value = new MemoryStream();
        ProtoFields.Write(value, 1, name);
        Message(value, 2, holder);
        Message(graph, field, value);
        return this;
    }

    private static string Invariant(long value) => value.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static void Message(MemoryStream to, int field, MemoryStream message) => ProtoFields.Write(to, field, message.GetBuffer().AsSpan(0, (int)message.Length));
}
