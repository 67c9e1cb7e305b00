namespace Rag.Inference.Chat;

/// <summary>
/// Remembers whose tokens lie in the KV cache. A hit is measurable from outside, so nothing is shared between conversations but the
/// system message, and that only within one scope: a tenant cannot find out by timing what another one asked.
/// </summary>
internal sealed class PrefixCache
{
    private PromptTokens? owner;

    // The last tokens are always read again: one for its logits, two because ONNX Runtime sums a single token in another order than several.
    private const int ReadAgain = 2;

    /// <summary>Tokens at the front of <paramref name="next"/> that need not be read again; at least its last two always are. Makes it the owner.</summary>
    /// <param name="cached">What lies in the KV cache.</param>
    public int Take(PromptTokens next, IReadOnlyList<int> cached)
    {
        var same = Reusable(next, cached);
        owner = next;
        return same;
    }

    /// <summary>The cache will hold this prompt's tokens.</summary>
    public void Own(PromptTokens next) => owner = next;

    /// <summary>Whether it holds that conversation's.</summary>
    public bool IsOf(string? conversation) => conversation is not null && owner?.Conversation == conversation;

    /// <summary>As <see cref="Take"/>, without making it the owner.</summary>
    public int Reusable(PromptTokens next, IReadOnlyList<int> cached)
    {
        var allowed = owner is null ? 0
            : next.Conversation is not null && next.Conversation == owner.Conversation ? next.Ids.Length
            : next.Scope is not null && next.Scope == owner.Scope ? Math.Min(next.StableLength, owner.StableLength)
            : 0;

        allowed = Math.Min(Math.Min(allowed, cached.Count), next.Ids.Length - ReadAgain);
        var same = 0;
        while (same < allowed && next.Ids[same] == cached[same])
        {
            same++;
        }

        return same;
    }
}
