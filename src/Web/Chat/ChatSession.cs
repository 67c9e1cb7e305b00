using Rag.Web.Access;
using Rag.Web.Assistants;

namespace Rag.Web.Chat;

/// <summary>
/// What a chat on a page knows and does; the panel only renders it. Each act asks anew who the caller is and goes through the services that
/// authorize it, so it does not matter when an event comes.
/// </summary>
internal sealed class ChatSession(AnswerService answers, ConversationStore store, CallerAccessor callers) : IAsyncDisposable
{
    private readonly CancellationTokenSource closing = new();
    private readonly List<TurnView> turns = [];

    /// <summary>Something on the screen changed. Raised on any thread.</summary>
    public event Action? Changed;

    /// <summary>Null when the caller may not use this assistant (any more).</summary>
    public ChatHead? Head { get; private set; }

    public ConversationId? Conversation { get; private set; }

    public IReadOnlyList<TurnView> Turns => turns;

    /// <summary>Why the last question was not taken; null when it was.</summary>
    public string? Refusal { get; private set; }

    /// <summary>For screen readers, politely.</summary>
    public string Announcement { get; private set; } = "";

    public bool IsAnswering => turns is [.., { IsLive: true }];

    /// <summary>Loads a conversation, or an empty one. False when it is not the caller's.</summary>
    public async Task<bool> OpenAsync(AssistantId assistant, ConversationId? conversation)
    {
        var caller = await callers.GetAsync();
        Head = await store.FindHeadAsync(caller, assistant, closing.Token);
        turns.Clear();
        (Conversation, Refusal, Announcement) = (null, null, "");
        if (Head is null || conversation is not { } id)
        {
            return Head is not null;
        }

        if (await store.FindAsync(caller, id, closing.Token) is not { } view || view.Assistant != assistant)
        {
            return false;
        }

        Conversation = id;
        turns.AddRange(view.Turns.Select(TurnView.From));
        return true;
    }

    /// <summary>Joins answers that are still in the making. Call once the page is live.</summary>
    public void Join()
    {
        foreach (var turn in turns.Where(t => t.IsLive))
        {
            _ = WatchAsync(turn);
        }
    }

    /// <returns>Whether the question was taken; else <see cref="Refusal"/> says why, and the question stays with its writer.</returns>
    public async Task<bool> AskAsync(string question)
    {
        if (Head is null || IsAnswering)
        {
            return false;
        }

        var outcome = await answers.AskAsync(await callers.GetAsync(), Head.Assistant, Conversation, question, closing.Token);
        if (Take(outcome) is not { } accepted)
        {
            return false;
        }

        Conversation = accepted.Conversation;
        var turn = new TurnView(accepted.Turn, question.Trim());
        turns.Add(turn);
        Announcement = "Searching.";
        _ = WatchAsync(turn);
        return true;
    }

    public async Task AskAgainAsync(TurnView turn)
    {
        if (!IsAnswering && Take(await answers.AskAgainAsync(await callers.GetAsync(), turn.Id, closing.Token)) is not null)
        {
            turn.Restart();
            _ = WatchAsync(turn);
        }
    }

    public async Task StopAsync()
    {
        if (turns is [.., { IsLive: true } live])
        {
            await answers.StopAsync(await callers.GetAsync(), live.Id, closing.Token);
        }
    }

    /// <summary>The same thumb again takes it back.</summary>
    public async Task GiveFeedbackAsync(TurnView turn, int feedback)
    {
        int? next = turn.Feedback == feedback ? null : feedback;
        if (await store.GiveFeedbackAsync(await callers.GetAsync(), turn.Id, next, closing.Token))
        {
            turn.Feedback = next;
        }
    }

    public async ValueTask DisposeAsync() => await closing.CancelAsync();

    private AskOutcome.Accepted? Take(AskOutcome outcome)
    {
        Refusal = outcome switch
        {
            AskOutcome.Refused refused => refused.Sentence,
            AskOutcome.NotFound => "This chat is no longer open to you. The assistant or the conversation was deleted, or the link has ended.",
            _ => null,
        };
        return outcome as AskOutcome.Accepted;
    }

    private async Task WatchAsync(TurnView turn)
    {
        try
        {
            if (await answers.WatchAsync(await callers.GetAsync(), turn.Id, closing.Token) is not { } batches)
            {
                return;
            }

            turn.Restart();   // all parts come again from the first
            await foreach (var batch in batches)
            {
                foreach (var part in batch)
                {
                    Announcement = turn.Apply(part) ?? Announcement;
                }

                Changed?.Invoke();
            }
        }
        catch (OperationCanceledException) when (closing.IsCancellationRequested)
        {
            // The page is gone; the answer goes on for its grace.
        }
    }
}
