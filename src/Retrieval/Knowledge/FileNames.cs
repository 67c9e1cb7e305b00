using System.Globalization;

namespace Rag.Retrieval.Knowledge;

/// <summary>Makes a name from outside fit to be shown. It is never used as a path.</summary>
internal static class FileNames
{
    public const int Longest = 255;

    /// <summary>Drops control characters and marks that turn the reading direction (they disguise an ending), and cuts to 255.</summary>
    public static string Clean(string name)
    {
        var kept = new string([.. name.Where(c => CharUnicodeInfo.GetUnicodeCategory(c) is not (UnicodeCategory.Control or UnicodeCategory.Format))]).Trim();
        if (kept.Length > Longest)
        {
            var cut = char.IsHighSurrogate(kept[Longest - 1]) ? Longest - 1 : Longest;
            kept = kept[..cut];
        }

        return kept.Length == 0 ? "unnamed" : kept;
    }
}
