namespace Rag.Inference.Remote;

/// <summary>Gives up on a server that says nothing for too long. Each step has the whole time.</summary>
internal sealed class Silence : IDisposable
{
    private readonly CancellationTokenSource late;
    private readonly CancellationTokenSource both;
    private readonly CancellationToken caller;
    private readonly EndpointAddress endpoint;
    private readonly int seconds;

    public Silence(EndpointAddress endpoint, int seconds, TimeProvider clock, CancellationToken caller)
    {
        (this.endpoint, this.seconds, this.caller) = (endpoint, seconds, caller);
        late = new CancellationTokenSource(Timeout.InfiniteTimeSpan, clock);
        both = CancellationTokenSource.CreateLinkedTokenSource(late.Token, caller);
    }

    public CancellationToken Token => both.Token;

    /// <exception cref="InferenceException">Unavailable: nothing came in time.</exception>
    /// <exception cref="OperationCanceledException">The caller left.</exception>
    public async Task<T> WatchAsync<T>(Func<CancellationToken, Task<T>> step)
    {
        late.CancelAfter(TimeSpan.FromSeconds(seconds));
        try
        {
            return await step(Token).ConfigureAwait(false);
        }
        catch (Exception) when (caller.IsCancellationRequested)
        {
            throw new OperationCanceledException(caller);
        }
        catch (Exception error) when (late.IsCancellationRequested && error is OperationCanceledException or IOException)
        {
            throw EndpointErrors.Silent(endpoint, seconds);
        }
        finally
        {
            late.CancelAfter(Timeout.InfiniteTimeSpan);   // a slow reader of the updates is no silence of the server
        }
    }

    public void Dispose()
    {
        both.Dispose();
        late.Dispose();
    }
}
