using System.Numerics.Tensors;

namespace Rag.Inference.Chat;

/// <summary>Draws tokens at a temperature, after the cuts by number and by share.</summary>
internal sealed class TokenDraw(GenerationSettings settings)
{
    // Tokens e^25 times less likely than the best one are never drawn: all of them together weigh less than 1e-6.
    private const float Negligible = 1.4e-11f;

    // Mostly a handful of tokens weighs at least this, beside 1 for the best, and one of them is drawn.
    private const float FirstFloor = 0.02f;

    private float[] weights = [];
    private float[] heaviest = [];
    private int[] tokens = [];
    private ulong random = settings.Seed;

    /// <param name="logits">One per token of the vocabulary.</param>
    /// <param name="best">The greatest of them.</param>
    public int Next(ReadOnlySpan<float> logits, float best)
    {
        if (weights.Length == 0)
        {
            (weights, heaviest, tokens) = (new float[logits.Length], new float[logits.Length], new int[logits.Length]);
        }

        TensorPrimitives.Subtract(logits, best, weights);
        TensorPrimitives.Divide(weights, settings.Temperature, weights);
        TensorPrimitives.Exp<float>(weights, weights);
        var drawn = NextRandom();
        var all = TensorPrimitives.Sum<float>(weights);
        // Min-p (Nguyen et al. 2024) cuts by the share of the best token, at the temperature asked for.
        var (floor, least) = settings.MinP > 0 ? (settings.MinP, settings.MinP) : (FirstFloor, Negligible);
        while (true)
        {
            // Only the heaviest are put in order, and more of them only where the cuts or the number drawn ask for more: ordering a whole vocabulary takes a sixth of a step.
            var count = Order(floor);
            if (Pick(count, floor == least, all, drawn) is { } token)
            {
                return token;
            }

            floor = Math.Max(least, floor * floor);
        }
    }

    // Those that weigh at least this much, heaviest first; how many.
    private int Order(float floor)
    {
        var count = 0;
        for (var token = 0; token < weights.Length; token++)
        {
            if (weights[token] >= floor)
            {
                heaviest[count] = -weights[token];   // sorts downwards
                tokens[count++] = token;
            }
        }

        Array.Sort(heaviest, tokens, 0, count);
        return count;
    }

    // Null: which token it is depends on lighter ones too.
    private int? Pick(int count, bool isEverything, float all, float drawn)
    {
        if (!isEverything && count < settings.TopK)
        {
            return null;
        }

        var isComplete = isEverything || settings.TopK is not null;
        count = Math.Min(count, settings.TopK ?? count);
        var sum = isComplete ? -TensorPrimitives.Sum<float>(heaviest.AsSpan(0, count)) : all;

        // The smallest set whose share reaches top-p. Holtzman et al. 2020.
        var kept = 0;
        var share = 0f;
        while (kept < count && (kept == 0 || share < settings.TopP * sum))
        {
            share -= heaviest[kept++];
        }

        isComplete |= share >= settings.TopP * sum;
        if (!isComplete && settings.TopP < 1)
        {
            return null;
        }

        var rest = drawn * (isComplete ? share : sum);
        for (var i = 0; i < kept; i++)
        {
            rest += heaviest[i];
            if (rest < 0)
            {
                return tokens[i];
            }
        }

        return isComplete ? tokens[kept - 1] : null;
    }

    // SplitMix64 (Steele et al. 2014): the same seed gives the same answer on every version of .NET. In [0, 1), 24 bits.
    private float NextRandom()
    {
        random += 0x9E3779B97F4A7C15;
        var z = (random ^ (random >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return ((z ^ (z >> 31)) >> 40) * (1f / (1 << 24));
    }
}
