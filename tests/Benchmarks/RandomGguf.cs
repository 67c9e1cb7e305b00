using System.Text;

namespace Rag.Benchmarks;

/// <summary>
/// A file for llama.cpp with random weights (Q8_0) in the shape of the chat model in the repository: speed needs no real ones. Format: ggml's docs/gguf.md, version 3.
/// </summary>
internal static class RandomGguf
{
    private const int Layers = 30, Width = 576, KeyWidth = 192, Inner = 1_536, Heads = 9, KeyHeads = 3, Vocabulary = 49_152;
    private const uint TypeF32 = 0, TypeQ8 = 8;
    private const int Alignment = 32;

    public static void Write(string path)
    {
        using var file = new BinaryWriter(File.Create(path));
        var tensors = Tensors().ToList();
        file.Write("GGUF"u8);
        file.Write(3);
        file.Write((long)tensors.Count);
        file.Write(21L);
        Text(file, "general.architecture", "llama");
        Text(file, "general.name", "random");
        Number(file, "general.file_type", 7);
        Number(file, "llama.context_length", 8_192);
        Number(file, "llama.embedding_length", Width);
        Number(file, "llama.block_count", Layers);
        Number(file, "llama.feed_forward_length", Inner);
        Number(file, "llama.attention.head_count", Heads);
        Number(file, "llama.attention.head_count_kv", KeyHeads);
        Number(file, "llama.rope.dimension_count", Width / Heads);
        Number(file, "llama.vocab_size", Vocabulary);
        Real(file, "llama.attention.layer_norm_rms_epsilon", 1e-5f);
        Real(file, "llama.rope.freq_base", 100_000);
        Text(file, "tokenizer.ggml.model", "gpt2");
        Text(file, "tokenizer.ggml.pre", "smollm");
        string[] first = ["<|im_start|>", "<|im_end|>", "<|endoftext|>", "t", "9"];
        Texts(file, "tokenizer.ggml.tokens", [.. first, .. Enumerable.Range(first.Length, Vocabulary - first.Length).Select(i => $"t{i}")]);
        Types(file, [.. Enumerable.Range(0, Vocabulary).Select(i => i < 3 ? 3 : 1)]);
        Texts(file, "tokenizer.ggml.merges", ["t 9"]);
        Text(file, "tokenizer.chat_template", "{{ '<|im_start|>' }}");
        Number(file, "tokenizer.ggml.bos_token_id", 1);
        Number(file, "tokenizer.ggml.eos_token_id", 2);
        var offset = 0L;
        foreach (var (name, columns, rows) in tensors)
        {
            String(file, name);
            file.Write(rows == 0 ? 1 : 2);
            file.Write((long)columns);
            if (rows > 0)
            {
                file.Write((long)rows);
            }

            file.Write(rows == 0 ? TypeF32 : TypeQ8);
            file.Write(offset);
            offset = Align(offset + Bytes(columns, rows));
        }

        var random = new Random(1);
        var block = new byte[34];
        foreach (var (_, columns, rows) in tensors)
        {
            file.Write(new byte[Align(file.BaseStream.Position) - file.BaseStream.Position]);
            for (var i = 0; rows == 0 && i < columns; i++)
            {
                file.Write(1f);
            }

            for (var i = 0L; i < (long)columns * rows / 32; i++)
            {
                random.NextBytes(block);
                BitConverter.TryWriteBytes(block, (Half)0.0005f);
                file.Write(block);
            }
        }

        file.Write(new byte[Align(file.BaseStream.Position) - file.BaseStream.Position]);
    }

    /// <summary>Name, columns, rows; no rows: numbers of full precision.</summary>
    private static IEnumerable<(string Name, int Columns, int Rows)> Tensors()
    {
        yield return ("token_embd.weight", Width, Vocabulary);
        yield return ("output_norm.weight", Width, 0);
        for (var i = 0; i < Layers; i++)
        {
            yield return ($"blk.{i}.attn_norm.weight", Width, 0);
            yield return ($"blk.{i}.attn_q.weight", Width, Width);
            yield return ($"blk.{i}.attn_k.weight", Width, KeyWidth);
            yield return ($"blk.{i}.attn_v.weight", Width, KeyWidth);
            yield return ($"blk.{i}.attn_output.weight", Width, Width);
            yield return ($"blk.{i}.ffn_norm.weight", Width, 0);
            yield return ($"blk.{i}.ffn_gate.weight", Width, Inner);
            yield return ($"blk.{i}.ffn_up.weight", Width, Inner);
            yield return ($"blk.{i}.ffn_down.weight", Inner, Width);
        }
    }

    private static long Bytes(int columns, int rows) => rows == 0 ? columns * 4L : (long)columns * rows / 32 * 34;

    private static long Align(long offset) => (offset + Alignment - 1) / Alignment * Alignment;

    private static void String(BinaryWriter file, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        file.Write((long)bytes.Length);
        file.Write(bytes);
    }

    private static void Key(BinaryWriter file, string key, int type)
    {
        String(file, key);
        file.Write(type);
    }

    private static void Text(BinaryWriter file, string key, string value)
    {
        Key(file, key, 8);
        String(file, value);
    }

    private static void Number(BinaryWriter file, string key, int value)
    {
        Key(file, key, 4);
        file.Write(value);
    }

    private static void Real(BinaryWriter file, string key, float value)
    {
        Key(file, key, 6);
        file.Write(value);
    }

    private static void Types(BinaryWriter file, IReadOnlyCollection<int> values)
    {
        Key(file, "tokenizer.ggml.token_type", 9);
        file.Write(5);
        file.Write((long)values.Count);
        foreach (var value in values)
        {
            file.Write(value);
        }
    }

    private static void Texts(BinaryWriter file, string key, IReadOnlyCollection<string> values)
    {
        Key(file, key, 9);
        file.Write(8);
        file.Write((long)values.Count);
        foreach (var value in values)
        {
            String(file, value);
        }
    }
}
