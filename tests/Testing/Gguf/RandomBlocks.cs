using System.Buffers.Binary;

namespace Rag.Testing.Gguf;

/// <summary>
/// Random weights of each of ggml's types: bytes and the numbers they stand for. Codes and scales are drawn first and then both are made from them, element by element, so this is
/// the reverse of what the importer does.
/// </summary>
public static class RandomBlocks
{
    private const float Least = 1f / 512;   // exact in every type

    // Codes, elements and bytes of a block: ggml's ggml.h and ggml-common.h.
    private static readonly Dictionary<string, (uint Code, int Elements, int Bytes)> Known = new()
    {
        ["F32"] = (0, 1, 4), ["F16"] = (1, 1, 2), ["BF16"] = (30, 1, 2), ["Q8_0"] = (8, 32, 34), ["Q4_0"] = (2, 32, 18), ["Q4_1"] = (3, 32, 20),
        ["Q5_0"] = (6, 32, 22), ["Q5_1"] = (7, 32, 24), ["Q4_K"] = (12, 256, 144), ["Q5_K"] = (13, 256, 176), ["Q6_K"] = (14, 256, 210),
    };

    public static IReadOnlyCollection<string> Types => Known.Keys;

    public static uint Code(string type) => Known[type].Code;

    public static long Bytes(string type, long elements) => elements / Known[type].Elements * Known[type].Bytes;

    /// <summary>Types whose numbers are whole multiples of 1/512 up to 127 of them, once at least in each 32: rounding to 8 bits changes nothing.</summary>
    public static bool IsExact(string type) => type is "F32" or "F16" or "BF16" or "Q8_0";

    public static (byte[] Bytes, float[] Numbers) Make(string type, int count, Random random)
    {
        var bytes = new List<byte>();
        var numbers = new List<float>();
        while (numbers.Count < count)
        {
            switch (type)
            {
                case "F32":
                    Grid(random, Math.Min(32, count - numbers.Count), numbers, code => bytes.AddRange(BitConverter.GetBytes(code * Least)));
                    break;
                case "F16":
                    Grid(random, Math.Min(32, count - numbers.Count), numbers, code => bytes.AddRange(BitConverter.GetBytes((Half)(code * Least))));
                    break;
                case "BF16":
                    Grid(random, Math.Min(32, count - numbers.Count), numbers, code => bytes.AddRange(BitConverter.GetBytes(code * Least)[2..]));
                    break;
                case "Q8_0":
                    bytes.AddRange(Half16(Least));
                    Grid(random, 32, numbers, code => bytes.Add((byte)(sbyte)code));
                    break;
                case "Q4_0" or "Q4_1" or "Q5_0" or "Q5_1":
                    Small(type, random, bytes, numbers);
                    break;
                default:
                    Large(type, random, bytes, numbers);
                    break;
            }
        }

        return ([.. bytes], [.. numbers]);
    }

    private static void Grid(Random random, int count, List<float> numbers, Action<int> write)
    {
        var full = random.Next(count);
        for (var i = 0; i < count; i++)
        {
            var code = i == full ? 127 : random.Next(-127, 128);
            numbers.Add(code * Least);
            write(code);
        }
    }

    // Scale, perhaps a least number, perhaps fifth bits, then 4 bits of element i and of element i + 16 in one byte.
    private static void Small(string type, Random random, List<byte> bytes, List<float> numbers)
    {
        var bits = type[1] - '0';
        var scale = (float)(Half)(0.25f / (1 << bits) * (1 + random.NextSingle()));
        var least = type[3] == '1' ? (float)(Half)(-scale * (1 << (bits - 1)) * (0.9f + (0.2f * random.NextSingle()))) : -scale * (1 << (bits - 1));
        var codes = Enumerable.Range(0, 32).Select(_ => random.Next(1 << bits)).ToArray();
        codes[random.Next(32)] = 0;   // as ggml has it: the furthest number stands at the end of the range
        bytes.AddRange(Half16(scale));
        if (type[3] == '1')
        {
            bytes.AddRange(Half16(least));
        }

        if (bits == 5)
        {
            bytes.AddRange(BitConverter.GetBytes(codes.Select((code, i) => (uint)(code >> 4) << i).Aggregate((a, b) => a | b)));
        }

        bytes.AddRange(Enumerable.Range(0, 16).Select(i => (byte)((codes[i] & 15) + ((codes[i + 16] & 15) << 4))));
        numbers.AddRange(codes.Select(code => (code * scale) + least));
    }

    private static void Large(string type, Random random, List<byte> bytes, List<float> numbers)
    {
        var block = new byte[Known[type].Bytes];
        if (type == "Q6_K")
        {
            var six = (float)(Half)(1f / 8_192);
            for (var e = 0; e < 256; e++)
            {
                var (code, part) = (random.Next(64), e / 16);
                if (e % 16 == 0)
                {
                    block[192 + part] = (byte)(sbyte)random.Next(-64, 64);
                }

                // Of 128 elements: the first and the second 32 in the low halves of 64 bytes, the third and the fourth in the high ones; two more bits four to a byte.
                var (half, within) = (e / 128, e % 128);
                block[(half * 64) + (within % 64)] |= (byte)((code & 15) << (within < 64 ? 0 : 4));
                block[128 + (half * 32) + (within % 32)] |= (byte)((code >> 4) << (within / 32 * 2));
                numbers.Add(six * (sbyte)block[192 + part] * (code - 32));
            }

            BinaryPrimitives.WriteHalfLittleEndian(block.AsSpan(208), (Half)six);
            bytes.AddRange(block);
            return;
        }

        var (d, m) = ((float)(Half)(1f / 2_048), (float)(Half)(1f / 256));
        BinaryPrimitives.WriteHalfLittleEndian(block, (Half)d);
        BinaryPrimitives.WriteHalfLittleEndian(block.AsSpan(2), (Half)m);
        var most = type == "Q4_K" ? 16 : 32;
        for (var part = 0; part < 8; part++)
        {
            var (scale, least) = (random.Next(64), random.Next(64));
            if (part < 4)
            {
                block[4 + part] |= (byte)scale;
                block[8 + part] |= (byte)least;
            }
            else
            {
                block[8 + part] |= (byte)((scale & 15) + ((least & 15) << 4));
                block[part] |= (byte)((scale >> 4) << 6);
                block[4 + part] |= (byte)((least >> 4) << 6);
            }

            for (var i = 0; i < 32; i++)
            {
                var code = random.Next(most);
                var at = block.Length - 128 + (part / 2 * 32) + i;
                block[at] |= (byte)((code & 15) << (part % 2 * 4));
                if (most == 32)
                {
                    block[16 + i] |= (byte)((code >> 4) << part);
                }

                numbers.Add((code * (d * scale)) - (m * least));
            }
        }

        bytes.AddRange(block);
    }

    private static byte[] Half16(float value) => BitConverter.GetBytes((Half)value);
}
