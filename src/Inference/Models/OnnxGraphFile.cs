using System.Text;
using Rag.Inference.Runtime;

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

        foreach (var field in ProtoFields.Walk(stream, end).Where(field => field.HasLength))
        {
            Field(stream, message, field, depth);
        }
    }

    // Field numbers of onnx.proto.
    private void Field(Stream stream, Message message, ProtoFields.Place field, int depth)
    {
        Message? child = (message, field.Number) switch
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
            Walk(stream, inner, field.At + field.Length, depth + 1);
        }
        else if ((message, field.Number) is (Message.Node, 4))
        {
            operators.Add(Text(stream, field.Length));
        }
        else if ((message, field.Number) is (Message.Tensor, 13))
        {
            DataFile(stream, field.At + field.Length);
        }
    }

    // StringStringEntryProto: 1 = key, 2 = value.
    private void DataFile(Stream stream, long end)
    {
        var isLocation = false;
        foreach (var part in ProtoFields.Walk(stream, end).Where(part => part.HasLength))
        {
            var text = Text(stream, part.Length);
            if (part.Number == 1)
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
        if (length > 4_096)
        {
            throw new InvalidDataException("The file is not an ONNX graph: a name in it is too long.");
        }

        var bytes = new byte[length];
        stream.ReadExactly(bytes);
        return Encoding.UTF8.GetString(bytes);
    }
}
