using System.Runtime.InteropServices;
using System.Text;

namespace Rag.Inference.Tests.Models;

/// <summary>Writes small ONNX graphs: the protobuf messages of onnx.proto, by field number.</summary>
internal sealed class OnnxWriter : IDisposable
{
    public const int Float = 1;
    public const int Integer = 6;
    public const int Long = 7;

    private readonly MemoryStream graph = new();
    private readonly Random random = new(5);

    public OnnxWriter Input(string name, int type, params object[] shape) => Value(11, name, type, shape);

    public OnnxWriter Output(string name, int type, params object[] shape) => Value(12, name, type, shape);

    /// <summary>Random weights, always the same.</summary>
    public string Weights(string name, params int[] shape)
    {
        var data = new float[shape.Aggregate(1, (product, size) => product * size)];
        for (var i = 0; i < data.Length; i++)
        {
            data[i] = (random.NextSingle() - 0.5f) * 1.5f;
        }

        return Tensor(name, Float, MemoryMarshal.AsBytes<float>(data), shape);
    }

    public string Constant(string name, long value, params int[] shape) => Tensor(name, Long, BitConverter.GetBytes(value), shape);

    public string Node(string type, string[] inputs, string[] outputs, string domain = "", params (string Name, long Value)[] attributes)
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
            Number(attribute, 3, value);
            Number(attribute, 20, 2);   // INT
            Message(node, 5, attribute);
        }

        Text(node, 7, domain);
        Message(graph, 1, node);
        return outputs[0];
    }

    public string Node(string type, string output, params string[] inputs) => Node(type, inputs, [output]);

    public void Save(string path)
    {
        Text(graph, 2, "tiny");
        var model = new MemoryStream();
        Number(model, 1, 9);   // IR version
        Message(model, 7, graph);
        foreach (var (domain, version) in new[] { ("", 17), ("com.microsoft", 1) })
        {
            var opset = new MemoryStream();
            Text(opset, 1, domain);
            Number(opset, 2, version);
            Message(model, 8, opset);
        }

        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, model.ToArray());
    }

    public void Dispose() => graph.Dispose();

    private string Tensor(string name, int type, ReadOnlySpan<byte> data, int[] shape)
    {
        var tensor = new MemoryStream();
        Array.ForEach(shape, size => Number(tensor, 1, size));
        Number(tensor, 2, type);
        Text(tensor, 8, name);
        Bytes(tensor, 9, data);
        Message(graph, 5, tensor);
        return name;
    }

    private OnnxWriter Value(int field, string name, int type, object[] shape)
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

    private static void Message(MemoryStream to, int field, MemoryStream message) => Bytes(to, field, message.ToArray());

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
