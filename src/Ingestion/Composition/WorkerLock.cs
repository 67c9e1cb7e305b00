namespace Rag.Ingestion.Composition;

/// <summary>Two workers of one name would take each other's jobs back at their start. The system frees the lock however the process ends.</summary>
internal sealed class WorkerLock : IDisposable
{
    private readonly FileStream file;

    private WorkerLock(FileStream file) => this.file = file;

    /// <param name="name">As in <see cref="IngestionOptions.WorkerName"/>; anything else gets a lock that nobody shares and is refused by the options.</param>
    /// <returns>Null when another process holds the name.</returns>
    public static WorkerLock? TryTake(string dataFolder, string name)
    {
        string safe = string.Concat(name.Where(c => char.IsAsciiLetterOrDigit(c) || c == '-').Take(40));
        string folder = Path.Combine(dataFolder, "workers");
        Directory.CreateDirectory(folder);
        try
        {
            return new WorkerLock(new FileStream(Path.Combine(folder, safe + ".lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException)
        {
            return null;
        }
    }

    public void Dispose() => file.Dispose();
}
