using System.Numerics.Tensors;

namespace Rag.Inference.Chat;

/// <summary>Chooses one answer's tokens from the logits.</summary>
/// <param name="allowed">Null: every token.</param>
/// <param name="free">Tokens the repetition penalty leaves alone: control tokens, so that the answer can end, and digits, so that 81,797 keeps its second 7. See docs/decisions/0001.</param>
internal sealed class Sampler(GenerationSettings settings, IReadOnlySet<int> free, IAllowedTokens? allowed = null)
{
    // No amount has so many equal digits in a row; from here on even a free token is penalised, and more each time, or "000…" never ends.
    private const int Endless = 6;

    private const int MostTries = 8;

    private const int MostCounted = 1_024;

    private readonly Dictionary<int, int> counts = new(Math.Min(settings.MaxOutputTokens, MostCounted));   // no growth within an answer of usual length
    private readonly TokenDraw draw = new(settings);
    private float[] unchanged = [];
    private int last = -1;
    private int run;   // how often the last token stands at the end

    /// <summary>Nothing may come behind the last token.</summary>
    public bool IsComplete => allowed is { IsComplete: true };

    /// <summary>ln p of the token chosen last by the model alone; only where the settings ask for it.</summary>
    public double LogProbability { get; private set; }

    /// <param name="logits">One per token of the vocabulary; changed by the penalties.</param>
    /// <exception cref="InferenceException">Failed: the model computed no numbers.</exception>
    public int Next(Span<float> logits)
    {
        if (settings.LogProbabilities)
        {
            unchanged = unchanged.Length == logits.Length ? unchanged : new float[logits.Length];
            logits.CopyTo(unchanged);
        }

        Penalize(logits);
        var best = TensorPrimitives.IndexOfMax<float>(logits);   // NaN counts as the greatest
        if (!float.IsFinite(logits[best]))
        {
            throw new InferenceException(InferenceFailure.Failed, "The chat model computed no usable numbers.");
        }

        var chosen = Choose(logits, best);
        if (allowed is not null)
        {
            chosen = Allowed(allowed, logits, chosen);
            allowed.Accept(chosen);
        }

        counts[chosen] = counts.GetValueOrDefault(chosen) + 1;
        run = chosen == last ? run + 1 : 1;
        last = chosen;
        LogProbability = settings.LogProbabilities ? LogShare(chosen) : 0;
        return chosen;
    }

    private int Choose(Span<float> logits, int best) => settings.Temperature == 0 ? best : draw.Next(logits, logits[best]);

    // Mostly the first choice will do. What may not come is taken out and the choice made again, which is the same as drawing from the allowed alone; after some tries all the others are taken out too.
    private int Allowed(IAllowedTokens tokens, Span<float> logits, int chosen)
    {
        for (var tries = 1; !tokens.IsAllowed(chosen); tries++)
        {
            logits[chosen] = float.NegativeInfinity;
            for (var token = 0; tries == MostTries && token < logits.Length; token++)
            {
                logits[token] = tokens.IsAllowed(token) ? logits[token] : float.NegativeInfinity;
            }

            var best = TensorPrimitives.IndexOfMax<float>(logits);
            chosen = float.IsFinite(logits[best]) ? Choose(logits, best) : throw new InferenceException(InferenceFailure.Failed, "The chat model has no token that goes on with the answer's format.");
        }

        return chosen;
    }

    // Only tokens of this answer are penalised, not those of the prompt: quoting the passages is what the answer is for.
    private void Penalize(Span<float> logits)
    {
        foreach (var (token, count) in counts)
        {
            ref var logit = ref logits[token];
            var power = !free.Contains(token) ? 1 : token == last && run >= Endless ? run : 0;
            var penalty = MathF.Pow(settings.RepetitionPenalty, power);
            // Keskar et al. 2019 (CTRL), section 4.1; for negative logits the other way round.
            logit = logit > 0 ? logit / penalty : logit * penalty;
            logit -= (count * settings.FrequencyPenalty) + settings.PresencePenalty;
        }
    }

    private double LogShare(int token)
    {
        var most = TensorPrimitives.Max<float>(unchanged);
        var own = unchanged[token] - most;
        TensorPrimitives.Subtract(unchanged, most, unchanged);
        TensorPrimitives.Exp<float>(unchanged, unchanged);
        return own - Math.Log(TensorPrimitives.Sum<float>(unchanged));
    }
}
