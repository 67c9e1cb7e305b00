using Microsoft.EntityFrameworkCore;
using Rag.Web.Data;

namespace Rag.Web.Chat;

/// <summary>Writes a running turn's row. Each write demands that the turn is not ended yet and changes nothing when it was deleted.</summary>
internal sealed class TurnRecorder(IDbContextFactory<AppDbContext> contexts)
{
    public Task BeginAsync(TurnId turn, CancellationToken cancel) => WriteAsync(turn, TurnState.Answering, null, cancel);

    /// <summary>What is known so far: what is kept if the server goes away now.</summary>
    public Task SaveAsync(TurnId turn, StoredAnswer answer, CancellationToken cancel) => WriteAsync(turn, TurnState.Answering, answer, cancel);

    public Task EndAsync(TurnId turn, TurnState state, StoredAnswer answer, CancellationToken cancel) => WriteAsync(turn, state, answer, cancel);

    /// <summary>Takes words out of a turn that has ended.</summary>
    public async Task ReplaceAsync(TurnId turn, TurnState ended, StoredAnswer answer, CancellationToken cancel)
    {
        var json = answer.ToJson();
        await using var db = await contexts.CreateDbContextAsync(cancel);
        await db.Turns.Where(t => t.Id == turn && t.State == ended).ExecuteUpdateAsync(row => row.SetProperty(t => t.AnswerJson, json), cancel);
    }

    /// <summary>Turns that an earlier run of the server left unfinished.</summary>
    public async Task<int> InterruptAllAsync(CancellationToken cancel)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        return await db.Turns.Where(t => t.State == TurnState.Waiting || t.State == TurnState.Answering)
            .ExecuteUpdateAsync(turn => turn.SetProperty(t => t.State, TurnState.Interrupted), cancel);
    }

    private async Task WriteAsync(TurnId turn, TurnState state, StoredAnswer? answer, CancellationToken cancel)
    {
        var json = answer?.ToJson();
        await using var db = await contexts.CreateDbContextAsync(cancel);
        await db.Turns.Where(t => t.Id == turn && (t.State == TurnState.Waiting || t.State == TurnState.Answering))
            .ExecuteUpdateAsync(row => row.SetProperty(t => t.State, state).SetProperty(t => t.AnswerJson, json), cancel);
    }
}
