using System.Runtime.CompilerServices;
using Rag.Retrieval.Knowledge;
using Rag.Retrieval.Reading;
using Rag.Retrieval.Search;

namespace Rag.Web.Tests.Chat;

/// <summary>The passages of <see cref="ScriptedSearch"/> as everything there is; every one of them is a point.</summary>
internal sealed class ScriptedReader : IPassageReader, IWholeReader
{
    public List<KnowledgeScope> Scopes { get; } = [];

    public List<object> Requests { get; } = [];

    public List<Passage> Passages { get; } = [.. ScriptedSearch.Found(answerable: true).Passages];

    /// <summary>Nothing is found in them.</summary>
    public bool FindsNothing { get; set; }

    /// <summary>Runs after each passage, with how many are read.</summary>
    public Func<int, CancellationToken, Task> AfterEach { get; set; } = (_, _) => Task.CompletedTask;

    public Task<ReadingPlan> PlanAsync(KnowledgeScope scope, DocumentId? only, CancellationToken cancel)
    {
        Scopes.Add(scope);
        return Task.FromResult(new ReadingPlan([new ReadingFile(ScriptedSearch.Apple, 1, "10-Q AAPL", "2023 Q3 AAPL.pdf", Passages.Count)]));
    }

    public async IAsyncEnumerable<ReadPassage> ReadAsync(KnowledgeScope scope, ReadingPlan plan, [EnumeratorCancellation] CancellationToken cancel)
    {
        Scopes.Add(scope);
        foreach (var (i, passage) in Passages.Index())
        {
            cancel.ThrowIfCancellationRequested();
            yield return new ReadPassage(passage, i, new float[4]);
        }

        await Task.CompletedTask;
    }

    public Task<WholeReadingResult> SummariseAsync(KnowledgeScope scope, ReadingPlan plan, SummaryRequest request, Action<ReadingProgress> progress, CancellationToken cancel) =>
        ReadAllAsync(scope, request, null, progress, cancel);

    public Task<WholeReadingResult> ListAsync(KnowledgeScope scope, ReadingPlan plan, ListRequest request, Action<ReadingProgress> progress, CancellationToken cancel) =>
        ReadAllAsync(scope, request, "value", progress, cancel);

    private async Task<WholeReadingResult> ReadAllAsync(KnowledgeScope scope, object request, string? value, Action<ReadingProgress> progress, CancellationToken cancel)
    {
        Scopes.Add(scope);
        Requests.Add(request);
        for (var i = 1; i <= Passages.Count; i++)
        {
            await AfterEach(i, cancel);
            cancel.ThrowIfCancellationRequested();
            progress(new ReadingProgress(i, Passages.Count));
        }

        List<ReadingPoint> points = FindsNothing ? [] : [.. Passages.Select(p => new ReadingPoint(
            p, new Evidence(0, p.Pages.From, null, p.Start, p.End, p.Text, null, 1, [new PageBox(72, 100, 300, 12)]), p.Pages.From % 2 == 0 ? "Even" : "Odd", value, 2))];
        return new WholeReadingResult(Passages.Count, points, points.Count, 2 * points.Count, value is not null);
    }
}
