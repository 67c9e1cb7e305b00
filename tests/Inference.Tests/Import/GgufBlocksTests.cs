using System.Buffers.Binary;
using Rag.Inference.Import;
using Rag.Testing.Gguf;

namespace Rag.Inference.Tests.Import;

public sealed class GgufBlocksTests
{
    public static TheoryData<string> Types => [.. RandomBlocks.Types];

    [Theory]
    [MemberData(nameof(Types))]
    public void Blocks_OfEachType_GiveTheNumbersTheyWereMadeOf(string name)
    {
        var type = GgufType.Of(name);
        var (bytes, expected) = RandomBlocks.Make(name, 1_024, new Random(3));
        Assert.Equal(1_024 / type.BlockElements * type.BlockBytes, bytes.Length);
        var numbers = new float[1_024];
        type.Decode(bytes, numbers);
        Assert.All(expected.Zip(numbers), pair => Assert.Equal(pair.First, pair.Second, 1e-6f));
    }

    // By hand from ggml's layouts: d = 0.5, m = −2.
    [Theory]
    [InlineData("Q4_0", "0038 9F", 3.5f, 0.5f)]                    // (15 − 8) d and (9 − 8) d
    [InlineData("Q4_1", "0038 00C0 9F", 5.5f, 2.5f)]               // 15 d + m and 9 d + m
    [InlineData("Q5_0", "0038 01000000 9F", 7.5f, -3.5f)]          // (31 − 16) d; the fifth bit of element 16 is 0
    [InlineData("Q5_1", "0038 00C0 00000100 9F", 5.5f, 10.5f)]     // 15 d + m; 25 d + m
    public void Blocks_ByHand_GiveElements0And16(string name, string beginning, float first, float seventeenth)
    {
        var type = GgufType.Of(name);
        var block = new byte[type.BlockBytes];
        Convert.FromHexString(beginning.Replace(" ", "", StringComparison.Ordinal)).CopyTo(block, 0);
        var numbers = new float[32];
        type.Decode(block, numbers);
        Assert.Equal((first, seventeenth), (numbers[0], numbers[16]));
    }

    [Fact]
    public void Blocks_OfQ80AndQ4K_ByHand()
    {
        var eight = new byte[34];
        BinaryPrimitives.WriteHalfLittleEndian(eight, (Half)0.25f);
        (eight[2], eight[33]) = (0xFF, 0x80);
        var numbers = new float[256];
        GgufBlocks.Q80(eight, numbers.AsSpan(0, 32));
        Assert.Equal((-0.25f, 0f, -32f), (numbers[0], numbers[1], numbers[31]));

        // d = 1, m = 2. Sub-block 0: scale 3, minimum 4. Sub-block 7: scale 0x25, minimum 0x1A, of which the upper two bits lie above scale 3 and minimum 3.
        var four = new byte[144];
        BinaryPrimitives.WriteHalfLittleEndian(four, (Half)1);
        BinaryPrimitives.WriteHalfLittleEndian(four.AsSpan(2), (Half)2);
        (four[4], four[8], four[7], four[11], four[15]) = (3, 4, 0x80, 0x40, 0xA5);
        (four[16], four[16 + 127]) = (0x0B, 0xC0);
        GgufBlocks.Q4K(four, numbers);
        Assert.Equal((11 * 3) - (4 * 2f), numbers[0]);
        Assert.Equal((12 * 0x25) - (0x1A * 2f), numbers[255]);
    }
}
