using System.Collections.Frozen;
using Rag.Retrieval.Text;

namespace Rag.Retrieval.Search;

/// <summary>
/// Decides by rule whether a question leans on what was asked before, and if so searches for both together: it has a pronoun, begins
/// like a continuation, or names nothing of its own.
/// </summary>
public static class FollowUp
{
    private const int MostQuestions = 3;

    /// <summary>What a term of an earlier question counts against one of the question itself.</summary>
    private const double EarlierShare = 0.4;

    private static readonly FrozenSet<string> Pronouns =
        "it itself they them theirs he him she hers former latter these those".Split(' ').ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Point back unless the question names who is meant: "How many of its shares did Apple buy?" stands alone.</summary>
    private static readonly FrozenSet<string> Possessives = "its their his her".Split(' ').ToFrozenSet(StringComparer.Ordinal);

    /// <summary>"that company" points back; "that" alone is mostly a conjunction.</summary>
    private static readonly FrozenSet<string> Pointers = "this that".Split(' ').ToFrozenSet(StringComparer.Ordinal);

    private static readonly string[] Continuations =
        ["and ", "but ", "or ", "also ", "what about", "how about", "what else", "why not", "the same", "same for", "then ", "so "];

    /// <param name="earlier">Oldest first.</param>
    /// <returns>The question alone, or after the questions it leans on.</returns>
    public static string Compose(string question, IReadOnlyList<string> earlier)
    {
        var parts = new List<string> { question.Trim() };
        for (var i = earlier.Count - 1; i >= 0 && parts.Count < MostQuestions && LeansBack(parts[0]); i--)
        {
            parts.Insert(0, earlier[i].Trim());
        }

        return string.Join(' ', parts.Where(part => part.Length > 0));
    }

    /// <summary>Weighs down the terms that only the earlier questions hold: they say about what, not what.</summary>
    /// <param name="weights">Of all terms searched for.</param>
    /// <param name="question">Without the questions it leans on.</param>
    internal static IReadOnlyDictionary<string, double> Discount(IReadOnlyDictionary<string, double> weights, string question)
    {
        var own = Terms.Of(question).ToHashSet();
        return weights.Keys.All(own.Contains)
            ? weights
            : weights.ToDictionary(weight => weight.Key, weight => own.Contains(weight.Key) ? weight.Value : weight.Value * EarlierShare);
    }

    /// <summary>Whether a question cannot be understood, or found, without what was asked before.</summary>
    public static bool LeansBack(string question)
    {
        var words = Terms.WordsOf(question).ToList();
        var content = words.Count(word => !StopWords.Contains(word));
        if (content < 2)
        {
            return true;   // "Why?", "And Amazon?", "How many?"
        }

        var text = question.TrimStart().ToLowerInvariant();
        return Continuations.Any(start => text.StartsWith(start, StringComparison.Ordinal))
            || words.Any(Pronouns.Contains)
            || (words.Any(Possessives.Contains) && !Names.In(question).Any())
            || words.Where((word, i) => Pointers.Contains(word) && PointsBack(words, i)).Any();
    }

    /// <summary>"Is that high?", "in that quarter": not "what does this document say", which names its own subject.</summary>
    private static bool PointsBack(List<string> words, int i)
    {
        if (i + 1 == words.Count)
        {
            return true;
        }

        var next = words[i + 1];
        return next is not ("document" or "documents" or "file" or "files" or "pdf" or "report" or "paper" or "book" or "assistant" or "text" or "manual")
            && (i == 0 || StopWords.Contains(words[i - 1]));
    }
}
