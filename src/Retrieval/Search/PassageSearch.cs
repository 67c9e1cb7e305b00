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
    EmbedderIdentity embedderIdentity,
    EvidenceFinder evidenceFinder,
    AnswerAligner aligner,
    IServiceProvider services,
    TimeProvider clock,
    IOptions<RetrievalOptions> options) : IPassageSearch
{
    public async Task<SearchResult> SearchAsync(KnowledgeScope scope, SearchRequest request, CancellationToken cancel)
    {
        var started = clock.GetTimestamp();
        var question = DocumentReference.Strip(FollowUp.Compose(request.Question, request.EarlierQuestions));
        var asked = Terms.Of(question);
        var terms = asked.Distinct().ToList();
        var vector = await embedder.QueryAsync(scope, question, cancel);
        await using var db = await contexts.CreateDbContextAsync(cancel);
        // Vectors of two models are never compared: while another model takes over, words alone decide.
        var compared = await embedderIdentity.MatchesAsync(db, vector.Length, cancel) ? vector : ReadOnlyMemory<float>.Empty;
        var answer = await index.SearchAsync(scope, new IndexQuery(compared, terms, options.Value.ListLength), cancel);
        answer = answer with { TermWeights = FollowUp.Discount(answer.TermWeights, request.Question) };
        var (drafts, texts, identity) = await FindPassagesAsync(db, scope, question, compared, asked, answer, cancel);
        var searched = clock.GetTimestamp();

        var units = drafts.SelectMany((draft, i) => Units(i, draft, texts[i], identity)).ToList();
        var evidence = await evidenceFinder.FindAsync(scope, request.Question, vector, terms, answer.TermWeights, units, cancel);
        var termShare = TermShare(terms, answer, drafts, identity);
        var floor = options.Value.RelevanceFloor ?? RelevanceFloor.For(embedder.ModelId);
        var (passages, shown) = Cut(request.PassageTokens, drafts, texts, evidence);
        return new SearchResult(
            passages, shown, drafts.Count > 0 && RelevanceFloor.IsAnswerable(floor, evidence.BestCosine, termShare), RelevanceFloor.Sum(evidence.BestCosine, termShare), question,
            answer.FileCount,
            clock.GetElapsedTime(started, searched), clock.GetElapsedTime(searched)) { ByWordsAlone = compared.IsEmpty };
    }

    public async Task<IReadOnlyList<Evidence?>> AlignAsync(
        KnowledgeScope scope, IReadOnlyList<string> sentences, IReadOnlyList<Passage> passages, CancellationToken cancel)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        var texts = await DocumentText.LoadAsync(db, scope, passages.Select(p => (p.Document, p.Generation, p.Pages)), cancel);
        return await aligner.AlignAsync(scope, sentences, passages, passage => texts[(passage.Document, passage.Generation)], cancel);
    }

    private async Task<(List<PassageDraft> Drafts, List<DocumentText> Texts, DocumentIdentity Identity)> FindPassagesAsync(
        KnowledgeDbContext db, KnowledgeScope scope, string question, ReadOnlyMemory<float> vector, IReadOnlyList<string> terms, IndexAnswer answer, CancellationToken cancel)
    {
        var fused = RankFusion.Fuse(answer.Dense, answer.Lexical, options.Value.DenseWeight, options.Value.LexicalWeight);
        var candidates = await PassageLoader.LoadAsync(db, scope, fused, cancel);
        var identity = await DocumentIdentity.LoadAsync(db, question, candidates, cancel);
        var ranked = PassageRanking.Order(vector, terms, answer.TermWeights, candidates, identity);
        // Merging makes fewer of them: some more than are wanted go in.
        var (most, perDocument) = (options.Value.MaxPassages, options.Value.MaxPassagesPerDocument);
        var chunks = PassageVariety.Cap(PassageVariety.WithoutDuplicates(ranked), most * 2, perDocument * 2);
        var drafts = PassageVariety.Cap(NeighbourMerge.Merge(chunks), most, perDocument);
        var pages = await DocumentText.LoadAsync(db, scope, drafts.Select(d => (d.Document.Id, d.Document.Generation, d.Pages)), cancel);
        // Deleted in this very moment: its pages are gone, and so is the passage.
        drafts.RemoveAll(draft => !pages[(draft.Document.Id, draft.Document.Generation)].Holds(draft.Start, draft.End));
        return (drafts, drafts.ConvertAll(draft => pages[(draft.Document.Id, draft.Document.Generation)]), identity);
    }

    private static IEnumerable<EvidenceUnit> Units(int position, PassageDraft draft, DocumentText text, DocumentIdentity identity) => EvidenceUnit.Split(
        position, text, draft.Start, draft.End, offset => draft.At(offset).Caption, offset => draft.At(offset).HeadingPath,
        string.Join(' ', identity.NamesOf(draft.Document.Id).Prepend(draft.Document.Title)));

    private static double TermShare(List<string> terms, IndexAnswer answer, List<PassageDraft> drafts, DocumentIdentity identity)
    {
        var best = drafts.SelectMany(draft => draft.Chunks).OrderByDescending(chunk => chunk.Score).Take(RelevanceFloor.BestPassages)
            .Select(chunk => (IReadOnlySet<string>)chunk.Terms.Concat(identity.NamesOf(chunk.Document.Id)).ToHashSet()).ToList();
        return RelevanceFloor.TermShare(terms, answer.TermWeights, best);
    }

    private (List<Passage> Passages, List<Evidence> Evidence) Cut(int tokens, List<PassageDraft> drafts, List<DocumentText> texts, FoundEvidence evidence)
    {
        var counter = services.GetRequiredKeyedService<ITokenCounter>(ITokenCounter.Chat);
        var fitted = TokenBudget.Fit(
            drafts, [.. evidence.Best.Take(options.Value.EvidenceCount).Select(best => best.Unit)], tokens, (draft, start, end) => texts[drafts.IndexOf(draft)].Slice(start, end), counter);
        var passages = fitted.ConvertAll(f => drafts[f.Draft].ToPassage(texts[f.Draft], f.Start, f.End));
        var shown = new List<Evidence>();
        foreach (var (unit, score) in evidence.Best)
        {
            var passage = fitted.FindIndex(f => f.Draft == unit.Draft && f.Start <= unit.Start && unit.End <= f.End);
            if (passage >= 0 && shown.Count < options.Value.EvidenceCount)
            {
                shown.Add(unit.ToEvidence(passage, score));
            }
        }

        return (passages, shown);
    }
}
