using Microsoft.ML.OnnxRuntime;
using Rag.Inference.Runtime;

namespace Rag.Inference.Embeddings;

/// <summary>Lets the model compute one run, and measures it.</summary>
internal sealed class EmbeddingRunner(ModelHost<EmbeddingModel> host, TimeProvider clock)
{
    private double speed = double.NaN;

    /// <summary>Tokens per second of the last runs, smoothed, padding not counted; null before the first.</summary>
    public double? LastTokensPerSecond => Volatile.Read(ref speed) is var last && double.IsNaN(last) ? null : last;

    /// <exception cref="InferenceException">Failed, or the model is not there any more.</exception>
    public async Task<float[][]> RunAsync(IReadOnlyList<int[]> texts)
    {
        // A rental of its own: the callers whose texts these are may leave while it computes.
        using var rental = await host.RentAsync(CancellationToken.None).ConfigureAwait(false);
        var start = clock.GetTimestamp();
        try
        {
            var vectors = rental.Model.Run(texts);
            Measured(texts.Sum(text => text.Length), clock.GetElapsedTime(start));
            return vectors;
        }
        catch (OnnxRuntimeException error)
        {
            throw new InferenceException(InferenceFailure.Failed, $"The embedding model failed: {error.Message}", error);
        }
    }

    private void Measured(int tokens, TimeSpan time)
    {
        if (time > TimeSpan.Zero)
        {
            var now = tokens / time.TotalSeconds;
            var before = Volatile.Read(ref speed);
            Volatile.Write(ref speed, double.IsNaN(before) ? now : (0.8 * before) + (0.2 * now));
        }
    }
}
