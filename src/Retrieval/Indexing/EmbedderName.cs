using System.Globalization;

namespace Rag.Retrieval.Indexing;

/// <summary>An embedding model as the database names it: vectors of different ones cannot be compared.</summary>
internal sealed record EmbedderName(string Model, int Dimensions)
{
    private const string Separator = ", ";

    /// <returns>Null when the text is none of ours.</returns>
    public static EmbedderName? Parse(string? text)
    {
        var at = text?.LastIndexOf(Separator, StringComparison.Ordinal) ?? -1;
        return at > 0 && int.TryParse(text.AsSpan(at + Separator.Length).TrimEnd(" dimensions"), NumberStyles.None, CultureInfo.InvariantCulture, out var dimensions)
            ? new EmbedderName(text![..at], dimensions)
            : null;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Model}{Separator}{Dimensions} dimensions");
}
