namespace Rag.Web.Documents;

/// <summary>What the readiness report must know of the model that searches by meaning.</summary>
/// <param name="Languages">ISO 639-1 codes it was made for; empty where unknown, or when there is no model.</param>
public sealed record EmbedderFacts(IReadOnlyList<string> Languages);
