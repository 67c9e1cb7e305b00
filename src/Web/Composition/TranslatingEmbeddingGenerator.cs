using Microsoft.Extensions.AI;
using Rag.Inference;

namespace Rag.Web.Composition;

/// <summary>Turns Inference's exception into Web's own.</summary>
internal sealed class TranslatingEmbeddingGenerator(IEmbeddingGenerator<string, Embedding<float>> inner)
    : DelegatingEmbeddingGenerator<string, Embedding<float>>(inner)
{
    public override async Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        try
        {
            return await base.GenerateAsync(values, options, cancellationToken);
        }
        catch (InferenceException failure)
        {
            throw ModelFailures.Translate(failure);
        }
    }
}
