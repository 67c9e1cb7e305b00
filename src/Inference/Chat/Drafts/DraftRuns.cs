namespace Rag.Inference.Chat.Drafts;

/// <summary>Decides when an answer's guesses are checked, checks them, and measures whether that pays.</summary>
internal sealed class DraftRuns(DraftStep step, int contextLength, TimeProvider clock) : IDisposable
{
    /// <summary>Tokens of one run. Each guess costs an attention of its own, so many wrong ones cost more than many right ones save.</summary>
    public const int Tokens = 8;

    private const double FirstRatio = 3, Memory = 0.8;

    private readonly int[] guesses = new int[Tokens - 1];
    private double single, several;   // seconds of a run, smoothed

    /// <summary>Runs, and the tokens they gave.</summary>
    public (long Runs, long Tokens) Sum { get; private set; }

    /// <summary>How many single steps take as long as a run with guesses.</summary>
    private double Ratio => single > 0 && several > 0 ? several / single : FirstRatio;

    /// <summary>One answer's ordinary step took so long.</summary>
    public void SingleStep(TimeSpan time) => single = Smooth(single, time);

    /// <summary>Writes one or more tokens of the answer, if there is something to guess and room for it.</summary>
    /// <param name="goesOn">Whether the answer has not ended.</param>
    public bool TryRun(int slot, DecodeLoop loop, Generation job, out bool goesOn)
    {
        goesOn = true;
        if (loop.Count + Tokens > contextLength || job.Lookup.Guess(guesses) is not (> 0 and var count))
        {
            return false;
        }

        var start = clock.GetTimestamp();
        step.Run(slot, job.Token, guesses.AsSpan(0, count));
        several = Smooth(several, clock.GetElapsedTime(start));

        var taken = 0;
        bool guessed;
        do
        {
            loop.Append(job.Token);   // read: it was certain, or guessed rightly
            goesOn = job.Take(step.Logits(taken));
            guessed = goesOn && taken < count && job.Token == guesses[taken];
            taken++;
        }
        while (guessed);

        Sum = (Sum.Runs + 1, Sum.Tokens + taken);
        job.Lookup.Gained(taken, Ratio);
        return true;
    }

    public void Dispose() => step.Dispose();

    private static double Smooth(double before, TimeSpan time) =>
        before == 0 ? time.TotalSeconds : (Memory * before) + ((1 - Memory) * time.TotalSeconds);
}
