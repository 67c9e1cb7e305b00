using System.Collections.Concurrent;
using Microsoft.Extensions.Options;

namespace Rag.Web.Chat;

/// <summary>The answers in the making. They run here, not in the circuit or request that asked, so a reload finds them again.</summary>
internal sealed class AnswerRunner(IServiceScopeFactory scopes, IOptions<AnswerOptions> options, TimeProvider clock, ILogger<AnswerRunner> log)
    : IHostedService
{
    private readonly ConcurrentDictionary<TurnId, AnswerStream> streams = new();
    private readonly ConcurrentDictionary<TurnId, Task> running = new();
    private readonly Lock opening = new();
    private double? secondsPerAnswer;

    /// <summary>A stream for a turn that is about to be stored; null when the caller has too many answers in the making.</summary>
    public AnswerStream? TryOpen(TurnId turn, string caller)
    {
        lock (opening)
        {
            if (streams.Values.Count(s => s.Caller == caller) >= options.Value.AnswersAtOnce)
            {
                return null;
            }

            var stream = new AnswerStream(turn, caller, clock, TimeSpan.FromSeconds(options.Value.GraceSeconds));
            return streams.TryAdd(turn, stream) ? stream : null;
        }
    }

    /// <summary>Closes a stream whose turn was not stored after all.</summary>
    public void Discard(AnswerStream stream)
    {
        if (streams.TryRemove(stream.Turn, out _))
        {
            stream.Dispose();
        }
    }

    public void Run(AnswerStream stream, AnswerWork work)
    {
        stream.IsHeld = work.Grant.DropsUnsupported;
        var task = Task.Run(() => RunAsync(stream, work));
        running[stream.Turn] = task;
        if (task.IsCompleted)
        {
            running.TryRemove(stream.Turn, out _);
        }
    }

    /// <summary>Whether anybody waits for an answer.</summary>
    public bool IsAnswering => !streams.IsEmpty;

    public AnswerStream? Find(TurnId turn) => streams.GetValueOrDefault(turn);

    /// <summary>The end of the turn's work, its row written; completed when nothing runs.</summary>
    public Task FinishedAsync(TurnId turn) => running.GetValueOrDefault(turn) ?? Task.CompletedTask;

    /// <summary>How long <paramref name="ahead"/> answers may take, from the recent ones; null before the first.</summary>
    public TimeSpan? EstimateWait(int ahead) => secondsPerAnswer is { } seconds ? TimeSpan.FromSeconds(seconds * ahead) : null;

    /// <summary>Tells the estimate how long the model worked on an answer.</summary>
    public void Observe(TimeSpan modelTime) => secondsPerAnswer = secondsPerAnswer is { } old ? (0.7 * old) + (0.3 * modelTime.TotalSeconds) : modelTime.TotalSeconds;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        foreach (var stream in streams.Values)
        {
            stream.Stop(StopReason.Shutdown);
        }

        await Task.WhenAll(running.Values).WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task RunAsync(AnswerStream stream, AnswerWork work)
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            await scope.ServiceProvider.GetRequiredService<AnswerFlow>().RunAsync(work, stream);
        }
        catch (Exception failure)
        {
            // The flow ends every answer itself; what arrives here is a broken database or a mistake in it.
            log.AnswerLost(failure, stream.Turn);
            stream.Publish(new AnswerPart.Ended(TurnState.Failed, new StoredAnswer { Problem = "The answer could not be stored. Your question is kept; ask again." }));
        }
        finally
        {
            streams.TryRemove(stream.Turn, out _);
            running.TryRemove(stream.Turn, out _);
            stream.Dispose();
        }
    }
}
