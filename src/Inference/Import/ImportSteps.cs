namespace Rag.Inference.Import;

/// <summary>How far an import is, told to whoever watches, and whether it was called off.</summary>
internal sealed class ImportSteps(IProgress<ModelImportProgress>? watcher, CancellationToken cancel)
{
    private const long Step = 8 << 20;   // bytes between two reports of one stage

    private string stage = "";
    private long told;
    private long done;

    public CancellationToken Cancel => cancel;

    /// <summary>Bytes of all weights.</summary>
    public long Total { get; set; }

    public void Next(string name)
    {
        stage = name;
        Tell();
    }

    /// <exception cref="OperationCanceledException">It was called off.</exception>
    public void Add(long bytes)
    {
        cancel.ThrowIfCancellationRequested();
        done += bytes;
        if (done - told >= Step)
        {
            Tell();
        }
    }

    private void Tell()
    {
        cancel.ThrowIfCancellationRequested();
        told = done;
        watcher?.Report(new(stage, done, Total));
    }
}
