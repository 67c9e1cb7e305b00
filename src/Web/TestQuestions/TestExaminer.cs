using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.AI;
using Rag.Retrieval.Knowledge;
using Rag.Retrieval.Search;
using Rag.Web.Access;
using Rag.Web.Chat;

namespace Rag.Web.TestQuestions;

/// <summary>What an assistant answers from, as hashes and names: when one differs, its test questions are asked again.</summary>
internal sealed record TestSetup(string Files, string Instructions, string Model, string Embedder)
{
    public bool IsOf(TestRun run) => (Files, Instructions, Model, Embedder) == (run.Files, run.Instructions, run.Model, run.Embedder);
}

/// <summary>Asks test questions as a chat would, without a conversation, and looks where the expected page came.</summary>
internal sealed class TestExaminer(
    IPassageSearch search, ModelWriter writer, CitationAligner aligner, AnswerModelSource models, PromptLibrary prompts, IServiceProvider services, TimeProvider clock,
    ILogger<TestExaminer> log)
{
    public TestSetup Describe(AssistantGrant grant, IReadOnlyList<DocumentStatus> files) => new(
        Hash(string.Join('\n', files.Where(f => f.IsSearchable).OrderBy(f => f.Id.Value).Select(f => $"{f.Id} {f.LiveGeneration}"))),
        Hash(grant.Assistant.Instructions),
        models.IdOrDefault is { } model ? $"{model}, {prompts.Hash(models.StyleOrDefault)}" : "",
        EmbedderId());

    public async Task<TestOutcome> AskAsync(AssistantGrant grant, TestQuestion question, IReadOnlyList<DocumentStatus> files, CancellationToken cancel)
    {
        try
        {
            var request = new SearchRequest(question.Question, [], PromptBudget.SearchTokens(models.ContextLengthOrDefault));
            var found = await search.SearchAsync(grant.Scope, request, cancel);
            var answer = Citations.Describe(found, nearest: 0);
            var fileIsThere = files.Any(f => f.Id.Value == question.Document);
            var rank = Place(found.Evidence, e => IsExpected(found.Passages[e.Passage], new PageRange(e.Page, e.Page)));
            var passage = Place(found.Passages, p => IsExpected(p, p.Pages));
            var refused = answer.Kind != AnswerKind.FromFiles;
            return new TestOutcome(rank, passage, !refused && await IsCitedAsync(grant, question, found, answer, rank, cancel), refused, Failed: false);

            bool IsExpected(Passage p, PageRange pages) =>
                (p.Document.Value == question.Document || (!fileIsThere && p.FileName == question.FileName))
                && (question.Page is not { } page || (pages.From <= page && page <= pages.To));
        }
        catch (Exception failure) when (failure is not OutOfMemoryException && !cancel.IsCancellationRequested)
        {
            log.TestQuestionFailed(failure, question.Id);
            return new TestOutcome(null, null, false, false, Failed: true);
        }
    }

    /// <summary>Where the quotes are the answer, they are what is cited; a composing model is asked, and its checked sentences count.</summary>
    private async Task<bool> IsCitedAsync(AssistantGrant grant, TestQuestion question, SearchResult found, StoredAnswer answer, int? rank, CancellationToken cancel)
    {
        if (models.StyleOrDefault != AnswerStyle.Compose)
        {
            return rank is { } place && place <= answer.Quotes;
        }

        using var stream = new AnswerStream(TurnId.New(), "test question", clock, Timeout.InfiniteTimeSpan);
        await using var stop = cancel.Register(() => stream.Stop(StopReason.Shutdown));
        var work = new AnswerWork(stream.Turn, ConversationId.New(), grant, question.Question, [], Again: false, clock.GetTimestamp());
        var written = await writer.WriteAsync(work, found, answer, stream, _ => { });
        cancel.ThrowIfCancellationRequested();
        var check = written.ModelText is { Length: > 0 } ? await aligner.CheckAsync(grant.Scope, written, found, cancel) : written;
        return (check.Sentences ?? []).Any(s => s.Citation is { } number && check.FindCitation(number) is { } citation
            && citation.FileName == question.FileName && (question.Page is null || citation.Page == question.Page));
    }

    private string EmbedderId()
    {
        try
        {
            return services.GetService<IEmbeddingGenerator<string, Embedding<float>>>()?.GetService<EmbeddingGeneratorMetadata>()?.DefaultModelId ?? "";
        }
        catch (ModelException)
        {
            return "";   // missing: searches fail and say so
        }
    }

    private static int? Place<T>(IReadOnlyList<T> items, Func<T, bool> isIt)
    {
        for (var i = 0; i < items.Count; i++)
        {
            if (isIt(items[i]))
            {
                return i + 1;
            }
        }

        return null;
    }

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..16];
}
