using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Rag.Testing.Gguf;

namespace Rag.Inference.Tests.Import;

/// <summary>
/// The chat model of the repository as a GGUF file: its integers and scales multiplied out (F16; the vocabulary as the Q8_0 it came from), queries and keys in llama.cpp's order. Reads
/// the graph's initializers by onnx.proto's field numbers.
/// </summary>
internal sealed class ShippedAsGguf
{
    private const int Hidden = 576, Inner = 1_536, Heads = 9, KeyHeads = 3, HeadSize = 64, Layers = 30, Vocabulary = 49_152;

    private readonly string folder = ShippedModels.ChatFolder.Path;
    private readonly Dictionary<string, byte[]> weights = [];

    public ShippedAsGguf()
    {
        foreach (var (_, graph) in Fields(File.ReadAllBytes(Path.Combine(folder, "model.onnx"))).Where(f => f.Field == 7))
        {
            foreach (var (_, tensor) in Fields(graph).Where(f => f.Field == 5))
            {
                var parts = Fields(tensor).ToList();
                var place = parts.Where(p => p.Field == 13).Select(p => Fields(p.Value).ToDictionary(e => e.Field, e => Encoding.UTF8.GetString(e.Value))).ToDictionary(e => e[1], e => e[2]);
                weights[Encoding.UTF8.GetString(parts.First(p => p.Field == 8).Value)] =
                    place.Count == 0 ? parts.Where(p => p.Field == 9).Select(p => p.Value).FirstOrDefault() ?? [] : External(place);
            }
        }
    }

    public GgufWriter Write()
    {
        var file = new GgufWriter();
        file.Add("general.architecture", "llama").Add("general.name", "SmolLM2 again").Add("llama.context_length", 8_192).Add("llama.embedding_length", Hidden)
            .Add("llama.block_count", Layers).Add("llama.feed_forward_length", Inner).Add("llama.attention.head_count", Heads).Add("llama.attention.head_count_kv", KeyHeads)
            .Add("llama.rope.dimension_count", HeadSize).Add("llama.rope.freq_base", 100_000f).Add("llama.attention.layer_norm_rms_epsilon", 1e-5f);
        Tokenizer(file);
        Table(file);
        Vector(file, "output_norm.weight", Reals($"l{Layers - 1}.next_norm"));
        for (var i = 0; i < Layers; i++)
        {
            var (read, write) = ($"l{i}.", $"blk.{i}.");
            Vector(file, write + "attn_norm.weight", Reals(i == 0 ? "l0.attn_norm" : $"l{i - 1}.next_norm"));
            Vector(file, write + "ffn_norm.weight", Reals(read + "ffn_norm"));
            var joined = Linear(read + "qkv", Hidden, i == 0 ? "n0.idx" : $"l{i - 1}.n2.idx");
            Matrix(file, write + "attn_q.weight", [.. Enumerable.Range(0, Heads * HeadSize).Select(row => joined[Neighbours(row)])]);
            Matrix(file, write + "attn_k.weight", [.. Enumerable.Range(0, KeyHeads * HeadSize).Select(row => joined[(Heads * HeadSize) + Neighbours(row)])]);
            Matrix(file, write + "attn_v.weight", joined[((Heads + KeyHeads) * HeadSize)..]);
            Matrix(file, write + "attn_output.weight", Linear(read + "o", Hidden, read + "attn.idx"));
            Matrix(file, write + "ffn_gate.weight", Linear(read + "gate", Hidden, read + "n1.idx"));
            Matrix(file, write + "ffn_up.weight", Linear(read + "up", Hidden, read + "n1.idx"));
            Matrix(file, write + "ffn_down.weight", Down(read + "down"));
        }

        return file;
    }

    // llama.cpp's converter: number s × half + j of a head becomes number 2j + s.
    private static int Neighbours(int row) => (row / HeadSize * HeadSize) + (row % 2 * HeadSize / 2) + (row % HeadSize / 2);

    /// <summary>Integers (inputs × outputs) with a scale per output, and a few inputs more in full precision.</summary>
    /// <returns>A row of inputs per output.</returns>
    private float[][] Linear(string name, int inputs, string index)
    {
        var (codes, scales) = (weights[name + ".q"], Reals(name + ".s"));
        var rows = Enumerable.Range(0, scales.Length).Select(o => Enumerable.Range(0, inputs).Select(i => (sbyte)codes[(i * scales.Length) + o] * scales[o]).ToArray()).ToArray();
        if (weights.ContainsKey(name + ".wo"))
        {
            var more = Reals(name + ".wo");
            var places = MemoryMarshal.Cast<byte, long>(weights[index]).ToArray();
            for (var p = 0; p < places.Length; p++)
            {
                for (var o = 0; o < rows.Length; o++)
                {
                    rows[o][places[p]] += more[(p * rows.Length) + o];
                }
            }
        }

        return rows;
    }

    private float[][] Down(string name)
    {
        var (codes, scales, zeros) = (weights[name + ".q"], Reals(name + ".s"), weights[name + ".z"]);
        return [.. Enumerable.Range(0, Hidden).Select(o => Enumerable.Range(0, Inner).Select(i =>
        {
            var block = (o * Inner / 64) + (i / 64);
            return (codes[(o * Inner) + i] - zeros[block]) * scales[block];
        }).ToArray())];
    }

    private void Table(GgufWriter file)
    {
        var (codes, scales) = (weights["embed.q"], Reals("embed.scale"));
        var bytes = new byte[scales.Length * 34];
        for (var block = 0; block < scales.Length; block++)
        {
            BinaryPrimitives.WriteHalfLittleEndian(bytes.AsSpan(block * 34), (Half)scales[block]);
            for (var i = 0; i < 32; i++)
            {
                bytes[(block * 34) + 2 + i] = (byte)(codes[(block * 32) + i] - 128);
            }
        }

        file.Tensor("token_embd.weight", 8, bytes, Hidden, Vocabulary);
    }

    private void Tokenizer(GgufWriter file)
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "tokenizer.json")));
        var tokens = new string[Vocabulary];
        foreach (var word in json.RootElement.GetProperty("model").GetProperty("vocab").EnumerateObject())
        {
            tokens[word.Value.GetInt32()] = word.Name;
        }

        var types = Enumerable.Repeat(1, Vocabulary).ToArray();
        foreach (var added in json.RootElement.GetProperty("added_tokens").EnumerateArray())
        {
            types[added.GetProperty("id").GetInt32()] = 3;
        }

        var merges = json.RootElement.GetProperty("model").GetProperty("merges").EnumerateArray().Select(merge => $"{merge[0].GetString()} {merge[1].GetString()}").ToArray();
        file.Add("tokenizer.ggml.model", "gpt2").Add("tokenizer.ggml.pre", "smollm").Add("tokenizer.ggml.tokens", tokens).Add("tokenizer.ggml.token_type", types)
            .Add("tokenizer.ggml.merges", merges).Add("tokenizer.ggml.eos_token_id", 2).Add("tokenizer.chat_template", File.ReadAllText(Path.Combine(folder, "chat_template.jinja")));
    }

    private static void Vector(GgufWriter file, string name, float[] numbers) => file.Tensor(name, 0, MemoryMarshal.AsBytes<float>(numbers).ToArray(), numbers.Length);

    private static void Matrix(GgufWriter file, string name, float[][] rows) =>
        file.Tensor(name, 1, MemoryMarshal.AsBytes<Half>(rows.SelectMany(row => row.Select(x => (Half)x)).ToArray()).ToArray(), rows[0].Length, rows.Length);

    private float[] Reals(string name) => MemoryMarshal.Cast<byte, float>(weights[name]).ToArray();

    private byte[] External(Dictionary<string, string> place)
    {
        using var data = File.OpenRead(Path.Combine(folder, place["location"]));
        data.Position = long.Parse(place["offset"], System.Globalization.CultureInfo.InvariantCulture);
        var bytes = new byte[int.Parse(place["length"], System.Globalization.CultureInfo.InvariantCulture)];
        data.ReadExactly(bytes);
        return bytes;
    }

    private static IEnumerable<(int Field, byte[] Value)> Fields(byte[] message)
    {
        for (var at = 0; at < message.Length;)
        {
            var tag = Varint(message, ref at);
            var length = (tag & 7) switch { 0 => 0, 1 => 8, 5 => 4, _ => (int)Varint(message, ref at) };
            if ((tag & 7) == 0)
            {
                Varint(message, ref at);
            }

            yield return ((int)(tag >> 3), message[at..(at + length)]);
            at += length;
        }
    }

    private static ulong Varint(byte[] message, ref int at)
    {
        ulong value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var next = message[at++];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }
    }
}
