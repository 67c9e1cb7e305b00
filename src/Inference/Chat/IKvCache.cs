using Microsoft.ML.OnnxRuntime;

namespace Rag.Inference.Chat;

/// <summary>Where the keys and values of one or more sequences ("slots") lie.</summary>
internal interface IKvCache : IDisposable
{
    /// <summary>Tokens per slot that fit before the next growth.</summary>
    int Capacity { get; }

    /// <summary>Tokens of the slot whose keys and values are there.</summary>
    int Length(int slot);

    /// <summary>Forgets what lies behind so many tokens.</summary>
    void SetLength(int slot, int tokens);

    /// <summary>Makes room for <paramref name="tokens"/> in every slot, in steps, and gives back what is not needed: a longer content keeps its beginning.</summary>
    void Fit(int tokens);

    /// <summary>As <see cref="Fit"/>, but never smaller than now.</summary>
    void Grow(int tokens);

    /// <summary>Copies the first tokens of one slot over those of another.</summary>
    void Copy(int from, int to, int tokens);

    /// <summary>Binds the slot for a run that reads <paramref name="added"/> tokens.</summary>
    /// <param name="version">What the last call for this binding returned; 0 before the first.</param>
    int Prepare(OrtIoBinding binding, int slot, int added, int version);

    /// <summary>The run has written the keys and values of so many tokens behind the others.</summary>
    void Wrote(int slot, int added);
}
