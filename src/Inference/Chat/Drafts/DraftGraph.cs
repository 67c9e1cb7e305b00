using System.Runtime.InteropServices;
using Rag.Inference.Runtime;

namespace Rag.Inference.Chat.Drafts;

/// <summary>
/// Rewrites a decoder's graph so that it reads a fixed number of tokens as if they came one by one. ONNX Runtime multiplies one row and several rows by different
/// kernels in GroupQueryAttention, which sum in another order; behind that, int8 activations round differently and another word can win. Here each attention becomes a
/// chain of attentions over one token each, all writing into the same cache, while everything else takes all tokens in one run: the bits are those of single steps.
/// Message and field numbers are those of onnx.proto.
/// </summary>
internal static class DraftGraph
{
    /// <summary>The operator that can be cut into single tokens.</summary>
    public const string Attention = "GroupQueryAttention";

    private const int ModelGraph = 7, GraphNode = 1, GraphInitializer = 5, GraphOutput = 12;
    private const int NodeInput = 1, NodeOutput = 2, NodeName = 3, NodeOperator = 4, NodeAttribute = 5, NodeDomain = 7;
    private const int TensorDimensions = 1, TensorType = 2, TensorName = 8, TensorRaw = 9;
    private const int Int32 = 6, Int64 = 7;   // of TensorProto.DataType
    private const int PastKey = 3, PastValue = 4, Lengths = 5, LastKnownInput = 8;
    private const string Ones = "docent.ones";

    /// <summary>The output that stands for <paramref name="present"/> after that token; the last one keeps its name.</summary>
    public static string Present(string present, int token, int tokens) => token == tokens - 1 ? present : $"{present}.{token}";

    /// <param name="model">A graph whose weights lie in files of their own.</param>
    /// <returns>Null where an attention has inputs that are not known here.</returns>
    /// <exception cref="InvalidDataException">The file is no ONNX graph.</exception>
    public static byte[]? Rewrite(ReadOnlyMemory<byte> model, int tokens)
    {
        using var result = new MemoryStream();
        foreach (var field in ProtoFields.Read(model))
        {
            if (field.Number != ModelGraph)
            {
                result.Write(field.Raw.Span);
            }
            else if (Graph(field.Content, tokens) is { } graph)
            {
                ProtoFields.Write(result, ModelGraph, graph);
            }
            else
            {
                return null;
            }
        }

        return result.ToArray();
    }

    private static byte[]? Graph(ReadOnlyMemory<byte> graph, int tokens)
    {
        using var result = new MemoryStream();
        var fields = ProtoFields.Read(graph);
        var lengths = new HashSet<string>();    // names of seqlens_k for which the single tokens' are made
        var presents = new HashSet<string>();
        foreach (var field in fields)
        {
            if (field.Number != GraphNode || Node.Read(field.Content) is not { Operator: Attention } attention)
            {
                result.Write(field.Raw.Span);
            }
            else if (attention.Inputs.Skip(LastKnownInput + 1).Any(input => input.Length > 0) || attention.Outputs.Length != 3)
            {
                return null;   // positions or a bias of its own, or scores as an output
            }
            else
            {
                Chain(result, attention, tokens, lengths);
                presents.UnionWith(attention.Outputs.Skip(1));
            }
        }

        foreach (var output in fields.Where(field => field.Number == GraphOutput))
        {
            var parts = ProtoFields.Read(output.Content);
            if (presents.Contains(parts.First(part => part.Number == 1).Text))
            {
                for (var token = 0; token < tokens - 1; token++)
                {
                    ProtoFields.Write(result, GraphOutput, Renamed(parts, token, tokens));
                }
            }
        }

        ProtoFields.Write(result, GraphInitializer, Tensor(Ones, Int64, [.. Enumerable.Repeat(1L, tokens)]));
        for (var token = 0; token < tokens - 1; token++)
        {
            ProtoFields.Write(result, GraphInitializer, Tensor(Missing(token), Int32, [tokens - 1 - token]));
        }

        return result.ToArray();
    }

    private static void Chain(Stream graph, Node attention, int tokens, HashSet<string> lengths)
    {
        var (name, seqlens) = (attention.Outputs[0], attention.Inputs[Lengths]);
        if (lengths.Add(seqlens))
        {
            for (var token = 0; token < tokens - 1; token++)
            {
                new Node("Sub", "", [seqlens, Missing(token)], [Length(seqlens, token)], []).Write(graph);
            }
        }

        for (var input = 0; input < PastKey; input++)
        {
            if (attention.Inputs[input].Length > 0)
            {
                var parts = Enumerable.Range(0, tokens).Select(token => $"{name}.in{input}.{token}");
                new Node("Split", "", [attention.Inputs[input], Ones], [.. parts], [Axis]).Write(graph);
            }
        }

        for (var token = 0; token < tokens; token++)
        {
            string[] inputs = [.. attention.Inputs];
            for (var input = 0; input < PastKey; input++)
            {
                inputs[input] = inputs[input].Length > 0 ? $"{name}.in{input}.{token}" : "";
            }

            if (token > 0)
            {
                inputs[PastKey] = Present(attention.Outputs[1], token - 1, tokens);
                inputs[PastValue] = Present(attention.Outputs[2], token - 1, tokens);
            }

            inputs[Lengths] = token == tokens - 1 ? seqlens : Length(seqlens, token);
            string[] outputs = [$"{name}.out.{token}", Present(attention.Outputs[1], token, tokens), Present(attention.Outputs[2], token, tokens)];
            (attention with { Inputs = inputs, Outputs = outputs }).Write(graph);
        }

        new Node("Concat", "", [.. Enumerable.Range(0, tokens).Select(token => $"{name}.out.{token}")], [name], [Axis]).Write(graph);
    }

    private static string Missing(int token) => $"docent.missing.{token}";

    private static string Length(string seqlens, int token) => $"{seqlens}.{token}";

    // AttributeProto: 1 = name, 3 = i, 20 = type (2: an integer). The tokens are the second axis.
    private static byte[] Axis { get; } = Message(attribute =>
    {
        ProtoFields.Write(attribute, 1, "axis");
        ProtoFields.Write(attribute, 3, 1);
        ProtoFields.Write(attribute, 20, 2);
    });

    private static byte[] Renamed(List<ProtoFields.Field> output, int token, int tokens) => Message(renamed =>
    {
        foreach (var part in output)
        {
            if (part.Number == 1)
            {
                ProtoFields.Write(renamed, 1, Present(part.Text, token, tokens));
            }
            else
            {
                renamed.Write(part.Raw.Span);
            }
        }
    });

    private static byte[] Tensor(string name, int type, long[] values) => Message(tensor =>
    {
        ProtoFields.Write(tensor, TensorDimensions, values.Length);
        ProtoFields.Write(tensor, TensorType, type);
        ProtoFields.Write(tensor, TensorName, name);
        ProtoFields.Write(tensor, TensorRaw, type == Int64 ? MemoryMarshal.AsBytes<long>(values) : MemoryMarshal.AsBytes<int>(Array.ConvertAll(values, value => (int)value)));
    });

    private static byte[] Message(Action<Stream> write)
    {
        using var stream = new MemoryStream();
        write(stream);
        return stream.ToArray();
    }

    /// <param name="Attributes">As they came.</param>
    private sealed record Node(string Operator, string Domain, string[] Inputs, string[] Outputs, ReadOnlyMemory<byte>[] Attributes)
    {
        public static Node Read(ReadOnlyMemory<byte> node)
        {
            var fields = ProtoFields.Read(node);
            IEnumerable<string> Texts(int number) => fields.Where(field => field.Number == number).Select(field => field.Text);
            return new(
                Texts(NodeOperator).FirstOrDefault(""), Texts(NodeDomain).FirstOrDefault(""), [.. Texts(NodeInput)], [.. Texts(NodeOutput)],
                [.. fields.Where(field => field.Number == NodeAttribute).Select(field => field.Content)]);
        }

        public void Write(Stream graph) => ProtoFields.Write(graph, GraphNode, Message(node =>
        {
            foreach (var input in Inputs)
            {
                ProtoFields.Write(node, NodeInput, input);
            }

            foreach (var output in Outputs)
            {
                ProtoFields.Write(node, NodeOutput, output);
            }

            ProtoFields.Write(node, NodeName, "docent." + Outputs[0]);
            ProtoFields.Write(node, NodeOperator, Operator);
            ProtoFields.Write(node, NodeDomain, Domain);
            foreach (var attribute in Attributes)
            {
                ProtoFields.Write(node, NodeAttribute, attribute.Span);
            }
        }));
    }
}
