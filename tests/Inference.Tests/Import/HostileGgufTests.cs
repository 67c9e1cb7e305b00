using System.Buffers.Binary;
using System.Text;
using Rag.Inference.Import;
using Rag.Testing.Gguf;

namespace Rag.Inference.Tests.Import;

/// <summary>Files that are damaged, or of kinds that are not known: one sentence each, and nothing is left behind.</summary>
public sealed class HostileGgufTests : IDisposable
{
    private readonly ImportBench bench = new();

    public static TheoryData<string, string> Wrong => new()
    {
        { "architecture", "its architecture is 'gemma3'; known are llama, qwen2, qwen3" },
        { "type", "its tensor output_norm.weight is of the type IQ4_XS; known are F32, F16" },
        { "template", "its chat template is of no family that is known" },
        { "no template", "it has no chat template" },
        { "cut", "its tokenizer cuts a text by 'tekken'; known are gpt-2, smollm" },
        { "no cut", "it does not state how its tokenizer cuts a text" },
        { "tokenizer", "its tokenizer is of the kind 'rwkv'" },
        { "experts", "it is a mixture of experts" },
        { "yarn", "its positions are scaled by 'yarn'" },
        { "tensor", "it has a tensor blk.0.attn_sub_norm.weight, which is not known for llama" },
        { "no tensor", "it has no tensor blk.1.ffn_up.weight" },
        { "size", "its tensor output_norm.weight is of 1 × 32, not 1 × 64" },
        { "version", "it is of GGUF's version 1" },
        { "big endian", "it is written for big-endian machines" },
        { "twice", "it states general.name twice" },
        { "two tensors", "it has two tensors output_norm.weight" },
        { "parts", "it is one of 3 parts" },
        { "heads", "its sizes do not fit together" },
        { "rotated in part", "are rotated in part" },
        { "zero", "its llama.block_count is 0, which cannot be" },
        { "per layer", "its llama.feed_forward_length differs from layer to layer" },
        { "not finite", "its tensor output_norm.weight holds a number that is not finite" },
        { "control", "has no control tokens of the chat template 'chatml'" },
        { "duplicate", "its vocabulary holds th twice" },
        { "merge", "its tokenizer has a merge 'the', which is no pair" },
        { "merge of unknown", "cannot be used" },
        { "text for number", "its llama.block_count is of another type than it should be" },
        { "stop", "it does not state which token ends an answer" },
    };

    public void Dispose() => bench.Dispose();

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task File_ThatCannotBe_IsRefusedByName(string what, string words)
    {
        var file = new TinyGguf(new()).File;
        byte[] Norm(int count, float value = 1) => [.. Enumerable.Repeat(BitConverter.GetBytes(value), count).SelectMany(bytes => bytes)];
        _ = what switch
        {
            "architecture" => file.Add("general.architecture", "gemma3"),
            "type" => file.Remove("output_norm.weight").Tensor("output_norm.weight", 23, Norm(64), 64),
            "template" => file.Add("tokenizer.chat_template", "{{ '<|strange|>' }}"),
            "no template" => file.Remove("tokenizer.chat_template"),
            "cut" => file.Add("tokenizer.ggml.pre", "tekken"),
            "no cut" => file.Remove("tokenizer.ggml.pre"),
            "tokenizer" => file.Add("tokenizer.ggml.model", "rwkv"),
            "experts" => file.Add("llama.expert_count", 8),
            "yarn" => file.Add("llama.rope.scaling.type", "yarn"),
            "tensor" => file.Tensor("blk.0.attn_sub_norm.weight", 0, Norm(64), 64),
            "no tensor" => file.Remove("blk.1.ffn_up.weight"),
            "size" => file.Remove("output_norm.weight").Tensor("output_norm.weight", 0, Norm(32), 32),
            "twice" => file.AddTwice("general.name", "again"),
            "two tensors" => file.Tensor("output_norm.weight", 0, Norm(64), 64),
            "parts" => file.Add("split.count", 3),
            "heads" => file.Add("llama.attention.head_count_kv", 3),
            "rotated in part" => file.Add("llama.rope.dimension_count", 8),
            "zero" => file.Add("llama.block_count", 0),
            "per layer" => file.Add("llama.feed_forward_length", new[] { 96, 96 }),
            "not finite" => file.Remove("output_norm.weight").Tensor("output_norm.weight", 0, Norm(64, float.NaN), 64),
            "control" => file.Add("tokenizer.ggml.token_type", Enumerable.Repeat(1, TinyShape.Vocabulary).ToArray()),
            "duplicate" => file.Add("tokenizer.ggml.tokens", new[] { "th", "th" }).Remove("tokenizer.ggml.token_type").Add("tokenizer.ggml.eos_token_id", 1),
            "merge" => file.Add("tokenizer.ggml.merges", new[] { "the" }),
            "merge of unknown" => file.Add("tokenizer.ggml.merges", new[] { "th xyz" }),
            "text for number" => file.Add("llama.block_count", "two"),
            "stop" => file.Remove("tokenizer.ggml.eos_token_id").Add("tokenizer.ggml.token_type", Enumerable.Repeat(1, TinyShape.Vocabulary).ToArray()),
            _ => file,
        };
        file.Version = what switch { "version" => 1, "big endian" => 0x03000000, _ => 3 };
        var error = await Assert.ThrowsAsync<InferenceException>(() => bench.ImportAsync(file));
        Assert.Equal(InferenceFailure.InvalidOption, error.Reason);
        Assert.Contains(words, error.Message);
        Assert.StartsWith("The file tiny.gguf cannot be imported: ", error.Message);
        Assert.EndsWith(".", error.Message);
        Assert.Empty(Directory.GetFileSystemEntries(bench.Models));
    }

    [Fact]
    public void Mutants_EndInSuccessOrASentence_InLittleMemory()
    {
        var good = new TinyGguf(new() { Type = "Q8_0", Hidden = 32, Inner = 32, Heads = 2, KeyHeads = 1, Layers = 1 }).File
            .Add("tokenizer.ggml.tokens", new[] { "a", "b", "ab", "<|im_start|>", "<|im_end|>" }).Add("tokenizer.ggml.token_type", new[] { 1, 1, 1, 3, 3 })
            .Add("tokenizer.ggml.merges", new[] { "a b" }).Add("tokenizer.ggml.eos_token_id", 4).Add("tokenizer.ggml.bos_token_id", 3).ToArray();
        var header = good.Length - Encoding.Latin1.GetString(good).LastIndexOf("blk.0.ffn_down.weight", StringComparison.Ordinal);
        header = good.Length - header + 60;
        var random = new Random(11);
        var path = bench.PathOf("mutant.gguf");
        var (succeeded, refused, most) = (0, 0, 0L);
        for (var i = 0; i < 5_000; i++)
        {
            File.WriteAllBytes(path, Mutant(good, header, random));
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                if (i % 100 == 0)
                {
                    bench.Importer().Import(new(path, "m" + i), new(null, default));
                }
                else
                {
                    using var file = GgufFile.Open(path);
                    Assert.NotEmpty(ImportPlan.Read(file, path, 8_192).Tokenizer);
                }

                succeeded++;
            }
            catch (Exception error) when (error is InferenceException or FormatException)
            {
                Assert.NotEmpty(error.Message);
                Assert.True(error is FormatException || error.Message.EndsWith('.'), error.Message);
                refused++;
            }

            most = Math.Max(most, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{succeeded} imported, {refused} refused, at most {most / 1024} KiB allocated");
        Assert.InRange(most, 0, 64 << 20);
        Assert.InRange(succeeded, 100, 4_900);
        Assert.DoesNotContain(Directory.GetDirectories(bench.Models), folder => Path.GetFileName(folder)[0] == '.');
    }

    private static byte[] Mutant(byte[] good, int header, Random random)
    {
        var bytes = good.ToArray();
        switch (random.Next(4))
        {
            case 0:
                return bytes[..random.Next(bytes.Length)];
            case 1:
                for (var flips = random.Next(1, 4); flips > 0; flips--)
                {
                    bytes[random.Next(random.Next(8) == 0 ? bytes.Length : header)] ^= (byte)(1 << random.Next(8));
                }

                return bytes;
            case 2:   // a length, count, size or offset of another order
                ulong[] sizes = [0, 1, 0x7F, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0x7FFFFFFFFFFFFFFF, ulong.MaxValue, (ulong)random.NextInt64()];
                var size = sizes[random.Next(sizes.Length)];
                if (random.Next(2) == 0)
                {
                    BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(random.Next(8, header - 8)), size);
                }
                else
                {
                    BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(random.Next(8, header - 4)), (uint)size);
                }

                return bytes;
            default:
                var at = random.Next(header);
                return [.. bytes[..at], .. Enumerable.Range(0, random.Next(1, 40)).Select(_ => (byte)random.Next(256)), .. bytes[Math.Min(bytes.Length, at + random.Next(40))..]];
        }
    }
}
