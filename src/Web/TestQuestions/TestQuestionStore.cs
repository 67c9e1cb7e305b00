using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Rag.Retrieval.Knowledge;
using Rag.Web.Access;
using Rag.Web.Assistants;
using Rag.Web.Data;

namespace Rag.Web.TestQuestions;

/// <param name="Page">Physical page, from 1; null: any page of the file.</param>
public sealed record TestQuestionDraft(string Question, Guid Document, int? Page);

/// <summary>A saved question, or one sentence that says why it was not saved; neither for an assistant that is not the caller's.</summary>
public sealed record TestSaveOutcome(Guid? Id, string? Problem);

/// <summary>The owner's test questions and what became of them. Unknown and foreign ids give null or false alike.</summary>
internal sealed class TestQuestionStore(
    AccessPolicy policy, IDbContextFactory<AppDbContext> contexts, IDocumentLibrary library, TestBoard board, IOptions<TestOptions> options, TimeProvider clock)
{
    public async Task<TestReport?> ReportAsync(Caller caller, AssistantId assistant, CancellationToken cancel)
    {
        if (await policy.FindAssistantAsync(caller, assistant, AssistantRight.Manage, cancel) is null)
        {
            return null;
        }

        await using var db = await contexts.CreateDbContextAsync(cancel);
        var questions = await db.TestQuestions.AsNoTracking().Where(q => q.AssistantId == assistant).OrderBy(q => q.CreatedAt).ThenBy(q => q.Id).ToListAsync(cancel);
        var runs = await db.TestRuns.AsNoTracking().Include(r => r.Results).Where(r => r.AssistantId == assistant).ToListAsync(cancel);
        var answered = runs.MaxBy(r => r.EndedAt)?.Results.Select(r => r.QuestionId).ToHashSet() ?? [];
        return TestReport.Of(questions, runs, board.Progress(assistant), board.IsAsked(assistant) || questions.Exists(q => !answered.Contains(q.Id)));
    }

    /// <summary>The same question with the same page is kept once.</summary>
    public async Task<TestSaveOutcome> SaveAsync(Caller caller, AssistantId assistant, TestQuestionDraft draft, CancellationToken cancel)
    {
        if (await policy.FindAssistantAsync(caller, assistant, AssistantRight.Manage, cancel) is not { } grant)
        {
            return new TestSaveOutcome(null, null);
        }

        var question = draft.Question.Trim();
        var file = await library.FindAsync(grant.Scope, new DocumentId(draft.Document), cancel);
        if (Problem(question, file, draft.Page) is { } problem)
        {
            return new TestSaveOutcome(null, problem);
        }

        await using var db = await contexts.CreateDbContextAsync(cancel);
        if (await db.TestQuestions.AsNoTracking().FirstOrDefaultAsync(
            q => q.AssistantId == assistant && q.Question == question && q.Document == draft.Document && q.Page == draft.Page, cancel) is { } same)
        {
            return new TestSaveOutcome(same.Id, null);
        }

        if (await db.TestQuestions.CountAsync(q => q.AssistantId == assistant, cancel) >= options.Value.MaxQuestions)
        {
            return new TestSaveOutcome(null, $"There are {options.Value.MaxQuestions} test questions already. Delete one first.");
        }

        var saved = new TestQuestion
        {
            Id = Guid.CreateVersion7(), AssistantId = assistant, Question = question, Document = draft.Document, FileName = file!.FileName, Page = draft.Page,
            CreatedAt = clock.GetUtcNow().UtcDateTime,
        };
        db.TestQuestions.Add(saved);
        await db.SaveChangesAsync(cancel);
        board.Tell(assistant);
        return new TestSaveOutcome(saved.Id, null);
    }

    public async Task<bool> DeleteAsync(Caller caller, AssistantId assistant, Guid question, CancellationToken cancel)
    {
        if (await policy.FindAssistantAsync(caller, assistant, AssistantRight.Manage, cancel) is null)
        {
            return false;
        }

        await using var db = await contexts.CreateDbContextAsync(cancel);
        await db.TestResults.Where(r => r.QuestionId == question && db.TestQuestions.Any(q => q.Id == question && q.AssistantId == assistant)).ExecuteDeleteAsync(cancel);
        var gone = await db.TestQuestions.Where(q => q.Id == question && q.AssistantId == assistant).ExecuteDeleteAsync(cancel) > 0;
        board.Tell(assistant);
        return gone;
    }

    /// <summary>Asks them all again, soon.</summary>
    public async Task<bool> RunAsync(Caller caller, AssistantId assistant, CancellationToken cancel)
    {
        if (await policy.FindAssistantAsync(caller, assistant, AssistantRight.Manage, cancel) is null)
        {
            return false;
        }

        board.Ask(assistant);
        return true;
    }

    private static string? Problem(string question, DocumentStatus? file, int? page) => (question.Length, file, page) switch
    {
        (0, _, _) => "Write the question first.",
        ( > TestQuestion.MaxQuestionLength, _, _) => $"A test question has at most {TestQuestion.MaxQuestionLength} characters.",
        (_, null, _) => "Choose the file that answers it.",
        (_, _, < 1) => "Pages are counted from 1.",
        (_, { PageCount: { } count }, { } wanted) when wanted > count => $"This file has {count} {(count == 1 ? "page" : "pages")}.",
        _ => null,
    };
}
