using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Rag.Retrieval.Knowledge;
using Rag.Web.Access;
using Rag.Web.Assistants;
using Rag.Web.Chat;
using Rag.Web.Data;

namespace Rag.Web.TestQuestions;

/// <summary>
/// Looks at what assistants answer from and asks their test questions again when it changed, a while after the last change, or when their
/// owner asked for it. Comparing with the stored run, not listening to events, also sees what changed while the server was off.
/// </summary>
internal sealed class TestRunner(
    IServiceScopeFactory scopes, AccessPolicy policy, IDbContextFactory<AppDbContext> contexts, IDocumentLibrary library, AnswerRunner answers, TestBoard board,
    IOptions<TestOptions> options, TimeProvider clock, ILogger<TestRunner> log) : BackgroundService
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(500);
    private readonly Dictionary<AssistantId, (TestSetup Setup, DateTimeOffset Since)> changed = [];

    /// <summary>One look at all assistants that have test questions.</summary>
    public async Task LookAsync(CancellationToken cancel)
    {
        List<(AssistantId Id, string Owner)> owners;
        await using (var db = await contexts.CreateDbContextAsync(cancel))
        {
            owners = (await db.Assistants.AsNoTracking().Where(a => db.TestQuestions.Any(q => q.AssistantId == a.Id)).Select(a => new { a.Id, a.OwnerId }).ToListAsync(cancel))
                .ConvertAll(a => (a.Id, a.OwnerId));
        }

        foreach (var (id, owner) in owners)
        {
            // As its owner: only the access policy opens a knowledge base.
            if (await policy.FindAssistantAsync(new Caller(new UserId(owner), null), id, AssistantRight.Manage, cancel) is { } grant)
            {
                await LookAsync(grant, cancel);
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                await board.WaitAsync(TimeSpan.FromSeconds(options.Value.LookSeconds), clock, stoppingToken);
                try
                {
                    await LookAsync(stoppingToken);
                }
                catch (Exception failure) when (failure is not (OperationCanceledException or OutOfMemoryException))
                {
                    log.TestRunFailed(failure);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops; what is missing is seen at the next start.
        }
    }

    private async Task LookAsync(AssistantGrant grant, CancellationToken cancel)
    {
        var id = grant.Assistant.Id;
        var files = await library.ListAsync(grant.Scope, cancel);
        if (files.Any(f => !f.IsFinal))
        {
            return;   // more will change soon
        }

        await using var scope = scopes.CreateAsyncScope();
        var examiner = scope.ServiceProvider.GetRequiredService<TestExaminer>();
        var setup = examiner.Describe(grant, files);
        var (questions, last) = await LoadAsync(id, cancel);
        var asked = board.IsAsked(id);
        var isSame = last is not null && setup.IsOf(last);
        if (!asked && !isSame && last is not null && !IsQuiet(id, setup))
        {
            return;
        }

        var kept = asked || !isSame ? [] : last!.Results.Where(r => questions.Exists(q => q.Id == r.QuestionId)).ToDictionary(r => r.QuestionId, TestOutcome.From);
        var missing = questions.Where(q => !kept.ContainsKey(q.Id)).ToList();
        if (missing.Count == 0)
        {
            return;
        }

        board.Answered(id);
        changed.Remove(id);
        await RunAsync(grant, examiner, setup, files, missing, kept, cancel);
    }

    /// <summary>Whether what differs from the last run has stayed so for a while: ten files dropped at once are one change.</summary>
    private bool IsQuiet(AssistantId id, TestSetup setup)
    {
        var now = clock.GetUtcNow();
        if (!changed.TryGetValue(id, out var seen) || seen.Setup != setup)
        {
            changed[id] = seen = (setup, now);
        }

        return now - seen.Since >= TimeSpan.FromSeconds(options.Value.QuietSeconds);
    }

    private async Task RunAsync(
        AssistantGrant grant, TestExaminer examiner, TestSetup setup, IReadOnlyList<DocumentStatus> files, List<TestQuestion> questions,
        Dictionary<Guid, TestOutcome> outcomes, CancellationToken cancel)
    {
        var id = grant.Assistant.Id;
        try
        {
            for (var i = 0; i < questions.Count; i++)
            {
                board.Report(id, new TestProgress(i, questions.Count));
                while (answers.IsAnswering)
                {
                    await Task.Delay(BetweenLooks, clock, cancel);   // people first
                }

                outcomes[questions[i].Id] = await examiner.AskAsync(grant, questions[i], files, cancel);
            }

            await StoreAsync(id, setup, outcomes, cancel);
            log.TestRunEnded(id, outcomes.Count, outcomes.Values.Count(o => o.Found));
        }
        finally
        {
            board.Report(id, null);
        }
    }

    private async Task<(List<TestQuestion> Questions, TestRun? Last)> LoadAsync(AssistantId id, CancellationToken cancel)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        return (await db.TestQuestions.AsNoTracking().Where(q => q.AssistantId == id).OrderBy(q => q.CreatedAt).ToListAsync(cancel),
            await db.TestRuns.AsNoTracking().Include(r => r.Results).Where(r => r.AssistantId == id).OrderByDescending(r => r.EndedAt).FirstOrDefaultAsync(cancel));
    }

    private async Task StoreAsync(AssistantId id, TestSetup setup, Dictionary<Guid, TestOutcome> outcomes, CancellationToken cancel)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        if (!await db.Assistants.AnyAsync(a => a.Id == id, cancel))
        {
            return;   // deleted meanwhile
        }

        var still = await db.TestQuestions.Where(q => q.AssistantId == id).Select(q => q.Id).ToListAsync(cancel);
        db.TestRuns.Add(new TestRun
        {
            Id = Guid.CreateVersion7(),
            AssistantId = id,
            EndedAt = clock.GetUtcNow().UtcDateTime,
            Files = setup.Files,
            Instructions = setup.Instructions,
            Model = setup.Model,
            Embedder = setup.Embedder,
            Results = [.. outcomes.Where(o => still.Contains(o.Key)).Select(o => new TestResult
            {
                QuestionId = o.Key, Rank = o.Value.Rank, PassageRank = o.Value.PassageRank, Cited = o.Value.Cited, Refused = o.Value.Refused, Failed = o.Value.Failed,
            })],
        });
        await db.SaveChangesAsync(cancel);

        // The oldest go, but the last one of another setup stays: it is what "before" means.
        var runs = await db.TestRuns.AsNoTracking().Where(r => r.AssistantId == id).OrderByDescending(r => r.EndedAt).ToListAsync(cancel);
        var before = runs.Skip(1).FirstOrDefault(r => !TestReport.SameSetup(r, runs[0]))?.Id;
        var old = runs.Skip(options.Value.KeepRuns).Where(r => r.Id != before).Select(r => r.Id).ToList();
        await db.TestRuns.Where(r => old.Contains(r.Id)).ExecuteDeleteAsync(cancel);
        await transaction.CommitAsync(cancel);
    }
}
