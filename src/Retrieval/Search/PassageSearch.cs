using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Rag.Retrieval.Indexing;
using Rag.Retrieval.Knowledge;
using Rag.Retrieval.Text;

namespace Rag.Retrieval.Search;

/// <summary>Both lists, fused; duplicates dropped, neighbours merged; the decisive sentences; cut to the token budget.</summary>
internal sealed class PassageSearch(
    IDbContextFactory<KnowledgeDbContext> contexts,
    IPassageIndex index,
    Embedder embedder,
    EmbedderIdentity identity,
    EvidenceFinder evidenceFinder,
    AnswerAligner aligner,
    IServiceProvider services,
    TimeProvider clock,
    IOptions<RetrievalOptions> options) : IPassageSearch
{
    public async Task<SearchResult> SearchAsync(KnowledgeScope scope, SearchRequest request, CancellationToken cancel)
    {
        var started = clock.GetTimestamp();
        var question = FollowUp.Compose(request.Question, request.EarlierQuestions);
        var terms = Terms.Of(question).Distinct().ToList();
        var vector = await embedder.QueryAsync(question, cancel);
        await using var db = await contexts.CreateDbContextAsync(cancel);
        await identity.CheckAsync(db, vector.Length, writing: false, cancel);
        var answer = await index.SearchAsync(scope, new IndexQuery(vector, terms, options.Value.ListLength), cancel);
        var (drafts, texts) = await FindPassagesAsync(db, scope, answer, cancel);
        var searched = clock.GetTimestamp();

        var units = drafts.SelectMany((draft, i) => Units(i, draft, texts[i])).ToList();
        var evidence = await evidenceFinder.FindAsync(scope, vector, terms, answer.TermWeights, units, cancel);
        var relevance = Relevance(terms, answer, drafts, evidence);
        var (passages, shown) = Cut(request.PassageTokens, drafts, texts, evidence);
        return new SearchResult(
            passages, shown, drafts.Count > 0 && relevance >= options.Value.RelevanceFloor, relevance, question, answer.FileCount,
            clock.GetElapsedTime(started, searched), clock.GetElapsedTime(searched));
    }

    public async Task<IReadOnlyList<Evidence?>> AlignAsync(
        KnowledgeScope scope, IReadOnlyList<string> sentences, IReadOnlyList<Passage> passages, CancellationToken cancel)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        var texts = await DocumentText.LoadAsync(db, scope, passages.Select(p => (p.Document, p.Generation, p.Pages)), cancel);
        return await aligner.AlignAsync(scope, sentences, passages, passage => texts[(passage.Document, passage.Generation)], cancel);
    }

    private async Task<(List<PassageDraft> Drafts, List<DocumentText> Texts)> FindPassagesAsync(
        KnowledgeDbContext db, KnowledgeScope scope, IndexAnswer answer, CancellationToken cancel)
    {
        var fused = RankFusion.Fuse(answer.Dense, answer.Lexical, options.Value.DenseWeight, options.Value.LexicalWeight);
        var chunks = PassageLoader.WithoutDuplicates(await PassageLoader.LoadAsync(db, scope, fused, cancel));
        // Merging makes fewer of them: some more than are wanted go in.
        var drafts = NeighbourMerge.Merge([.. chunks.Take(options.Value.MaxPassages * 2)]).Take(options.Value.MaxPassages).ToList();
        var pages = await DocumentText.LoadAsync(db, scope, drafts.Select(d => (d.Document.Id, d.Document.Generation, d.Pages)), cancel);
        // Deleted in this very moment: its pages are gone, and so is the passage.
        drafts.RemoveAll(draft => !pages[(draft.Document.Id, draft.Document.Generation)].Holds(draft.Start, draft.End));
        return (drafts, drafts.ConvertAll(draft => pages[(draft.Document.Id, draft.Document.Generation)]));
    }

    private static IEnumerable<EvidenceUnit> Units(int position, PassageDraft draft, DocumentText text) => EvidenceUnit.Split(
        position, text, draft.Start, draft.End, offset => draft.At(offset).Caption, offset => draft.At(offset).HeadingPath, draft.Document.Title);

    private static double Relevance(List<string> terms, IndexAnswer answer, List<PassageDraft> drafts, FoundEvidence evidence)
    {
        if (drafts.Count == 0)
        {
            return 0;
        }

        var best = drafts.SelectMany(draft => draft.Chunks).OrderByDescending(chunk => chunk.Hit.Score).Take(RelevanceFloor.BestPassages)
            .Select(chunk => (IReadOnlySet<string>)Terms.Of(string.Join('\n', chunk.Document.Title, chunk.HeadingPath, chunk.Caption, chunk.Text)).ToHashSet()).ToList();
        var bestPassage = answer.Dense.Select(hit => hit.Score).DefaultIfEmpty(0).Max();
        return RelevanceFloor.Sum(bestPassage, evidence.BestCosine, RelevanceFloor.TermShare(terms, answer.TermWeights, best));
    }

    private (List<Passage> Passages, List<Evidence> Evidence) Cut(int tokens, List<PassageDraft> drafts, List<DocumentText> texts, FoundEvidence evidence)
    {
        var counter = services.GetRequiredKeyedService<ITokenCounter>(ITokenCounter.Chat);
        var fitted = TokenBudget.Fit(
            drafts, [.. evidence.Best.Select(best => best.Unit)], tokens, (draft, start, end) => texts[drafts.IndexOf(draft)].Slice(start, end), counter);
        var passages = fitted.ConvertAll(f => drafts[f.Draft].ToPassage(texts[f.Draft], f.Start, f.End));
        var shown = new List<Evidence>();
        foreach (var (unit, score) in evidence.Best)
        {
            var passage = fitted.FindIndex(f => f.Draft == unit.Draft && f.Start <= unit.Start && unit.End <= f.End);
            if (passage >= 0)
            {
                shown.Add(unit.ToEvidence(passage, score));
            }
        }

        return (passages, shown);
    }
}
