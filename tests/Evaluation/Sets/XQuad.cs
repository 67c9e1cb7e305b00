using System.Globalization;
using System.Text.Json;
using Rag.Retrieval.Knowledge;
using Rag.Retrieval.Search;

namespace Rag.Evaluation.Sets;

/// <summary>A line of the file: a paragraph, or a question with the one paragraph that answers it.</summary>
/// <param name="Id">A number for a paragraph, a text for a question.</param>
internal sealed record XQuadLine(string Type, JsonElement Id, string Title, string Text, int Paragraph, IReadOnlyList<XQuadAnswer> Answers)
{
    public int Number => Id.GetInt32();
}

internal sealed record XQuadAnswer(string Text, int Start);

/// <summary>
/// 24 Wikipedia articles with questions (XQuAD; Artetxe, Ruder and Yogatama 2020; CC BY-SA 4.0). Ranking of paragraphs, evidence that holds
/// the answer, and refusals of questions whose article or paragraph is taken away.
/// </summary>
/// <param name="every">1: all questions; 2: those about every second paragraph, searched among all paragraphs. Figures of a part have names of their own, and so a baseline.</param>
internal sealed class XQuad(Workbench bench, int every)
{
    private const int PassageTokens = 1_200;

    private readonly IReadOnlyList<XQuadLine> lines = JsonLines.Read<XQuadLine>(JsonLines.Data("xquad-en-dev.jsonl"));

    private ILookup<string, XQuadLine> Articles => lines.Where(line => line.Type == "paragraph").ToLookup(line => line.Title);

    private List<XQuadLine> Questions => [.. lines.Where(line => line.Type == "question" && line.Paragraph % every == 0)];

    private string Part => PartOf(every);

    private static string PartOf(int every) => every == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $" [1 paragraph in {every}]");

    /// <summary>The bars are for all questions; a part is held to its baseline.</summary>
    private double? Bar(double bar) => every == 1 ? bar : null;

    public async Task<IReadOnlyList<Figure>> RankingAsync(CancellationToken cancel)
    {
        // Without titles: the bars for single lists are known for bare paragraphs.
        var bare = KnowledgeScope.For(KnowledgeBaseId.New());
        var rows = new RowMap(bench);
        await bench.PublishAsync(bare, SourceText.OfParagraphs("", lines.Where(line => line.Type == "paragraph").Select(line => line.Text)), cancel);
        var ids = lines.Where(line => line.Type == "paragraph").Select(line => line.Number).ToList();
        var bareRows = await rows.ReadAsync(bare, cancel);
        var titled = KnowledgeScope.For(KnowledgeBaseId.New());
        var titledRows = new Dictionary<long, int>();
        foreach (var article in Articles)
        {
            var document = await bench.PublishAsync(titled, SourceText.OfParagraphs(article.Key, article.Select(line => line.Text)), cancel);
            var paragraphs = article.ToList();
            foreach (var (row, ordinal) in await rows.ReadAsync(titled, cancel, document))
            {
                titledRows[row] = paragraphs[ordinal].Number;
            }
        }

        double dense = 0, lexical = 0, hybrid = 0, titledHybrid = 0;
        foreach (var question in Questions)
        {
            var right = new HashSet<int> { question.Paragraph };
            var ranked = await bench.RankAsync(bare, question.Text, cancel);
            dense += Metrics.Ndcg(ranked.Dense.Select(row => ids[bareRows[row]]), right);
            lexical += Metrics.Ndcg(ranked.Lexical.Select(row => ids[bareRows[row]]), right);
            hybrid += Metrics.Ndcg(ranked.Hybrid.Select(row => ids[bareRows[row]]), right);
            titledHybrid += Metrics.Ndcg((await bench.RankAsync(titled, question.Text, cancel)).Hybrid.Select(row => titledRows[row]), right);
        }

        var count = (double)Questions.Count;
        return
        [
            new($"XQuAD nDCG@10 dense, no titles{Part}", dense / count, Bar(0.961)),
            new($"XQuAD nDCG@10 lexical, no titles{Part}", lexical / count),
            new($"XQuAD nDCG@10 hybrid, no titles{Part}", hybrid / count, Bar(Math.Max(dense, lexical) / count)),
            new($"XQuAD nDCG@10 hybrid{Part}", titledHybrid / count, Bar(0.985)),
        ];
    }

    public async Task<IReadOnlyList<Figure>> EvidenceAsync(CancellationToken cancel)
    {
        var scope = await PublishAllAsync(cancel);
        var (first, three, refused) = await AskAllAsync(scope, cancel);
        return
        [
            new($"XQuAD evidence holds the answer, first{Part}", first, Bar(0.80)),
            new($"XQuAD evidence holds the answer, first three{Part}", three, Bar(0.95)),
            new($"XQuAD answerable questions refused{Part}", refused, Bar(0.05), LessIsBetter: true),
            .. await FollowUpsAsync(scope, cancel),
            .. await RefusalsAsync(cancel),
        ];
    }

    /// <summary>With the chat model ranking the evidence again, however long it takes.</summary>
    public async Task<IReadOnlyList<Figure>> RankedAgainAsync(CancellationToken cancel)
    {
        var (first, three, _) = await AskAllAsync(await PublishAllAsync(cancel), cancel);
        return
        [
            new("XQuAD evidence ranked again by the chat model, first", first, 0.80),
            new("XQuAD evidence ranked again by the chat model, first three", three, 0.97),
        ];
    }

    private async Task<KnowledgeScope> PublishAllAsync(CancellationToken cancel)
    {
        var scope = KnowledgeScope.For(KnowledgeBaseId.New());
        foreach (var article in Articles)
        {
            await PublishAsync(scope, article.Key, article, cancel);
        }

        return scope;
    }

    private async Task<(double First, double Three, double Refused)> AskAllAsync(KnowledgeScope scope, CancellationToken cancel)
    {
        int first = 0, three = 0, refused = 0;
        foreach (var question in Questions)
        {
            var result = await AskAsync(scope, question.Text, [], cancel);
            first += Holds(result, question, 1) ? 1 : 0;
            three += Holds(result, question, 3) ? 1 : 0;
            refused += result.Answerable ? 0 : 1;
        }

        var count = (double)Questions.Count;
        return (first / count, three / count, refused / count);
    }

    /// <summary>
    /// Pairs made by rule: a question about a paragraph, then another about the same paragraph whose longest shared name is replaced by "it".
    /// </summary>
    private async Task<IReadOnlyList<Figure>> FollowUpsAsync(KnowledgeScope scope, CancellationToken cancel)
    {
        var pairs = FollowUpPairs.Make(Questions);
        int found = 0, alone = 0;
        foreach (var (earlier, followUp, question) in pairs)
        {
            found += Holds(await AskAsync(scope, followUp, [earlier], cancel), question, 3) ? 1 : 0;
            alone += Holds(await AskAsync(scope, followUp, [], cancel), question, 3) ? 1 : 0;
        }

        return
        [
            new($"XQuAD follow-ups: evidence holds the answer, first three ({pairs.Count} pairs){Part}", found / (double)pairs.Count),
            new($"XQuAD follow-ups searched without their context{Part}", alone / (double)pairs.Count),
        ];
    }

    private async Task<IReadOnlyList<Figure>> RefusalsAsync(CancellationToken cancel)
    {
        var scope = KnowledgeScope.For(KnowledgeBaseId.New());
        var documents = new Dictionary<string, DocumentId>();
        foreach (var article in Articles)
        {
            documents[article.Key] = await PublishAsync(scope, article.Key, article, cancel);
        }

        int articleRefused = 0, paragraphRefused = 0, asked = 0;
        var byParagraph = Questions.ToLookup(question => question.Paragraph);
        foreach (var article in Articles)
        {
            await DeleteAsync(scope, documents[article.Key], cancel);
            foreach (var question in article.SelectMany(paragraph => byParagraph[paragraph.Number]))
            {
                articleRefused += (await AskAsync(scope, question.Text, [], cancel)).Answerable ? 0 : 1;
            }

            // Each costs a whole article anew: in a part, half of the part's paragraphs.
            foreach (var paragraph in article.Where(paragraph => byParagraph.Contains(paragraph.Number) && paragraph.Number % (every * every) == 0))
            {
                var rest = await PublishAsync(scope, article.Key, article.Where(line => line.Number != paragraph.Number), cancel);
                foreach (var question in byParagraph[paragraph.Number])
                {
                    asked++;
                    paragraphRefused += (await AskAsync(scope, question.Text, [], cancel)).Answerable ? 0 : 1;
                }

                await DeleteAsync(scope, rest, cancel);
            }

            await PublishAsync(scope, article.Key, article, cancel);
        }

        return
        [
            new($"XQuAD questions refused, their article taken away{Part}", articleRefused / (double)Questions.Count, Bar(0.95)),
            new($"XQuAD questions refused, only their paragraph taken away{PartOf(every * every)}", paragraphRefused / (double)asked, Bar(0.80)),
        ];
    }

    private Task<DocumentId> PublishAsync(KnowledgeScope scope, string title, IEnumerable<XQuadLine> paragraphs, CancellationToken cancel) =>
        bench.PublishAsync(scope, SourceText.OfParagraphs(title, paragraphs.Select(line => line.Text)), cancel);

    private Task DeleteAsync(KnowledgeScope scope, DocumentId document, CancellationToken cancel) =>
        bench.Get<IDocumentLibrary>().DeleteAsync(scope, document, cancel);

    private Task<SearchResult> AskAsync(KnowledgeScope scope, string question, IReadOnlyList<string> earlier, CancellationToken cancel) =>
        bench.Search.SearchAsync(scope, new SearchRequest(question, earlier, PassageTokens), cancel);

    private static bool Holds(SearchResult result, XQuadLine question, int best) =>
        result.Evidence.Take(best).Any(evidence => question.Answers.Any(answer =>
            evidence.Text.Contains(Plain(answer.Text), StringComparison.OrdinalIgnoreCase)));

    private static string Plain(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
