using Rag.Retrieval.Knowledge;

namespace Rag.Ingestion.Chunking;

/// <summary>Measures texts in the embedding model's word pieces and cuts what is too long even for a sentence.</summary>
internal sealed class TokenWindow(ITokenCounter counter)
{
    // A word piece vocabulary counts any monstrous "word" as one unknown token; text is no shorter than this per token.
    private const int CharactersPerToken = 8;

    public int Cost(string text) => Math.Max(counter.Count(text), text.Length / CharactersPerToken);

    /// <returns>Ranges of at most <paramref name="limit"/> tokens, cut between words, or inside a word that alone is too long.</returns>
    public IEnumerable<(int Start, int End)> Split(string text, int limit)
    {
        int start = 0, end = 0, cost = 0;
        foreach ((int wordStart, int wordEnd) in Words(text, limit * CharactersPerToken / 2))
        {
            int word = Cost(text[wordStart..wordEnd]);
            if (end > start && cost + word > limit)
            {
                yield return (start, end);
                (start, cost) = (wordStart, 0);
            }
            else if (end == start)
            {
                start = wordStart;
            }

            cost += word;
            end = wordEnd;
        }

        if (end > start)
        {
            yield return (start, end);
        }
    }

    /// <summary>The text's first words, at most <paramref name="limit"/> tokens; an ellipsis tells that something is left out.</summary>
    public string Head(string text, int limit)
    {
        if (limit <= 0)
        {
            return "";
        }

        if (Cost(text) <= limit)
        {
            return text;
        }

        (int start, int end) = Split(text, Math.Max(1, limit - 1)).First();
        return text[start..end] + "…";
    }

    private static IEnumerable<(int Start, int End)> Words(string text, int longest)
    {
        int i = 0;
        while (i < text.Length)
        {
            while (i < text.Length && char.IsWhiteSpace(text[i]))
            {
                i++;
            }

            int start = i;
            while (i < text.Length && !char.IsWhiteSpace(text[i]) && i - start < longest)
            {
                i += char.IsHighSurrogate(text[i]) && i + 1 < text.Length ? 2 : 1;
            }

            if (i > start)
            {
                yield return (start, i);
            }
        }
    }
}
