namespace Rag.Web.Admin;

/// <summary>A part that can be tried out while the server runs, in some ten seconds. Register any number of them.</summary>
public interface ISelfTest
{
    /// <summary>What it found, line by line.</summary>
    Task<IReadOnlyList<StatusLine>> RunAsync(CancellationToken cancel);
}
