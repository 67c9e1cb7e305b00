namespace Rag.Inference.Chat.Drafts;

/// <summary>
/// Guesses how an answer goes on: as the text went on where its last tokens stood before, in the passages or in the answer itself (prompt lookup decoding,
/// github.com/apoorvumang/prompt-lookup-decoding). A wrong guess costs time and never changes the answer; while guesses do not pay, none are made.
/// </summary>
/// <param name="most">Tokens of the answer at most.</param>
internal sealed class PromptLookup(ReadOnlySpan<int> prompt, int most)
{
    // Tokens that must have stood there. Two or three stand there by chance too often: see docs/benchmarks.md.
    private const int Longest = 8, Shortest = 4;
    private const int FirstPause = 8, LastPause = 256;   // tokens without a guess, doubled each time
    private const double AtFirst = 3, Memory = 0.6;

    private readonly int[] text = [.. prompt, .. new int[most]];
    private int length = prompt.Length;
    private double gain = AtFirst;   // tokens per run with guesses, smoothed
    private int pause;
    private int nextPause = FirstPause;

    /// <summary>The answer goes on with this token.</summary>
    public void Append(int token)
    {
        if (length < text.Length)
        {
            text[length++] = token;
        }

        pause = Math.Max(0, pause - 1);
    }

    /// <returns>How many tokens were guessed; often none.</returns>
    public int Guess(Span<int> guesses)
    {
        var known = text.AsSpan(0, length);
        for (var end = Math.Min(Longest, length - 1); pause == 0 && end >= Shortest; end--)
        {
            var at = known[..^1].LastIndexOf(known[^end..]);
            if (at >= 0)
            {
                var next = known[(at + end)..];
                var count = Math.Min(next.Length, guesses.Length);
                next[..count].CopyTo(guesses);
                return count;
            }
        }

        return 0;
    }

    /// <summary>A run with guesses gave so many tokens and took the time of so many single steps.</summary>
    public void Gained(int tokens, double steps)
    {
        gain = (Memory * gain) + ((1 - Memory) * tokens);
        if (gain >= steps)
        {
            nextPause = FirstPause;
            return;
        }

        // After the pause one good guess is enough to go on, one bad one to pause again.
        (pause, gain) = (nextPause, steps);
        nextPause = Math.Min(2 * nextPause, LastPause);
    }
}
