using static Rag.Inference.Tests.Models.OnnxWriter;

namespace Rag.Inference.Tests.Models;

/// <summary>A random decoder of two layers without GroupQueryAttention: past and new keys are put together by the graph, as older exports do.</summary>
internal static class TinyCopyingDecoder
{
    private const int HeadSize = 16;

    public static void Write(string path)
    {
        using var graph = new OnnxWriter();
        graph.Input("input_ids", Long, "batch", "sequence").Input("attention_mask", Long, "batch", "total");
        var state = graph.Node("Gather", "embedded", graph.Weights("words", TinyModels.Vocabulary, TinyModels.Hidden), "input_ids");
        var (zero, one, axis) = (graph.Constant("zero", 0), graph.Constant("one", 1), graph.Constant("axis", 1, 1));
        var total = graph.Node("Gather", "total_length", graph.Node("Shape", "mask_shape", "attention_mask"), one);
        var added = graph.Node("Gather", "added_length", graph.Node("Shape", "ids_shape", "input_ids"), one);
        var queries = graph.Node("Unsqueeze", "queries", graph.Node("Range", "new_places", graph.Node("Sub", "past_length", total, added), total, one), axis);
        var later = graph.Node("Greater", "later", graph.Node("Range", "places", zero, total, one), queries);
        var never = graph.Node("Cast", [graph.Constant("much", -1_000_000)], ["never"], "", ("to", Float));
        var bias = graph.Node("Mul", "bias", graph.Node("Cast", [later], ["later_number"], "", ("to", Float)), never);
        for (var layer = 0; layer < 2; layer++)
        {
            var query = Projected("q", layer);
            var key = Present("key", layer);
            var value = Present("value", layer);
            var scores = graph.Node("FusedMatMul", [query, key], [$"scores{layer}"], "com.microsoft", ("transB", 1));
            var shares = graph.Node("Softmax", [graph.Node("Add", $"causal{layer}", scores, bias)], [$"shares{layer}"], "", ("axis", -1));
            var mixed = graph.Node("Squeeze", $"mixed{layer}", graph.Node("MatMul", $"attention{layer}", shares, value), axis);
            state = graph.Node("Add", $"state{layer}", state, graph.Node("MatMul", $"out{layer}", mixed, graph.Weights($"wo{layer}", HeadSize, TinyModels.Hidden)));
        }

        graph.Node("MatMul", "logits", state, graph.Weights("head", TinyModels.Hidden, TinyModels.Vocabulary));
        graph.Output("logits", Float, "batch", "sequence", TinyModels.Vocabulary).Save(path);

        string Projected(string what, int layer) => graph.Node(
            "Unsqueeze", $"{what}{layer}", graph.Node("MatMul", $"flat_{what}{layer}", state, graph.Weights($"w{what}{layer}", TinyModels.Hidden, HeadSize)), axis);

        string Present(string what, int layer)
        {
            var name = $"{layer}.{what}";
            graph.Input($"past_key_values.{name}", Float, "batch", 1, "past", HeadSize).Output($"present.{name}", Float, "batch", 1, "total", HeadSize);
            return graph.Node("Concat", [$"past_key_values.{name}", Projected(what, layer)], [$"present.{name}"], "", ("axis", 2));
        }
    }
}
