namespace Rag.Inference.Embeddings;

/// <summary>
/// Whether a text's vector is the same, bit for bit, whatever else is in its run. Where it is not (activations quantised by the largest number of the whole run; kernels chosen by the run's
/// size), texts of two callers must not share a run: a vector would tell of the other's text, and would not come out the same twice.
/// </summary>
internal static class RunMates
{
    private static readonly string[] ByTheWholeRun = ["DynamicQuantizeLinear", "DynamicQuantizeMatMul"];

    /// <param name="operators">Of the graph.</param>
    /// <param name="run">Computes vectors; called a few times with some dozen tokens.</param>
    public static bool MakeNoDifference(IReadOnlySet<string> operators, Func<IReadOnlyList<int[]>, float[][]> run)
    {
        if (operators.Overlaps(ByTheWholeRun))
        {
            return false;
        }

        int[][] texts = [Text(7, 1), Text(7, 4), Text(19, 9), Text(4, 2), Text(11, 5)];   // of equal length, longer, shorter
        var together = run(texts);
        var two = run(texts[..2]);
        return two[0].AsSpan().SequenceEqual(together[0]) && two[1].AsSpan().SequenceEqual(together[1])
            && Enumerable.Range(0, texts.Length).All(i => run([texts[i]])[0].AsSpan().SequenceEqual(together[i]));
    }

    // Ids that every vocabulary has.
    private static int[] Text(int length, int step) => [.. Enumerable.Range(1, length).Select(i => i * step % 23)];
}
