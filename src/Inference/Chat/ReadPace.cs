namespace Rag.Inference.Chat;

/// <summary>Cuts prompts into pieces that others can wait for, by the speed at which the last ones were read.</summary>
internal sealed class ReadPace(int chunk, TimeProvider clock)
{
    // Between two tokens of a running answer somebody else's prompt may be read for about so long: half of what people may wait, for the step itself and for what the guess is wrong by.
    private static readonly TimeSpan PieceTime = TimeSpan.FromMilliseconds(125);
    private const int LeastPiece = 16;

    private double speed;   // tokens per second

    /// <param name="from">Tokens that have been read.</param>
    /// <param name="othersWait">Somebody waits for the next token; else a whole chunk is read at once.</param>
    public ReadOnlySpan<int> Next(PromptTokens prompt, int from, bool othersWait)
    {
        var most = othersWait ? Math.Clamp((int)(speed * PieceTime.TotalSeconds), LeastPiece, chunk) : chunk;
        var left = prompt.Ids.Length - from;
        // Not a last piece of one token: ONNX Runtime sums it in another order, and how a prompt was cut must not show in the answer.
        return prompt.Ids.AsSpan(from, left == most + 1 ? most - 1 : Math.Min(most, left));
    }

    /// <summary>Reads one piece and notes how fast that went.</summary>
    /// <returns>The logits behind its last token.</returns>
    public Span<float> Read(DecodeLoop loop, ReadOnlySpan<int> piece, CancellationToken cancel)
    {
        var start = clock.GetTimestamp();
        var logits = loop.Read(piece, cancel);
        var seconds = clock.GetElapsedTime(start).TotalSeconds;
        if (piece.Length >= LeastPiece && seconds > 0)
        {
            // Slower at once, faster by and by: the farther into a prompt, the longer a piece takes.
            var seen = piece.Length / seconds;
            speed = speed == 0 || seen < speed ? seen : (speed + seen) / 2;
        }

        return logits;
    }
}
