using Rag.Retrieval.Knowledge;

namespace Rag.Evaluation.Sets;

/// <summary>
/// 1,400 abstracts on aerodynamics with 225 queries (Cleverdon). The collection states no licence, so it is not part of this repository:
/// <c>DOCENT_EVAL</c> names a folder that holds <c>cranfield/{docs,queries,qrels}.jsonl</c>.
/// </summary>
internal sealed class Cranfield(Workbench bench, string folder)
{
    /// <summary>Null where the collection is not at hand.</summary>
    public static string? Folder =>
        Environment.GetEnvironmentVariable("DOCENT_EVAL") is { Length: > 0 } root && Directory.Exists(Path.Combine(root, "cranfield")) ? Path.Combine(root, "cranfield") : null;

    private sealed record Abstract(int Id, string Text);

    private sealed record Query(int Id, string Text);

    private sealed record Judgement(int Query, int Doc, int Relevant);

    public async Task<IReadOnlyList<Figure>> RankingAsync(CancellationToken cancel)
    {
        var abstracts = JsonLines.Read<Abstract>(Path.Combine(folder, "docs.jsonl")).Where(text => text.Text.Trim().Length > 0).ToList();
        var relevant = JsonLines.Read<Judgement>(Path.Combine(folder, "qrels.jsonl")).Where(j => j.Relevant > 0).ToLookup(j => j.Query, j => j.Doc);
        var queries = JsonLines.Read<Query>(Path.Combine(folder, "queries.jsonl")).Where(query => relevant[query.Id].Any()).ToList();
        var scope = KnowledgeScope.For(KnowledgeBaseId.New());
        await bench.PublishAsync(scope, SourceText.OfParagraphs("", abstracts.Select(text => text.Text)), cancel);
        var ordinals = await new RowMap(bench).ReadAsync(scope, cancel);
        double dense = 0, lexical = 0, hybrid = 0;
        foreach (var query in queries)
        {
            var right = relevant[query.Id].ToHashSet();
            var ranked = await bench.RankAsync(scope, query.Text, cancel);
            dense += Metrics.Ndcg(ranked.Dense.Select(Id), right);
            lexical += Metrics.Ndcg(ranked.Lexical.Select(Id), right);
            hybrid += Metrics.Ndcg(ranked.Hybrid.Select(Id), right);
        }

        return
        [
            new("Cranfield nDCG@10 dense", dense / queries.Count),
            new("Cranfield nDCG@10 lexical", lexical / queries.Count),
            new("Cranfield nDCG@10 hybrid", hybrid / queries.Count, 0.43),
        ];

        int Id(long row) => abstracts[ordinals[row]].Id;
    }
}
