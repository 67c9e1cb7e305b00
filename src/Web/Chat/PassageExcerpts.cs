using System.Globalization;
using System.Text;
using Rag.Retrieval.Knowledge;
using Rag.Retrieval.Search;

namespace Rag.Web.Chat;

/// <summary>A passage as the model sees it, cut around its evidence.</summary>
internal sealed record PassageExcerpt(int Passage, string Text, int Tokens);

/// <summary>Chooses the passages for a prompt: those that hold the best evidence first, each with a fair share of the tokens.</summary>
internal static class PassageExcerpts
{
    /// <param name="headed">With number, file and page. A small model takes those for the answer.</param>
    public static IReadOnlyList<PassageExcerpt> Choose(SearchResult found, int budget, int most, bool headed, ITokenCounter tokens)
    {
        var order = found.Evidence.Select(e => e.Passage).Concat(Enumerable.Range(0, found.Passages.Count)).Distinct().Take(most).ToList();
        List<PassageExcerpt> excerpts = [];
        for (var i = 0; i < order.Count; i++)
        {
            var share = budget / (order.Count - i);
            var best = found.Evidence.FirstOrDefault(e => e.Passage == order[i]);
            if (Excerpt(headed ? excerpts.Count + 1 : null, found.Passages[order[i]], best, share, tokens) is { } text)
            {
                var count = tokens.Count(text);
                excerpts.Add(new PassageExcerpt(order[i], text, count));
                budget -= count;
            }
        }

        return excerpts;
    }

    /// <summary>Null when not even the decisive sentence fits.</summary>
    private static string? Excerpt(int? number, Passage passage, Evidence? best, int budget, ITokenCounter tokens)
    {
        var head = new StringBuilder();
        if (number is not null)
        {
            head.Append(CultureInfo.InvariantCulture, $"[{number}] {passage.Title}, {PlaceWords.Range(passage.FileName, passage.Pages.From, passage.Pages.To)}\n");
        }

        if ((best?.Caption ?? passage.Caption) is { Length: > 0 } caption)
        {
            head.Append(caption).Append('\n');
        }

        var left = budget - tokens.Count(head.ToString());
        return tokens.Count(passage.Text) <= left
            ? head + passage.Text.Trim()
            : Around(passage, best, left, tokens) is { Length: > 0 } text ? head + text : null;
    }

    /// <summary>Whole sentences around the evidence, growing to both sides while they fit.</summary>
    private static string Around(Passage passage, Evidence? best, int budget, ITokenCounter tokens)
    {
        var pieces = MarkdownSentences.Split(passage.Text);
        var target = best is null ? 0 : best.Start - passage.Start;
        var center = pieces.Index().LastOrDefault(p => p.Item.Start <= target).Index;
        var (first, last) = (center, center - 1);
        var (growLast, growFirst) = (true, true);
        while (growLast || growFirst)
        {
            growLast = growLast && last + 1 < pieces.Count && Takes(last + 1);
            last += growLast ? 1 : 0;
            growFirst = growFirst && last >= center && first > 0 && Takes(first - 1);
            first -= growFirst ? 1 : 0;
        }

        return last < first ? "" : passage.Text[pieces[first].Start..pieces[last].End];

        bool Takes(int piece)
        {
            var cost = tokens.Count(passage.Text.Substring(pieces[piece].Start, pieces[piece].Length)) + 1;
            if (cost > budget)
            {
                return false;
            }

            budget -= cost;
            return true;
        }
    }
}
