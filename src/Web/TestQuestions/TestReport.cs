namespace Rag.Web.TestQuestions;

/// <summary>What became of a question: see <see cref="TestResult"/>.</summary>
public sealed record TestOutcome(int? Rank, int? PassageRank, bool Cited, bool Refused, bool Failed)
{
    /// <summary>The page stands among the evidence of an answer.</summary>
    public bool Found => Rank is not null && !Refused && !Failed;

    internal static TestOutcome From(TestResult result) => new(result.Rank, result.PassageRank, result.Cited, result.Refused, result.Failed);
}

/// <param name="Now">Null before its first run.</param>
/// <param name="Before">Before the last change of files, instructions or models; null where there was none.</param>
public sealed record TestQuestionStatus(Guid Id, string Question, Guid Document, string FileName, int? Page, TestOutcome? Now, TestOutcome? Before);

/// <param name="Running">Questions asked of those in the present run; null when none is on its way.</param>
/// <param name="Waiting">A run will begin soon: something changed, or was asked for.</param>
/// <param name="Found">Questions that find their page, of <paramref name="Asked"/>.</param>
/// <param name="FoundBefore">The same before the last change, of <paramref name="AskedBefore"/> of the questions that are here now; null without a run before.</param>
/// <param name="Changed">What changed since then: "files", "instructions", "model", "embedding model".</param>
public sealed record TestReport(
    IReadOnlyList<TestQuestionStatus> Questions, TestProgress? Running, bool Waiting, DateTime? LastRunAt, int Found, int Asked, int? FoundBefore, int? AskedBefore,
    IReadOnlyList<string> Changed)
{
    internal static TestReport Of(IReadOnlyList<TestQuestion> questions, IReadOnlyList<TestRun> runs, TestProgress? running, bool waiting)
    {
        var now = runs.MaxBy(r => r.EndedAt);
        var before = now is null ? null : runs.Where(r => r.EndedAt < now.EndedAt && !SameSetup(r, now)).MaxBy(r => r.EndedAt);
        var statuses = questions.Select(q => new TestQuestionStatus(q.Id, q.Question, q.Document, q.FileName, q.Page, Outcome(now, q.Id), Outcome(before, q.Id))).ToList();
        var was = statuses.Where(s => s.Before is not null).ToList();
        return new TestReport(
            statuses, running, waiting && running is null, now?.EndedAt, statuses.Count(s => s.Now is { Found: true }), statuses.Count(s => s.Now is not null),
            was.Count == 0 ? null : was.Count(s => s.Before!.Found), was.Count == 0 ? null : was.Count, before is null || now is null ? [] : [.. Differences(before, now)]);
    }

    internal static bool SameSetup(TestRun a, TestRun b) => !Differences(a, b).Any();

    private static IEnumerable<string> Differences(TestRun a, TestRun b)
    {
        if (a.Files != b.Files)
        {
            yield return "files";
        }

        if (a.Instructions != b.Instructions)
        {
            yield return "instructions";
        }

        if (a.Model != b.Model)
        {
            yield return "model";
        }

        if (a.Embedder != b.Embedder)
        {
            yield return "embedding model";
        }
    }

    private static TestOutcome? Outcome(TestRun? run, Guid question) => run?.Results.Find(r => r.QuestionId == question) is { } result ? TestOutcome.From(result) : null;
}

public sealed record TestProgress(int Done, int Total);
