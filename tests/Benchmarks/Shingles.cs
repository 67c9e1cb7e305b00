using System.Text;

namespace Rag.Benchmarks;

/// <summary>How much of a text was read as a person reads it: F1 over runs of five words, each as often as it occurs. Case and punctuation do not count.</summary>
internal static class Shingles
{
    private const int Words = 5;

    /// <returns>0 … 1.</returns>
    public static double F1(string truth, string read)
    {
        Dictionary<string, int> wanted = Count(truth), found = Count(read);
        double common = found.Sum(pair => Math.Min(pair.Value, wanted.GetValueOrDefault(pair.Key)));
        double all = wanted.Values.Sum() + found.Values.Sum();
        return all == 0 ? 0 : 2 * common / all;
    }

    private static Dictionary<string, int> Count(string text)
    {
        string[] words = Normalise(text).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int i = 0; i + Words <= words.Length; i++)
        {
            string shingle = string.Join(' ', words, i, Words);
            counts[shingle] = counts.GetValueOrDefault(shingle) + 1;
        }

        return counts;
    }

    private static string Normalise(string text)
    {
        var kept = new StringBuilder(text.Length);
        foreach (char c in text.Normalize(NormalizationForm.FormKC))
        {
            kept.Append(char.IsLetterOrDigit(c) ? char.ToLowerInvariant(c) : ' ');
        }

        return kept.ToString();
    }
}
