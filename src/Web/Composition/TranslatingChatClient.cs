using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Rag.Inference;

namespace Rag.Web.Composition;

/// <summary>Turns Inference's exception into Web's own, also in the middle of a stream.</summary>
internal sealed class TranslatingChatClient(IChatClient inner) : DelegatingChatClient(inner)
{
    public override async Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        try
        {
            return await base.GetResponseAsync(messages, options, cancellationToken);
        }
        catch (InferenceException failure)
        {
            throw ModelFailures.Translate(failure);
        }
    }

    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await using var updates = base.GetStreamingResponseAsync(messages, options, cancellationToken).GetAsyncEnumerator(cancellationToken);
        while (true)
        {
            try
            {
                if (!await updates.MoveNextAsync())
                {
                    yield break;
                }
            }
            catch (InferenceException failure)
            {
                throw ModelFailures.Translate(failure);
            }

            yield return updates.Current;
        }
    }
}
