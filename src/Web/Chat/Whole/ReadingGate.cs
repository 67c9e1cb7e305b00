namespace Rag.Web.Chat.Whole;

/// <summary>Few readings at once: each goes through the whole database, and other answers must not wait for many of them.</summary>
internal sealed class ReadingGate : IDisposable
{
    private const int AtOnce = 2;
    private readonly SemaphoreSlim places = new(AtOnce, AtOnce);

    /// <summary>Waits for a place; dispose the result to give it back.</summary>
    public async Task<IDisposable> EnterAsync(CancellationToken cancel)
    {
        await places.WaitAsync(cancel);
        return new Place(places);
    }

    public void Dispose() => places.Dispose();

    private sealed class Place(SemaphoreSlim places) : IDisposable
    {
        public void Dispose() => places.Release();
    }
}
