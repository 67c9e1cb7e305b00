using Microsoft.ML.OnnxRuntime;

namespace Rag.Inference.Chat;

/// <summary>Where the keys and values of one or more sequences ("slots") lie. Made without room: a derived class fits itself to its first token.</summary>
/// <param name="step">Tokens of the first capacity and of each growth.</param>
/// <param name="contextLength">Tokens of the largest capacity.</param>
internal abstract class KvCache(int step, int contextLength) : IDisposable
{
    private readonly int step = Math.Min(step, contextLength);

    /// <summary>Tokens per slot that fit before the next growth.</summary>
    public int Capacity { get; protected set; }

    /// <summary>Tokens of the slot whose keys and values are there.</summary>
    public abstract int Length(int slot);

    /// <summary>Forgets what lies behind so many tokens.</summary>
    public abstract void SetLength(int slot, int tokens);

    /// <summary>Makes room for <paramref name="tokens"/> in every slot, in steps, and gives back what is not needed: a longer content keeps its beginning.</summary>
    public void Fit(int tokens)
    {
        var capacity = Math.Min((tokens + step - 1) / step * step, contextLength);
        if (capacity != Capacity)
        {
            Resize(capacity);
        }
    }

    /// <summary>As <see cref="Fit"/>, but never smaller than now.</summary>
    public void Grow(int tokens)
    {
        if (tokens > Capacity)
        {
            Fit(tokens);
        }
    }

    /// <summary>Copies the first tokens of one slot over those of another.</summary>
    public abstract void Copy(int from, int to, int tokens);

    /// <summary>Binds the slot for a run that reads <paramref name="added"/> tokens.</summary>
    /// <param name="version">What the last call for this binding returned; 0 before the first.</param>
    public abstract int Prepare(OrtIoBinding binding, int slot, int added, int version);

    /// <summary>The run has written the keys and values of so many tokens behind the others.</summary>
    public abstract void Wrote(int slot, int added);

    public abstract void Dispose();

    /// <summary>Moves what fits into memory of that capacity, and states it.</summary>
    protected abstract void Resize(int capacity);
}
