namespace Rag.Web.Chat;

/// <summary>A quoted table row with the caption and the column heads of its table.</summary>
/// <param name="Heads">As many as cells, or one less (the first cell names the row); empty where their number does not fit.</param>
/// <param name="Cells">The first one names the row.</param>
internal sealed record TableRow(string Caption, IReadOnlyList<string> Heads, IReadOnlyList<string> Cells)
{
    /// <summary>Null for a sentence. Cells are parted by tabs; the heads are the caption's last line, parted by bars.</summary>
    public static TableRow? Parse(string quote, string? caption)
    {
        var cells = quote.Split('\t', StringSplitOptions.TrimEntries);
        if (cells.Length < 2)
        {
            return null;
        }

        var lines = (caption ?? "").Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var heads = lines.Length == 0 ? [] : lines[^1].Split('|', StringSplitOptions.TrimEntries);
        return heads.Length > 1 && (heads.Length == cells.Length || heads.Length == cells.Length - 1)
            ? new TableRow(string.Join(' ', lines[..^1]), heads, cells)
            : new TableRow(string.Join(' ', lines), [], cells);
    }

    /// <summary>The head above a cell; null where there are no heads.</summary>
    public string? HeadOf(int cell) => Heads.Count == 0 ? null : Heads[cell - Cells.Count + Heads.Count];

    /// <summary>The row as a sentence, each figure with its head: what a small model can read.</summary>
    public string ToSentence()
    {
        var figures = Cells.Skip(1).Select((cell, i) => HeadOf(i + 1) is { Length: > 0 } head ? $"{head}: {cell}" : cell);
        return $"{Caption} {Cells[0]}: {string.Join("; ", figures)}.".TrimStart();
    }
}
