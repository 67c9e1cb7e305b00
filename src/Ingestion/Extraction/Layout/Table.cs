namespace Rag.Ingestion.Extraction.Layout;

/// <summary>A run of lines that form a table, or one section of it under its own header.</summary>
/// <param name="First">Index of the first line, header rows included.</param>
/// <param name="Header">How many of the lines, from the first, name columns.</param>
/// <param name="Columns">Horizontal extent of each column of figures, left to right.</param>
internal sealed record Table(int First, int Count, int Header, IReadOnlyList<(float Left, float Right)> Columns)
{
    public int End => First + Count;
}
