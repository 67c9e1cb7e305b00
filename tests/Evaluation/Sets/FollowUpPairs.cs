using Rag.Retrieval.Text;

namespace Rag.Evaluation.Sets;

/// <summary>Follow-up questions made by rule from questions about the same paragraph.</summary>
internal static class FollowUpPairs
{
    /// <summary>A question, then what is asked next, and the question that the latter was made of.</summary>
    public static IReadOnlyList<(string Earlier, string FollowUp, XQuadLine Question)> Make(IReadOnlyList<XQuadLine> questions)
    {
        var pairs = new List<(string, string, XQuadLine)>();
        foreach (var paragraph in questions.GroupBy(question => question.Paragraph))
        {
            foreach (var (earlier, later) in paragraph.Zip(paragraph.Skip(1)))
            {
                // The name that both share is what "it" may stand for.
                var shared = NameRuns(later.Text).Where(name => earlier.Text.Contains(name, StringComparison.Ordinal)).MaxBy(name => name.Length);
                if (shared is not null)
                {
                    var followUp = later.Text.Replace($"{shared}'s", "its", StringComparison.Ordinal).Replace(shared, "it", StringComparison.Ordinal);
                    pairs.Add((earlier.Text, followUp, later));
                }
            }
        }

        return pairs;
    }

    /// <summary>Names of several words count as one: "Super Bowl".</summary>
    private static IEnumerable<string> NameRuns(string text)
    {
        var names = Names.In(text).ToHashSet();
        var run = new List<string>();
        foreach (var word in text.Split(' '))
        {
            var bare = word.TrimEnd('?', ',', '.', ';');
            bare = bare.EndsWith("'s", StringComparison.Ordinal) ? bare[..^2] : bare;
            if (names.Contains(bare))
            {
                run.Add(bare);
                if (bare.Length == word.Length)
                {
                    continue;
                }
            }

            if (run.Count > 0)
            {
                yield return string.Join(' ', run);
                run.Clear();
            }
        }

        if (run.Count > 0)
        {
            yield return string.Join(' ', run);
        }
    }
}
