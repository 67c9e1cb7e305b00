using System.Text;
using Rag.Ingestion.Extraction.Layout;

namespace Rag.Ingestion.Extraction.Pdf;

/// <summary>What a glyph's Unicode text is worth to a reader: ligatures spelt out, invisible characters gone.</summary>
internal static class GlyphText
{
    private static readonly string[] Ligatures = ["ff", "fi", "fl", "ffi", "ffl", "st", "st"];   // U+FB00 …

    /// <returns>The readable characters; a single space for white space; empty for what nobody sees.</returns>
    public static string Clean(string? value)
    {
        if (string.IsNullOrEmpty(value))
        {
            return "";
        }

        if (value.Length == 1 && value[0] is (>= ' ' and < '\u007F') or (> '\u00AD' and < '\u0250'))
        {
            return value;
        }

        var clean = new StringBuilder(value.Length);
        for (int i = 0; i < value.Length; i++)
        {
            char c = value[i];
            if (char.IsHighSurrogate(c) && i + 1 < value.Length && char.IsLowSurrogate(value[i + 1]))
            {
                int rune = char.ConvertToUtf32(c, value[++i]);
                if (rune is < 0xE0000 or > 0xE0FFF)   // tags and selectors of variants: nobody sees them
                {
                    clean.Append(c).Append(value[i]);
                }
            }
            else if (c is >= '\uFB00' and <= '\uFB06')
            {
                clean.Append(Ligatures[c - '\uFB00']);
            }
            else if (RightToLeft.IsShape(c))
            {
                clean.Append(RightToLeft.WithoutShape(c));
            }
            else if (c is '\u00AD')
            {
                clean.Append('-');   // many writers map the plain hyphen to the soft one
            }
            else if (c is '\uF0B7' or '\uF0A7' or '\uF076')
            {
                clean.Append('•');   // bullets of Symbol and Wingdings
            }
            else if (char.IsWhiteSpace(c))
            {
                clean.Append(' ');
            }
            else if (!IsInvisible(c))
            {
                clean.Append(c);
            }
        }

        string text = clean.ToString();
        return text.Trim().Length == 0 ? (text.Length == 0 ? "" : " ") : text.Replace(" ", "", StringComparison.Ordinal);
    }

    /// <summary>Characters that have no business inside words: zero-width and direction controls as a count, letters written with invisible tags as the text they spell.</summary>
    /// <returns>Null where there are none. Joiners count beside Latin, Greek and Cyrillic letters only: Persian and Indic words need them.</returns>
    public static string? Smuggled(string? value)
    {
        if (string.IsNullOrEmpty(value) || (value.Length == 1 && value[0] < '\u200B'))
        {
            return null;
        }

        var found = new StringBuilder();
        bool western = value.Any(c => c < '\u0530' && char.IsLetter(c));
        foreach (Rune rune in value.EnumerateRunes())
        {
            if (rune.Value is >= 0xE0020 and <= 0xE007E)
            {
                found.Append((char)(rune.Value - 0xE0000));
            }
            else if (rune.Value is 0x200B or 0x2060 or 0xFEFF or (>= 0x202A and <= 0x202E) or (>= 0x2066 and <= 0x2069) or (>= 0x2061 and <= 0x2064) || (western && rune.Value is 0x200C or 0x200D))
            {
                found.Append(System.Globalization.CultureInfo.InvariantCulture, $"[U+{rune.Value:X4}]");
            }
        }

        return found.Length == 0 ? null : found.ToString();
    }

    /// <summary>Control, zero-width and direction characters, lone surrogates, tags: they carry no letter but can carry an attack.</summary>
    public static bool IsInvisible(char c) =>
        char.IsControl(c) || char.IsSurrogate(c) ||
        c is >= '\u200B' and <= '\u200F' or >= '\u202A' and <= '\u202E' or >= '\u2060' and <= '\u206F' or '\uFEFF' or '\u061C' or '\u180E' or >= '\uFFF9' and <= '\uFFFF';
}
