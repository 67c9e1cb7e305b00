using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace Rag.Inference.Tokenizers;

/// <summary>
/// SentencePiece's table of characters and what they become (<c>nmt_nfkc</c> and others), as its <c>normalizer.cc</c> writes it: four bytes with the size of a trie, the trie, and the
/// replacements, each ended by a zero byte. The trie is a double array of Darts-clone (S. Yata, <c>darts.h</c>): 32-bit little-endian units; a unit's low byte is the label by which
/// it was reached, bit 8 says that a value hangs below it, bits 10 to 30 are the distance to its children, times 256 where bit 9 is set.
/// </summary>
internal sealed class CharacterMap
{
    private const int MostBytes = 5;   // of a cluster that is looked up as a whole

    private readonly uint[] units;
    private readonly byte[] replacements;
    private readonly string?[] ascii = new string?[128];

    private CharacterMap(uint[] units, byte[] replacements)
    {
        (this.units, this.replacements) = (units, replacements);
        Span<byte> one = stackalloc byte[1];
        for (var value = 1; value < ascii.Length; value++)
        {
            one[0] = (byte)value;
            ascii[value] = Find(one);
        }
    }

    /// <exception cref="FormatException">Damaged.</exception>
    public static CharacterMap Parse(string base64)
    {
        var blob = Convert.FromBase64String(base64);
        var size = blob.Length >= 4 ? BinaryPrimitives.ReadUInt32LittleEndian(blob) : 0;
        if (size == 0 || size % 4 != 0 || size > blob.Length - 4 || !Utf8.IsValid(blob.AsSpan(4 + (int)size)))
        {
            throw new FormatException("The precompiled_charsmap is damaged.");
        }

        var units = new uint[size / 4];
        for (var i = 0; i < units.Length; i++)
        {
            units[i] = BinaryPrimitives.ReadUInt32LittleEndian(blob.AsSpan(4 + (4 * i)));
        }

        return new(units, blob[(4 + (int)size)..]);
    }

    /// <summary>
    /// As Hugging Face's tokenizers read the table: a cluster of up to five bytes (a letter and its accent) becomes what its shortest known beginning becomes, else each of its characters
    /// for itself. SentencePiece takes the longest beginning and has no clusters; the encoders that are read from a <c>tokenizer.json</c> were trained with the former.
    /// </summary>
    public string Apply(string text)
    {
        var result = new StringBuilder(text.Length + 16);
        Span<byte> utf8 = stackalloc byte[MostBytes];
        for (var at = 0; at < text.Length;)
        {
            // Most of a text: a character of ASCII that nothing combines with.
            if (char.IsAscii(text[at]) && text[at] != '\r' && (at + 1 == text.Length || char.IsAscii(text[at + 1])))
            {
                if (ascii[text[at]] is { } known)
                {
                    result.Append(known);
                }
                else
                {
                    result.Append(text[at]);
                }

                at++;
                continue;
            }

            var cluster = text.AsSpan(at, StringInfo.GetNextTextElementLength(text, at));
            at += cluster.Length;
            if (cluster.Length <= MostBytes && Encoding.UTF8.GetByteCount(cluster) <= MostBytes && Find(utf8[..Encoding.UTF8.GetBytes(cluster, utf8)]) is { } whole)
            {
                result.Append(whole);
                continue;
            }

            foreach (var rune in cluster.EnumerateRunes())
            {
                if (Find(utf8[..rune.EncodeToUtf8(utf8)]) is { } single)
                {
                    result.Append(single);
                }
                else
                {
                    result.Append(rune);
                }
            }
        }

        return result.ToString();
    }

    // The replacement of the shortest key that the bytes begin with.
    private string? Find(ReadOnlySpan<byte> utf8)
    {
        var node = Offset(units[0]);
        foreach (var value in utf8)
        {
            node ^= value;
            if (node >= units.Length || value == 0 || (units[node] & 0x8000_00FF) != value)
            {
                return null;
            }

            var unit = units[node];
            node ^= Offset(unit);
            if ((unit & 0x100) != 0)
            {
                return node < units.Length ? Replacement(units[node] & 0x7FFF_FFFF) : null;
            }
        }

        return null;
    }

    private string? Replacement(uint start)
    {
        if (start > replacements.Length)
        {
            return null;   // a damaged table
        }

        var rest = replacements.AsSpan((int)start);
        var end = rest.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? rest : rest[..end]);
    }

    private static uint Offset(uint unit) => (unit >> 10) << (int)((unit & 0x200) >> 6);
}
