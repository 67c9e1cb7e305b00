using Rag.Retrieval.Knowledge;
using Rag.Retrieval.Search;
using Rag.Web.Chat.Whole;

namespace Rag.Web.Chat;

/// <summary>
/// Makes one answer: the kinds that need no search, then search and quotes, then the model's words and their check. Every way out ends
/// with the turn's row written and then one <see cref="AnswerPart.Ended"/>.
/// </summary>
internal sealed class AnswerFlow(
    IDocumentLibrary library, IPassageSearch search, QuestionRewriter rewriter, WholeAnswers everything, ModelWriter writer, CitationAligner aligner, AnswerModelSource models,
    TurnRecorder recorder, TimeProvider clock, ILogger<AnswerFlow> log)
{
    private const int MaxEarlierQuestions = 4;
    private const int NearestPassages = 3;

    public async Task RunAsync(AnswerWork work, AnswerStream stream)
    {
        var draft = new StoredAnswer();
        var state = TurnState.Failed;
        try
        {
            (state, draft) = await AnswerAsync(work, stream, found => draft = found);
        }
        catch (OperationCanceledException) when (stream.Stopped is not null)
        {
            state = TurnState.Stopped;
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            log.SearchFailed(failure, work.Turn);
            draft = draft with { Problem = failure is ModelException or SearchUnavailableException ? failure.Message : "The files could not be searched. Your question is kept; try again." };
        }

        if (state == TurnState.Stopped && stream.Stopped is not StopReason.ByReader)
        {
            state = TurnState.Interrupted;
        }

        draft = work.Grant.DropsUnsupported ? draft.WithoutUnsupported() : draft;
        draft = draft with { Timings = draft.Timings with { Total = Since(work) } };

        // Not the stream's token: a stopped answer is stored too.
        await recorder.EndAsync(work.Turn, state, draft, CancellationToken.None);
        draft = await WithoutDeletedAsync(work, state, draft);
        log.Answered(work.Turn, draft.Kind, state, draft.Timings.Search, draft.Timings.FirstToken, draft.Timings.Total);
        stream.Publish(new AnswerPart.Ended(state, draft));
    }

    private async Task<(TurnState State, StoredAnswer Answer)> AnswerAsync(AnswerWork work, AnswerStream stream, Action<StoredAnswer> keep)
    {
        var cancel = stream.Cancellation;
        stream.Publish(new AnswerPart.Searching());
        await recorder.BeginAsync(work.Turn, cancel);
        var files = await library.ListAsync(work.Grant.Scope, cancel);
        if (PlainAnswers.WithoutSearch(work, files) is { } plain)
        {
            stream.Publish(new AnswerPart.EvidenceReady(plain));
            return (TurnState.Done, plain);
        }

        IReadOnlyList<string> read = [];
        if (WholeQuestion.Recognise(work.Question, work.Earlier.Any(t => !t.Aside)) is { } whole)
        {
            var all = await everything.AnswerAsync(work, whole, files, stream, keep);
            if (all.Kind == AnswerKind.WholeFiles)
            {
                return (EndOf(all, stream), all);
            }

            read = all.Notes;
        }

        List<string> earlier = [.. work.Earlier.Where(t => !t.Aside).Select(t => t.Question).TakeLast(MaxEarlierQuestions)];
        var began = clock.GetTimestamp();
        var alone = await rewriter.RewriteAsync(work.Conversation, work.Question, earlier, cancel);
        var request = new SearchRequest(alone ?? work.Question, alone is null ? earlier : [], PromptBudget.SearchTokens(models.ContextLengthOrDefault));
        var found = await search.SearchAsync(work.Grant.Scope, request, cancel);
        var answer = Citations.Describe(found, NearestPassages) with
        {
            Notes = [.. read, .. PlainAnswers.StillReading(work, files)],
            Timings = new AnswerTimings(clock.GetElapsedTime(began).TotalMilliseconds, Since(work)),
        };
        keep(answer);
        stream.Publish(new AnswerPart.EvidenceReady(answer));
        await recorder.SaveAsync(work.Turn, answer, cancel);
        if (answer.Kind != AnswerKind.FromFiles)
        {
            return (TurnState.Done, answer);
        }

        answer = await writer.WriteAsync(work, found, answer, stream, keep);
        keep(answer);
        if (answer.ModelText is { Length: > 0 })
        {
            // After Stop, too: what was written is checked, or it would look as if it were supported.
            answer = await aligner.CheckAsync(work.Grant.Scope, answer, found, CancellationToken.None);
            answer = work.Grant.DropsUnsupported ? answer.WithoutUnsupported() : answer;
            keep(answer);
            stream.Publish(new AnswerPart.SentencesChecked(answer));
        }

        return (EndOf(answer, stream), answer);
    }

    private static TurnState EndOf(StoredAnswer answer, AnswerStream stream) =>
        stream.Stopped is not null ? TurnState.Stopped : answer.Problem is null ? TurnState.Done : TurnState.Failed;

    /// <summary>A file deleted while its answer was made: whoever deleted it did not find its words in the row yet.</summary>
    private async Task<StoredAnswer> WithoutDeletedAsync(AnswerWork work, TurnState state, StoredAnswer answer)
    {
        var used = answer.Citations.Select(c => c.Document).Concat(answer.Passages.Select(p => p.Document)).Concat(answer.Whole?.Documents ?? []).ToHashSet();
        if (used.Count == 0)
        {
            return answer;
        }

        var left = (await library.ListAsync(work.Grant.Scope, CancellationToken.None)).Select(f => f.Id.Value).ToHashSet();
        var cleaned = used.Where(document => !left.Contains(document)).Aggregate(answer, (rest, document) => rest.Without(document));
        if (!ReferenceEquals(cleaned, answer))
        {
            await recorder.ReplaceAsync(work.Turn, state, cleaned, CancellationToken.None);
        }

        return cleaned;
    }

    private double Since(AnswerWork work) => clock.GetElapsedTime(work.AskedAt).TotalMilliseconds;
}
