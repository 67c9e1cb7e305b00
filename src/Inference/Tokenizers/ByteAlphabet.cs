namespace Rag.Inference.Tokenizers;

/// <summary>GPT-2's one printable character per byte, in which byte-level vocabularies are written.</summary>
internal static class ByteAlphabet
{
    private static readonly char[] Characters = Build();
    private static readonly Dictionary<char, byte> Bytes = Characters.Select((character, value) => (character, value)).ToDictionary(p => p.character, p => (byte)p.value);

    public static char Character(byte value) => Characters[value];

    /// <exception cref="FormatException">The token holds a character that stands for no byte.</exception>
    public static byte[] Decode(string token)
    {
        var bytes = new byte[token.Length];
        for (var i = 0; i < token.Length; i++)
        {
            bytes[i] = Bytes.TryGetValue(token[i], out var value) ? value : throw new FormatException($"The token '{token}' is not written in the byte alphabet.");
        }

        return bytes;
    }

    // Bytes that print in Latin-1 stand for themselves, the others take the characters from U+0100 on, in order.
    private static char[] Build()
    {
        var next = 0x100;
        return [.. Enumerable.Range(0, 256).Select(b => b is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or (>= 0xAE and <= 0xFF) ? (char)b : (char)next++)];
    }
}
