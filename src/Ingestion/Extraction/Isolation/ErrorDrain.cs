using System.Text;

namespace Rag.Ingestion.Extraction.Isolation;

/// <summary>Reads a child's diagnostics to the end, keeps the last of them, and raises an alarm when they become a flood.</summary>
internal sealed class ErrorDrain : IAsyncDisposable
{
    private const int Kept = 4 * 1024;

    private readonly Stream pipe;
    private readonly byte[] tail = new byte[Kept];
    private readonly int limit;
    private readonly Action onFlood;

    public ErrorDrain(Stream pipe, int limit, Action onFlood)
    {
        (this.pipe, this.limit, this.onFlood) = (pipe, limit, onFlood);
        Completion = DrainAsync();
    }

    public Task Completion { get; }

    public long TotalBytes { get; private set; }

    /// <summary>The last bytes as text; call after <see cref="Completion"/>.</summary>
    public string Tail
    {
        get
        {
            int length = (int)Math.Min(TotalBytes, Kept);
            int start = TotalBytes <= Kept ? 0 : (int)(TotalBytes % Kept);
            return Encoding.UTF8.GetString([.. tail[start..length], .. tail[..start]]);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Completion;
        await pipe.DisposeAsync();
    }

    private async Task DrainAsync()
    {
        byte[] buffer = new byte[16 * 1024];
        int read;
        while ((read = await pipe.ReadAsync(buffer)) > 0)
        {
            for (int i = Math.Max(0, read - Kept); i < read; i++)
            {
                tail[(TotalBytes + i) % Kept] = buffer[i];
            }

            TotalBytes += read;
            if (TotalBytes > limit)
            {
                onFlood();
            }
        }
    }
}
