namespace Rag.Inference;

/// <summary>Keys of <c>AdditionalProperties</c>: what the interfaces of Microsoft.Extensions.AI have no member for.</summary>
public static class InferenceProperties
{
    /// <summary>Of <c>EmbeddingGenerationOptions</c>: <see cref="Query"/> or <see cref="Passage"/>, the default. Decides the prefix; a query is always urgent.</summary>
    public const string Role = "role";
    public const string Query = "query";
    public const string Passage = "passage";

    /// <summary>
    /// Of <c>EmbeddingGenerationOptions</c>: <see cref="Interactive"/> when a person waits for these passages; they then go before files that are being
    /// read, between two of their runs. <see cref="Background"/> is the default for passages.
    /// </summary>
    public const string Priority = "priority";
    public const string Interactive = "interactive";
    public const string Background = "background";

    /// <summary>
    /// Of <c>EmbeddingGenerationOptions</c>, a string: whose texts they are (a knowledge base). Vectors are kept for a while, and found again only by the same text, role and scope.
    /// Without it nothing is kept.
    /// </summary>
    public const string Scope = "scope";

    /// <summary>Of <c>ChatResponseUpdate</c>, int: requests ahead. The first update has it, and each one until the turn has come (0).</summary>
    public const string QueuePosition = "queuePosition";

    /// <summary>Of <c>ChatOptions</c>, a number: 1 = none; default from the model.</summary>
    public const string RepetitionPenalty = "repetitionPenalty";

    /// <summary>
    /// Of <c>ChatOptions</c>, a string: conversations of one scope (one assistant's prompt, seen by the same people) share the KV cache of the
    /// system message. Without it only requests with the same <c>ConversationId</c> share anything.
    /// </summary>
    public const string PrefixScope = "prefixScope";

    /// <summary>Of <c>ChatResponseUpdate</c>, double: about how many seconds until the turn comes; absent where nothing was measured yet.</summary>
    public const string QueueSeconds = "queueSeconds";

    /// <summary>Of <c>ChatOptions</c>, a string: who asks (a user, a link). Those who wait take turns by it, so one who asks often keeps nobody else waiting.</summary>
    public const string Share = "share";

    /// <summary>Of <c>ChatOptions</c>, a number from 0 to 1: tokens less likely than this share of the most likely one are never drawn.</summary>
    public const string MinP = "minP";

    /// <summary>
    /// Of <c>ChatOptions</c>, a bool: tell each token's probability. Of <c>ChatResponseUpdate</c>: the tokens since the update before, a list of
    /// <see cref="Chat.TokenLogProbability"/>; those whose text a stop sequence removed may be among them.
    /// </summary>
    public const string LogProbabilities = "logProbabilities";
}
