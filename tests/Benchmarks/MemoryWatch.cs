using Rag.Testing;

namespace Rag.Benchmarks;

/// <summary>Samples the resident size of the server and its children every 100 ms and keeps the highest.</summary>
internal sealed class MemoryWatch : IDisposable
{
    private readonly CancellationTokenSource stopping = new();
    private readonly Task<long> watching;

    public MemoryWatch(DocentServer server) => watching = WatchAsync(server, stopping.Token);

    /// <returns>Bytes.</returns>
    public async Task<long> StopAsync()
    {
        await stopping.CancelAsync();
        return await watching;
    }

    public void Dispose() => stopping.Dispose();

    private static async Task<long> WatchAsync(DocentServer server, CancellationToken stop)
    {
        var highest = 0L;
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        try
        {
            while (await tick.WaitForNextTickAsync(stop))
            {
                highest = Math.Max(highest, server.ResidentBytes());
            }
        }
        catch (OperationCanceledException)
        {
            // stopped
        }

        return highest;
    }
}
