using System.Numerics.Tensors;
using Rag.Inference.Chat;

namespace Rag.Inference.Scoring;

/// <summary>
/// Log-likelihoods from one KV cache: what all contexts have in common is read once, then each one's rest and the continuation behind it. Only the
/// continuation's logits are computed. Not for two threads at once.
/// </summary>
internal sealed class ContinuationScoring(DecodeLoop loop) : IDisposable
{
    /// <summary>Room for a few sentences and a question; about 12 MB with the shipped model.</summary>
    public const int CacheStepTokens = 256;

    // Rows of logits at a time: 64 × 49,152 floats are 12.6 MB.
    private const int MostRows = 64;

    /// <param name="contexts">Tokens of each; none is empty.</param>
    /// <exception cref="InferenceException">Failed: the model computed no numbers.</exception>
    public ContinuationScore[] Score(IReadOnlyList<int[]> contexts, int[] continuation, CancellationToken cancel)
    {
        var longest = contexts.Max(context => context.Length) + continuation.Length;
        var shared = SharedLength(contexts);
        // Nothing is left from the call before: it may have been another tenant's, and a hit can be measured.
        loop.Rewind(0, longest);
        if (shared > 0)
        {
            loop.Read(contexts[0].AsSpan(0, shared), cancel);
        }

        var scores = new ContinuationScore[contexts.Count];
        for (var i = 0; i < scores.Length; i++)
        {
            loop.Rewind(shared, longest);
            scores[i] = new(LogProbability(contexts[i].AsSpan(shared), continuation, cancel), continuation.Length);
        }

        return scores;
    }

    public void Dispose() => loop.Dispose();

    private double LogProbability(ReadOnlySpan<int> context, ReadOnlySpan<int> continuation, CancellationToken cancel)
    {
        // The logits behind a token speak of the next one, so the last token of all need not be read.
        int[] input = [.. context, .. continuation[..^1]];
        var first = context.Length - 1;   // the logits here speak of the continuation's first token
        var read = 0;
        var sum = 0.0;
        for (var done = 0; done < continuation.Length;)
        {
            var rows = Math.Min(Math.Min(MostRows, loop.MostKept), continuation.Length - done);
            var end = first + done + rows;
            sum += Sum(loop.Read(input.AsSpan(read, end - read), cancel, rows), continuation.Slice(done, rows));
            (read, done) = (end, done + rows);
        }

        return sum;
    }

    // Sum of log-softmax(row)[token]. Overwrites the logits.
    private static double Sum(Span<float> logits, ReadOnlySpan<int> tokens)
    {
        var vocabulary = logits.Length / tokens.Length;
        var sum = 0.0;
        for (var i = 0; i < tokens.Length; i++)
        {
            var row = logits.Slice(i * vocabulary, vocabulary);
            var most = TensorPrimitives.Max<float>(row);   // NaN counts as the greatest
            var wanted = row[tokens[i]] - most;
            if (!float.IsFinite(most))
            {
                throw new InferenceException(InferenceFailure.Failed, "The chat model computed no usable numbers.");
            }

            TensorPrimitives.Subtract(row, most, row);
            TensorPrimitives.Exp<float>(row, row);
            sum += wanted - Math.Log(TensorPrimitives.Sum<float>(row));
        }

        return sum;
    }

    // Tokens at the front that all contexts have in common; each keeps at least one of its own, whose logits are needed.
    private static int SharedLength(IReadOnlyList<int[]> contexts)
    {
        var shared = contexts.Min(context => context.Length) - 1;
        foreach (var context in contexts)
        {
            shared = Math.Min(shared, context.AsSpan().CommonPrefixLength(contexts[0]));
        }

        return shared;
    }
}
