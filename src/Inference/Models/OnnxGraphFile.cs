using System.Text;

namespace Rag.Inference.Models;

/// <summary>
/// What a graph's file says about itself before ONNX Runtime opens it: its operators, and the files its weights lie in. Walks the protobuf
/// fields of onnx.proto and steps over everything else, weights included.
/// </summary>
internal sealed class OnnxGraphFile
{
    private readonly HashSet<string> operators = new(StringComparer.Ordinal);
    private readonly HashSet<string> dataFiles = new(StringComparer.Ordinal);

    private OnnxGraphFile()
    {
    }

    private enum Message
    {
        Model,
        Graph,
        Node,
        Attribute,
        Function,
        Tensor,
    }

    /// <summary>Operator types without their domain, as in <c>GroupQueryAttention</c>.</summary>
    public IReadOnlySet<string> Operators => operators;

    /// <summary>Names of the files with external weights.</summary>
    public IReadOnlySet<string> DataFiles => dataFiles;

    /// <exception cref="InvalidDataException">The file is no protobuf.</exception>
    public static OnnxGraphFile Read(string path)
    {
        var graph = new OnnxGraphFile();
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        graph.Walk(stream, Message.Model, stream.Length, depth: 0);
        return graph;
    }

    private void Walk(Stream stream, Message message, long end, int depth)
    {
        if (depth > 32)
        {
            throw new InvalidDataException("The graph is nested too deeply.");
        }

        while (stream.Position < end)
        {
            var tag = Varint(stream);
            var length = (tag & 7) switch
            {
                0 => Skip(stream),
                1 => 8,
                2 => (long)Varint(stream),
                5 => 4,
                _ => throw new InvalidDataException("The file is not an ONNX graph."),
            };
            var next = stream.Position + length;
            if (length < 0 || next > end)
            {
                throw new InvalidDataException("The file is not an ONNX graph or was cut short.");
            }

            if ((tag & 7) == 2)
            {
                Field(stream, message, (int)(tag >> 3), length, depth);
            }

            stream.Position = next;
        }
    }

    // Field numbers of onnx.proto.
    private void Field(Stream stream, Message message, int field, long length, int depth)
    {
        Message? child = (message, field) switch
        {
            (Message.Model, 7) => Message.Graph,
            (Message.Model, 25) => Message.Function,
            (Message.Graph, 1) or (Message.Function, 7) => Message.Node,
            (Message.Graph, 5) => Message.Tensor,
            (Message.Node, 5) => Message.Attribute,
            (Message.Attribute, 5 or 10) => Message.Tensor,
            (Message.Attribute, 6 or 11) => Message.Graph,
            _ => null,
        };

        if (child is { } inner)
        {
            Walk(stream, inner, stream.Position + length, depth + 1);
        }
        else if ((message, field) is (Message.Node, 4))
        {
            operators.Add(Text(stream, length));
        }
        else if ((message, field) is (Message.Tensor, 13))
        {
            DataFile(stream, stream.Position + length);
        }
    }

    // StringStringEntryProto: 1 = key, 2 = value.
    private void DataFile(Stream stream, long end)
    {
        var isLocation = false;
        while (stream.Position < end)
        {
            var tag = Varint(stream);
            var text = Text(stream, (long)Varint(stream));
            if (tag >> 3 == 1)
            {
                isLocation = text == "location";
            }
            else if (isLocation)
            {
                dataFiles.Add(text);
            }
        }
    }

    private static string Text(Stream stream, long length)
    {
        if (length is < 0 or > 4_096)
        {
            throw new InvalidDataException("The file is not an ONNX graph: a name in it is too long.");
        }

        var bytes = new byte[length];
        stream.ReadExactly(bytes);
        return Encoding.UTF8.GetString(bytes);
    }

    private static long Skip(Stream stream)
    {
        _ = Varint(stream);
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

        throw new InvalidDataException("The file is not an ONNX graph or was cut short.");
    }
}
