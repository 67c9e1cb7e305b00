using Microsoft.EntityFrameworkCore;
using Rag.Web.Access;
using Rag.Web.Assistants;
using Rag.Web.Data;

namespace Rag.Web.Chat;

/// <summary>
/// Asking, watching and stopping, for pages and endpoints alike. A question passes its limits, becomes a turn, and is answered in the
/// background whether or not somebody watches.
/// </summary>
internal sealed class AnswerService(
    AccessPolicy policy, IDbContextFactory<AppDbContext> contexts, AnswerRunner runner, QuestionRate rate, TimeProvider clock)
{
    private const int TitleLength = 80;

    /// <summary>At most ten renderings a second.</summary>
    private static readonly TimeSpan TextPause = TimeSpan.FromMilliseconds(100);

    /// <param name="conversation">Null starts a new one.</param>
    public async Task<AskOutcome> AskAsync(Caller caller, AssistantId assistant, ConversationId? conversation, string question, CancellationToken cancel)
    {
        // Length before anything else: nothing reads a megabyte only to refuse it.
        if (question.Length > AnswerOptions.MaxQuestionLength)
        {
            return new AskOutcome.Refused(AskRefusal.TooLong,
                $"This message has {question.Length:N0} characters; at most {AnswerOptions.MaxQuestionLength:N0} are possible. Shorten it, or add the text as a file.");
        }

        question = question.Trim();
        if (question.Length == 0)
        {
            return new AskOutcome.Refused(AskRefusal.Empty, "Write a question first.");
        }

        AssistantGrant? grant;
        if (conversation is { } known)
        {
            grant = await policy.FindConversationAsync(caller, known, cancel) is { } found && found.Conversation.AssistantId == assistant ? found.Assistant : null;
        }
        else
        {
            grant = await policy.FindAssistantAsync(caller, assistant, AssistantRight.Chat, cancel);
        }

        return grant is null ? new AskOutcome.NotFound() : await StartAsync(caller, grant, conversation, question, null, cancel);
    }

    /// <summary>Answers the last question of a conversation anew; the former answer is replaced.</summary>
    public async Task<AskOutcome> AskAgainAsync(Caller caller, TurnId turn, CancellationToken cancel)
    {
        if (await FindTurnAsync(caller, turn, cancel) is not { } found)
        {
            return new AskOutcome.NotFound();
        }

        return await StartAsync(caller, found.Grant.Assistant, found.Turn.ConversationId, found.Turn.Question, found.Turn, cancel);
    }

    /// <summary>
    /// The parts of an answer in batches, from the first; of one that is finished, its end. Null for a turn that is not the caller's.
    /// </summary>
    public async Task<IAsyncEnumerable<IReadOnlyList<AnswerPart>>?> WatchAsync(Caller caller, TurnId turn, CancellationToken cancel)
    {
        // The live stream first: it ends only after its row is written, so the row read after it is final when there is none.
        var live = runner.Find(turn);
        if (await FindTurnAsync(caller, turn, cancel) is not { } found)
        {
            return null;
        }

        var parts = live?.WatchAsync(TextPause, cancel) ?? Finished(found.Turn);
        return found.Grant.Assistant.DropsUnsupported ? SupportedOnly(parts, live is { IsHeld: true }) : parts;
    }

    /// <summary>False for a turn that is not the caller's; true also when its answer has ended already.</summary>
    public async Task<bool> StopAsync(Caller caller, TurnId turn, CancellationToken cancel)
    {
        if (await FindTurnAsync(caller, turn, cancel) is null)
        {
            return false;
        }

        runner.Find(turn)?.Stop(StopReason.ByReader);
        return true;
    }

    private async Task<AskOutcome> StartAsync(
        Caller caller, AssistantGrant grant, ConversationId? conversation, string question, Turn? again, CancellationToken cancel)
    {
        var key = KeyOf(caller, grant);
        if (rate.Take(grant, key) is { } wait)
        {
            var seconds = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds));
            return new AskOutcome.Refused(AskRefusal.TooFast, $"That were many questions in a short time. Ask again in {seconds} s.", TimeSpan.FromSeconds(seconds));
        }

        var turn = again?.Id ?? TurnId.New();
        if (runner.TryOpen(turn, key) is not { } stream)
        {
            return new AskOutcome.Refused(AskRefusal.StillAnswering, "Your last questions are still being answered. Wait for them, or stop one.");
        }

        var stored = false;
        try
        {
            var (refusal, work) = await StoreAsync(caller, grant, conversation, question, again, turn, cancel);
            if (work is null)
            {
                return refusal!;
            }

            stored = true;
            runner.Run(stream, work);
            return new AskOutcome.Accepted(work.Conversation, turn);
        }
        finally
        {
            if (!stored)
            {
                runner.Discard(stream);
            }
        }
    }

    /// <summary>Counts the message on its link and writes the turn, in one transaction.</summary>
    private async Task<(AskOutcome? Refusal, AnswerWork? Work)> StoreAsync(
        Caller caller, AssistantGrant grant, ConversationId? known, string question, Turn? again, TurnId turn, CancellationToken cancel)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        await using var db = await contexts.CreateDbContextAsync(cancel);
        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        if (grant.Link is { } link && await CountOnLinkAsync(db, link.Id, now, cancel) == 0)
        {
            return (new AskOutcome.Refused(AskRefusal.CapReached, "The messages of this link are used up. Ask the person who shared it for another."), null);
        }

        var earlier = known is { } id ? await db.Turns.AsNoTracking().Where(t => t.ConversationId == id).OrderBy(t => t.Ordinal).ToListAsync(cancel) : [];
        if (earlier.Any(t => t.State is TurnState.Waiting or TurnState.Answering))
        {
            return (new AskOutcome.Refused(AskRefusal.StillAnswering, "The last question of this conversation is still being answered. Wait for it, or stop it."), null);
        }

        if (again is not null && (earlier.Count == 0 || earlier[^1].Id != again.Id))
        {
            return (new AskOutcome.Refused(AskRefusal.StillAnswering, "Only the last answer of a conversation can be made again."), null);
        }

        var conversation = known ?? ConversationId.New();
        if (known is null)
        {
            db.Conversations.Add(NewConversation(conversation, caller, grant, question, now));
        }

        if (again is null)
        {
            db.Turns.Add(new Turn
            {
                Id = turn,
                ConversationId = conversation,
                Ordinal = earlier.Count == 0 ? 1 : earlier[^1].Ordinal + 1,
                Question = question,
                AskedAt = now,
                State = TurnState.Waiting,
            });
        }
        else
        {
            earlier.RemoveAt(earlier.Count - 1);
            await db.Turns.Where(t => t.Id == turn).ExecuteUpdateAsync(row => row
                .SetProperty(t => t.State, TurnState.Waiting).SetProperty(t => t.AnswerJson, (string?)null).SetProperty(t => t.Feedback, (int?)null), cancel);
        }

        await db.SaveChangesAsync(cancel);
        await db.Conversations.Where(c => c.Id == conversation).ExecuteUpdateAsync(row => row.SetProperty(c => c.LastMessageAt, now), cancel);
        await db.Assistants.Where(a => a.Id == grant.Assistant.Id).ExecuteUpdateAsync(row => row.SetProperty(a => a.LastUsedAt, now), cancel);
        await transaction.CommitAsync(cancel);
        return (null, new AnswerWork(turn, conversation, grant, question, [.. earlier.Select(PastTurn.From)], again is not null, clock.GetTimestamp()));
    }

    /// <summary>One statement reads, compares and counts: two guests cannot both take the last message. It also sees a revocation at once.</summary>
    private static Task<int> CountOnLinkAsync(AppDbContext db, Guid link, DateTime now, CancellationToken cancel) => db.ShareLinks
        .Where(l => l.Id == link && l.RevokedAt == null && (l.ExpiresAt == null || l.ExpiresAt > now) && (l.MessageCap == null || l.MessagesUsed < l.MessageCap))
        .ExecuteUpdateAsync(row => row.SetProperty(l => l.MessagesUsed, l => l.MessagesUsed + 1), cancel);

    private static Conversation NewConversation(ConversationId id, Caller caller, AssistantGrant grant, string question, DateTime now) => new()
    {
        Id = id,
        AssistantId = grant.Assistant.Id,
        OwnerId = grant.IsOwner ? caller.User?.Value : null,
        GuestId = grant.IsOwner ? null : caller.Guest?.Value,
        LinkId = grant.Link?.Id,
        Title = question.Length <= TitleLength ? question : question[..TitleLength].TrimEnd() + " …",
        CreatedAt = now,
        LastMessageAt = now,
    };

    private async Task<(Turn Turn, ConversationGrant Grant)?> FindTurnAsync(Caller caller, TurnId id, CancellationToken cancel)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        return await db.Turns.AsNoTracking().FirstOrDefaultAsync(t => t.Id == id, cancel) is { } turn
            && await policy.FindConversationAsync(caller, turn.ConversationId, cancel) is { } grant
                ? (turn, grant)
                : null;
    }

    private static async IAsyncEnumerable<IReadOnlyList<AnswerPart>> Finished(Turn turn)
    {
        // Waiting without a stream: the process that answered is gone and nothing marked the row.
        var state = turn.State is TurnState.Waiting or TurnState.Answering ? TurnState.Interrupted : turn.State;
        yield return [new AnswerPart.Ended(state, StoredAnswer.Parse(turn.AnswerJson) ?? new StoredAnswer())];
        await Task.CompletedTask;
    }

    /// <summary>For a reader who gets only what the files support.</summary>
    /// <param name="isHeld">The text was checked before it was published; else none of it may pass before the check.</param>
    private static async IAsyncEnumerable<IReadOnlyList<AnswerPart>> SupportedOnly(IAsyncEnumerable<IReadOnlyList<AnswerPart>> batches, bool isHeld)
    {
        await foreach (var batch in batches)
        {
            yield return [.. batch.Where(part => isHeld || part is not AnswerPart.TextDelta).Select<AnswerPart, AnswerPart>(part => part switch
            {
                AnswerPart.EvidenceReady ready => ready with { Answer = ready.Answer.WithoutUnsupported() },
                AnswerPart.SentencesChecked check => check with { Answer = check.Answer.WithoutUnsupported() },
                AnswerPart.Ended ended => ended with { Answer = ended.Answer.WithoutUnsupported() },
                _ => part,
            })];
        }
    }

    private static string KeyOf(Caller caller, AssistantGrant grant) =>
        grant.IsOwner ? $"user {caller.User?.Value}" : $"guest {caller.Guest?.Value:N}";
}
