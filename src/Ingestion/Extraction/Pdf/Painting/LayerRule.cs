namespace Rag.Ingestion.Extraction.Pdf.Painting;

/// <summary>Optional content that has to be on for something to be shown: a group or a membership (ISO 32000-1, 8.11.2), and what is around it.</summary>
/// <param name="names">Of the groups.</param>
/// <param name="policy">AllOn, AnyOn, AnyOff or AllOff.</param>
internal sealed class LayerRule(IReadOnlyList<string> names, string policy, LayerRule? around)
{
    /// <summary>A file may nest marks without end; deeper ones than these change nothing.</summary>
    public const int Deepest = 50;

    private bool? isOff;

    public int Depth { get; } = (around?.Depth ?? 0) + 1;

    /// <param name="off">Names of the groups that are off; always the same.</param>
    public bool IsOff(IReadOnlySet<string> off) => isOff ??= (around?.IsOff(off) ?? false) || policy switch
    {
        "AllOn" => names.Any(off.Contains),
        "AnyOff" => !names.Any(off.Contains),
        "AllOff" => !names.All(off.Contains),
        _ => names.All(off.Contains),
    };
}
