namespace Rag.Inference.Tokenizers;

/// <summary>A tokenizer read at its first use, long before the model's weights. A failure is not kept: a file put back works at once.</summary>
internal sealed class LazyTokenizer<T>(Func<T> load) : ITextTokenCounter
    where T : class, ITextTokenizer
{
    private readonly Lock loading = new();
    private volatile T? loaded;

    public T Value
    {
        get
        {
            if (loaded is { } ready)
            {
                return ready;
            }

            lock (loading)
            {
                return loaded ??= load();
            }
        }
    }

    public int Count(string text) => Value.Encode(text).Count;
}
