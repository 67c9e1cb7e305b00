namespace Rag.Web.Shell;

/// <summary>Work that goes on without the page that began it.</summary>
internal static class BackgroundWork
{
    /// <summary>Ends it soon. Null: none goes on. It may end, and let go of its source, in this very moment.</summary>
    public static async Task EndAsync(this CancellationTokenSource? running)
    {
        try
        {
            await (running?.CancelAsync() ?? Task.CompletedTask);
        }
        catch (ObjectDisposedException)
        {
            // It has ended.
        }
    }
}
