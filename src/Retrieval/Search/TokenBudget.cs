using Rag.Retrieval.Knowledge;

namespace Rag.Retrieval.Search;

/// <summary>A passage that fits: a draft, or the part of it between two offsets.</summary>
internal readonly record struct FittedPassage(int Draft, int Start, int End);

/// <summary>
/// Cuts passages to the tokens the chat model can read. Those that hold evidence come first, whatever their rank; one that is too long
/// gives its best chunk instead, and where even that does not fit, the evidence alone.
/// </summary>
internal static class TokenBudget
{
    /// <param name="evidence">Best first.</param>
    /// <returns>In the order of the drafts.</returns>
    public static List<FittedPassage> Fit(
        IReadOnlyList<PassageDraft> drafts, IReadOnlyList<EvidenceUnit> evidence, int tokens, Func<PassageDraft, int, int, string> slice, ITokenCounter counter)
    {
        var order = evidence.Select(unit => unit.Draft).Concat(Enumerable.Range(0, drafts.Count)).Distinct();
        var fitted = new List<FittedPassage>();
        foreach (var index in order)
        {
            var draft = drafts[index];
            var unit = evidence.FirstOrDefault(e => e.Draft == index);
            var chunk = unit is null ? draft.Best : draft.At(unit.Start);
            List<(int Start, int End)> choices = [(draft.Start, draft.End), (chunk.Start, chunk.End)];
            if (unit is not null)
            {
                choices.Add((unit.Start, unit.End));
            }

            foreach (var (start, end) in choices.Distinct())
            {
                var cost = counter.Count(slice(draft, start, end));
                if (cost <= tokens)
                {
                    tokens -= cost;
                    fitted.Add(new FittedPassage(index, start, end));
                    break;
                }
            }
        }

        return [.. fitted.OrderBy(passage => passage.Draft)];
    }
}
