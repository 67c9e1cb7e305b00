using Rag.Retrieval.Knowledge;

namespace Rag.Web.Documents;

/// <summary>
/// How long all files take together, from what was measured: files at work say it themselves; a file that waits takes as long as its passages, of which it will have
/// as many for its size as others of its kind had here. Says nothing where a kind was not seen yet, or while nothing was measured.
/// </summary>
internal sealed class TimeInAll
{
    private double? _passagesPerSecond;   // as last measured

    /// <param name="files">All files of an assistant.</param>
    /// <returns>Seconds; null where there is no honest figure, and when all is done.</returns>
    public double? Look(IReadOnlyList<DocumentStatus> files)
    {
        foreach (var file in files)
        {
            if (file is { State: DocumentState.Embedding, ChunkCount: { } all, SecondsLeft: > 1 and var left } && all > file.ChunksDone)
            {
                _passagesPerSecond = (all - file.ChunksDone) / left;
            }
        }

        var unfinished = files.Where(file => !file.IsFinal).ToList();
        double? sum = unfinished.Count == 0 ? null : 0;
        foreach (var file in unfinished)
        {
            sum += file.State == DocumentState.Stored ? Waiting(file, files) : file.SecondsLeft;   // null once is null in all
        }

        return sum;
    }

    private double? Waiting(DocumentStatus file, IReadOnlyList<DocumentStatus> files)
    {
        var kind = FileNames.Kind(file.NextName ?? file.FileName);
        var alike = files.Where(other => other is { ChunkCount: > 0, State: not DocumentState.Failed, NextName: null } && other.Bytes > 0 && FileNames.Kind(other.FileName) == kind).ToList();
        return alike.Count == 0 || _passagesPerSecond is not { } rate ? null : file.Bytes * (alike.Sum(other => other.ChunkCount!.Value) / (double)alike.Sum(other => other.Bytes)) / rate;
    }
}
