using System.Text.RegularExpressions;

namespace Rag.Retrieval.Text;

/// <summary>Capitalised words inside a sentence: names, as far as spelling shows them.</summary>
internal static partial class Names
{
    /// <returns>Words as written; the first word of the sentence is not among them.</returns>
    public static IEnumerable<string> In(string sentence)
    {
        var first = true;
        foreach (Match word in Word().Matches(sentence))
        {
            if (!first && char.IsUpper(word.Value[0]) && word.Value != "I" && !StopWords.Contains(word.Value.ToLowerInvariant()))
            {
                yield return word.Value;
            }

            first = false;
        }
    }

    [GeneratedRegex(@"(?:\p{L}\.){2,}|\p{L}[\p{L}\p{N}]*")]
    private static partial Regex Word();
}
