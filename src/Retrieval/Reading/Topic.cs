using System.Numerics.Tensors;
using Rag.Retrieval.Search;

namespace Rag.Retrieval.Reading;

/// <summary>What a question asks the whole text about: its words and its meaning.</summary>
/// <param name="Terms">Stemmed, distinct, without stop words.</param>
internal sealed record Topic(IReadOnlyList<string> Terms, ReadOnlyMemory<float> Vector)
{
    /// <summary>All words stand in the sentence, or some there and the rest in its headings or caption.</summary>
    public bool IsNamedIn(EvidenceUnit unit) =>
        Terms.Count > 0 && Terms.All(term => unit.Terms.Contains(term) || unit.Context.Contains(term)) && 2 * Terms.Count(unit.Terms.Contains) >= Terms.Count
        && Terms.Any(unit.Terms.Contains);

    public double Cosine(ReadOnlyMemory<float> vector) => TensorPrimitives.Dot(Vector.Span, vector.Span);
}
