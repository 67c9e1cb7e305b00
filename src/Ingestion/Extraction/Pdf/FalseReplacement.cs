using System.Globalization;
using System.Text;
using Rag.Ingestion.Extraction.Pdf.Painting;

namespace Rag.Ingestion.Extraction.Pdf;

/// <summary>Whether a text given in place of what is painted says something else. Ligatures, hyphens, accents, case and spaces may differ.</summary>
internal static class FalseReplacement
{
    private const int FewestLetters = 4;
    private const double MostStrange = 0.34;   // of its letters

    public static bool IsFalse(ReplacementText replacement)
    {
        string given = Letters(replacement.Given), painted = Letters(replacement.Painted);
        if (given.Length < FewestLetters || painted.Contains(given, StringComparison.Ordinal))
        {
            return false;
        }

        // Fonts without a mapping give no letters, and a picture's caption has none: a short text for them is what honest files have.
        return painted.Length == 0 ? given.Length > 4 * Math.Max(FewestLetters, replacement.Painted.Length) : Strange(given, painted) > MostStrange * given.Length;
    }

    /// <summary>Letters of the given text that are not found, in order, among the painted ones.</summary>
    private static int Strange(string given, string painted)
    {
        int[] before = new int[painted.Length + 1], now = new int[painted.Length + 1];
        foreach (char letter in given)
        {
            for (int i = 1; i <= painted.Length; i++)
            {
                now[i] = letter == painted[i - 1] ? before[i - 1] + 1 : Math.Max(before[i], now[i - 1]);
            }

            (before, now) = (now, before);
        }

        return given.Length - before[painted.Length];
    }

    private static string Letters(string text)
    {
        const int most = 2_000;
        var letters = new StringBuilder();
        foreach (char c in (text.Length > most ? text[..most] : text).Normalize(NormalizationForm.FormKD))
        {
            if (char.IsLetterOrDigit(c) && CharUnicodeInfo.GetUnicodeCategory(c) != UnicodeCategory.NonSpacingMark)
            {
                letters.Append(char.ToLowerInvariant(c));
            }
        }

        return letters.ToString();
    }
}
