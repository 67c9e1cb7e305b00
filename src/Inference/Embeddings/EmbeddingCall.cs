namespace Rag.Inference.Embeddings;

/// <summary>The texts of one caller on their way through the scheduler, which guards every member by its lock.</summary>
/// <param name="shares">Whether texts of other callers may be in its runs.</param>
internal sealed class EmbeddingCall(int[][] texts, bool shares)
{
    // Shortest first: texts of about equal length follow each other, so little of a run is padding.
    private readonly int[] order = [.. Enumerable.Range(0, texts.Length).OrderBy(index => texts[index].Length)];
    private readonly float[][] vectors = new float[texts.Length][];
    private readonly TaskCompletionSource<float[][]> done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int next;
    private int missing = texts.Length;

    public bool Shares => shares;

    /// <summary>One vector per text, in the order of the texts.</summary>
    public Task<float[][]> Vectors => done.Task;

    /// <summary>Tokens of the text that is taken next; null: no text waits any more.</summary>
    public int? NextLength => next < order.Length ? texts[order[next]].Length : null;

    public (int Index, int[] Tokens) Take()
    {
        var index = order[next++];
        return (index, texts[index]);
    }

    public void Put(int index, float[] vector)
    {
        vectors[index] = vector;
        if (--missing == 0)
        {
            done.TrySetResult(vectors);
        }
    }

    public void Fail(Exception error) => done.TrySetException(error);

    public void Leave(CancellationToken cancel) => done.TrySetCanceled(cancel);
}
