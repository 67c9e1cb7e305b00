namespace Rag.Inference.Import;

/// <summary>How a tensor's numbers are written: blocks of so many elements in so many bytes. Codes and layouts: ggml's <c>ggml.h</c> and <c>ggml-common.h</c>.</summary>
/// <param name="Decode">One row or a part of it, in whole blocks: bytes to numbers.</param>
internal sealed record GgufType(uint Code, string Name, int BlockElements, int BlockBytes, GgufDecoder Decode)
{
    private static readonly GgufType[] Known =
    [
        new(0, "F32", 1, 4, GgufBlocks.F32),
        new(1, "F16", 1, 2, GgufBlocks.F16),
        new(2, "Q4_0", 32, 18, GgufBlocks.Q40),
        new(3, "Q4_1", 32, 20, GgufBlocks.Q41),
        new(6, "Q5_0", 32, 22, GgufBlocks.Q50),
        new(7, "Q5_1", 32, 24, GgufBlocks.Q51),
        new(8, "Q8_0", 32, 34, GgufBlocks.Q80),
        new(12, "Q4_K", 256, 144, GgufBlocks.Q4K),
        new(13, "Q5_K", 256, 176, GgufBlocks.Q5K),
        new(14, "Q6_K", 256, 210, GgufBlocks.Q6K),
        new(30, "BF16", 1, 2, GgufBlocks.BF16),
    ];

    private static readonly Dictionary<uint, string> Others = new()
    {
        [9] = "Q8_1", [10] = "Q2_K", [11] = "Q3_K", [15] = "Q8_K", [16] = "IQ2_XXS", [17] = "IQ2_XS", [18] = "IQ3_XXS", [19] = "IQ1_S", [20] = "IQ4_NL", [21] = "IQ3_S",
        [22] = "IQ2_S", [23] = "IQ4_XS", [24] = "I8", [25] = "I16", [26] = "I32", [27] = "I64", [28] = "F64", [29] = "IQ1_M", [34] = "TQ1_0", [35] = "TQ2_0", [39] = "MXFP4",
    };

    public static string Names => string.Join(", ", Known.Select(type => type.Name));

    /// <summary>Null: not known.</summary>
    public static GgufType? Find(uint code) => Array.Find(Known, type => type.Code == code);

    /// <summary>By its name, for one that must be known.</summary>
    public static GgufType Of(string name) => Known.Single(type => type.Name == name);

    /// <summary>What a type is called, known or not.</summary>
    public static string NameOf(uint code) => Find(code)?.Name ?? Others.GetValueOrDefault(code) ?? $"number {code}";
}

/// <summary>Turns whole blocks into as many numbers as they hold.</summary>
internal delegate void GgufDecoder(ReadOnlySpan<byte> blocks, Span<float> numbers);
