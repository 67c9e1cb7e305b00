namespace Rag.Inference.Import;

/// <summary>
/// The merges of a SentencePiece vocabulary, which states tokens and scores only: each way to cut a token in two tokens is a merge, and the best score goes first. In the order of
/// Hugging Face's converter, so that a text gives the same tokens: by score, then by the length of the left and of the right part, longest first, then by id.
/// </summary>
internal static class PieceMerges
{
    private const int LongestToken = 256;   // UTF-16 units; of what is longer only the whole is used, never its parts

    public static IEnumerable<(string Left, string Right)> Derive(GgufVocabulary vocabulary, double[] scores)
    {
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var id = 0; id < vocabulary.Tokens.Count; id++)
        {
            ids[vocabulary.Tokens[id]] = id;
        }

        var lookup = ids.GetAlternateLookup<ReadOnlySpan<char>>();
        var found = new List<(int Token, int Left, int Right)>();
        for (var id = 0; id < scores.Length; id++)
        {
            var token = vocabulary.Tokens[id];
            if (!vocabulary.IsNormal(id) || token.Length is < 2 or > LongestToken)
            {
                continue;
            }

            var first = found.Count;
            for (var cut = 1; cut < token.Length; cut++)
            {
                if (lookup.TryGetValue(token.AsSpan(0, cut), out var left) && lookup.TryGetValue(token.AsSpan(cut), out var right))
                {
                    found.Add((id, left, right));
                }
            }

            found.Sort(first, found.Count - first, Comparer<(int Token, int Left, int Right)>.Create((a, b) => (a.Left, a.Right).CompareTo((b.Left, b.Right))));
        }

        int Length(int id) => vocabulary.Tokens[id].EnumerateRunes().Count();
        return found
            .OrderByDescending(merge => scores[merge.Token]).ThenByDescending(merge => Length(merge.Left)).ThenByDescending(merge => Length(merge.Right))   // stable
            .Select(merge => (vocabulary.Tokens[merge.Left], vocabulary.Tokens[merge.Right]));
    }
}
