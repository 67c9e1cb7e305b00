using Rag.Testing.Gguf;

namespace Rag.Inference.Tests.Import;

/// <summary>
/// The decoder as llama.cpp computes it from the same file, in plain loops and doubles, the whole sequence at once: RMS norm, rotation of neighbours (llama) or halves (qwen), grouped
/// keys, SiLU. Shares nothing with the importer.
/// </summary>
/// <param name="neighbours">Which numbers of a head turn together: 2i and 2i + 1, or i and i + half.</param>
internal sealed class ReferenceDecoder(TinyGguf model, bool neighbours)
{
    private readonly TinyShape shape = model.Shape;

    /// <returns>Logits by position.</returns>
    public double[][] Run(int[] tokens)
    {
        var states = tokens.Select(token => Row("token_embd.weight", token, shape.Hidden)).ToArray();
        for (var layer = 0; layer < shape.Layers; layer++)
        {
            var name = $"blk.{layer}.";
            var normed = states.Select(state => Norm(state, name + "attn_norm.weight")).ToArray();
            var queries = Heads(normed, name + "attn_q", shape.Heads, true);
            var keys = Heads(normed, name + "attn_k", shape.KeyHeads, true);
            var values = Heads(normed, name + "attn_v", shape.KeyHeads, false);
            for (var at = 0; at < tokens.Length; at++)
            {
                var attended = Enumerable.Range(0, shape.Heads).SelectMany(head => Attend(queries[at][head], keys, values, at, head * shape.KeyHeads / shape.Heads)).ToArray();
                states[at] = Sum(states[at], Multiply(attended, name + "attn_output", shape.Hidden));
                var forward = Norm(states[at], name + "ffn_norm.weight");
                var gate = Multiply(forward, name + "ffn_gate", shape.Inner);
                var up = Multiply(forward, name + "ffn_up", shape.Inner);
                var gated = gate.Select((x, i) => x / (1 + Math.Exp(-x)) * up[i]).ToArray();
                states[at] = Sum(states[at], Multiply(gated, name + "ffn_down", shape.Hidden));
            }
        }

        return [.. states.Select(state => Multiply(Norm(state, "output_norm.weight"), shape.Tied ? "token_embd" : "output", TinyShape.Vocabulary))];
    }

    /// <summary>By position and head.</summary>
    private double[][][] Heads(double[][] inputs, string name, int heads, bool rotated)
    {
        var result = new double[inputs.Length][][];
        for (var at = 0; at < inputs.Length; at++)
        {
            result[at] = [.. Multiply(inputs[at], name, heads * shape.HeadSize).Chunk(shape.HeadSize)];
            for (var head = 0; rotated && head < heads; head++)
            {
                var numbers = shape.HasHeadNorms ? Norm(result[at][head], name + "_norm.weight") : result[at][head];
                result[at][head] = Rotate(numbers, at);
            }
        }

        return result;
    }

    private double[] Rotate(double[] numbers, int position)
    {
        var turned = new double[numbers.Length];
        var half = numbers.Length / 2;
        for (var i = 0; i < half; i++)
        {
            var (a, b) = neighbours ? (2 * i, (2 * i) + 1) : (i, i + half);
            var factor = shape.Factors ? model.Weights["rope_freqs.weight"][i] : 1;
            var angle = position / shape.LinearScale * Math.Pow(shape.FrequencyBase, -2.0 * i / numbers.Length) / factor;
            turned[a] = (numbers[a] * Math.Cos(angle)) - (numbers[b] * Math.Sin(angle));
            turned[b] = (numbers[a] * Math.Sin(angle)) + (numbers[b] * Math.Cos(angle));
        }

        return turned;
    }

    private double[] Attend(double[] query, double[][][] keys, double[][][] values, int at, int keyHead)
    {
        var scores = Enumerable.Range(0, at + 1).Select(i => query.Zip(keys[i][keyHead], (q, k) => q * k).Sum() / Math.Sqrt(shape.HeadSize)).ToArray();
        var weights = scores.Select(score => Math.Exp(score - scores.Max())).ToArray();
        var total = weights.Sum();
        return [.. Enumerable.Range(0, shape.HeadSize).Select(d => weights.Select((weight, i) => weight / total * values[i][keyHead][d]).Sum())];
    }

    private double[] Norm(double[] state, string weight)
    {
        var scale = 1 / Math.Sqrt(state.Sum(x => x * x) / state.Length + 1e-5);
        return [.. state.Select((x, i) => x * scale * model.Weights[weight][i])];
    }

    private double[] Multiply(double[] input, string name, int rows)
    {
        var weights = model.Weights[name + ".weight"];
        var bias = model.Weights.GetValueOrDefault(name + ".bias");
        var output = new double[rows];
        for (var row = 0; row < rows; row++)
        {
            var sum = (double)(bias?[row] ?? 0);
            for (var i = 0; i < input.Length; i++)
            {
                sum += weights[(row * input.Length) + i] * input[i];
            }

            output[row] = sum;
        }

        return output;
    }

    private double[] Row(string name, int row, int columns) => [.. model.Weights[name].Skip(row * columns).Take(columns).Select(x => (double)x)];

    private static double[] Sum(double[] a, double[] b) => [.. a.Zip(b, (x, y) => x + y)];
}
