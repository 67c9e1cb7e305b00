using System.Text;

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

        if (value.Length == 1 && value[0] is > ' ' and < '\u007F')
        {
            return value;
        }

        var clean = new StringBuilder(value.Length);
        for (int i = 0; i < value.Length; i++)
        {
            char c = value[i];
            if (char.IsHighSurrogate(c) && i + 1 < value.Length && char.IsLowSurrogate(value[i + 1]))
            {
                clean.Append(c).Append(value[++i]);
            }
            else if (c is >= '\uFB00' and <= '\uFB06')
            {
                clean.Append(Ligatures[c - '\uFB00']);
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

    /// <summary>Control, zero-width and direction characters, lone surrogates, tags: they carry no letter but can carry an attack.</summary>
    public static bool IsInvisible(char c) =>
        char.IsControl(c) || char.IsSurrogate(c) ||
        c is >= '\u200B' and <= '\u200F' or >= '\u202A' and <= '\u202E' or >= '\u2060' and <= '\u206F' or '\uFEFF' or '\u061C' or '\u180E' or >= '\uFFF9' and <= '\uFFFF';
}
