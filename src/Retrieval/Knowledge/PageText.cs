namespace Rag.Retrieval.Knowledge;

/// <summary>One visual line of a page.</summary>
/// <param name="Start">UTF-16 offset in the text of the whole document.</param>
/// <param name="X">Left edge in points from the left edge of the page as displayed.</param>
/// <param name="Y">Top edge in points from the top edge of the page as displayed.</param>
/// <param name="Edges">Right edge of each of the <paramref name="Length"/> characters, in points from <paramref name="X"/>, ascending.</param>
public sealed record TextLine(int Start, int Length, float X, float Y, float Width, float Height, float FontSize, bool Bold, float[] Edges)
{
    /// <summary>
    /// For a line that is read from right to left, left edge of each character, in points from <see cref="X"/>; <see cref="Edges"/> do not ascend then. Null for
    /// all other lines: a character begins where the one before it ends.
    /// </summary>
    public float[]? Lefts { get; init; }
}

/// <summary>
/// One page's text and where each character of it stands. The document's text is the texts of its pages, one after the other;
/// within it, paragraphs and headings end with a line feed, a blank line parts paragraphs, and a table row is one line whose cells are
/// parted by tabs. Every page's text ends with a line feed unless it is empty.
/// </summary>
/// <param name="Number">Physical page number, from 1.</param>
/// <param name="Label">
/// The printed page number where it differs from <paramref name="Number"/>. For files without pages the place as a reader names it: "slide 3",
/// "lines 120–168", the heading of a section. Null where there is neither.
/// </param>
/// <param name="Width">Displayed width in points; 0 for files without pages (all kinds but PDF and pictures): their pages are stretches of text.</param>
/// <param name="Start">UTF-16 offset of the page's text in the document's text.</param>
public sealed record PageText(int Number, string? Label, float Width, float Height, int Start, string Text, IReadOnlyList<TextLine> Lines)
{
    /// <summary>What the reader of the file noticed besides the text; only set on the way to the store.</summary>
    public PageFindings? Findings { get; init; }

    /// <summary>The reader's own record of the page's blocks, opaque to the store, so that an interrupted file is cut into the same chunks; only set on the way to the store.</summary>
    public byte[]? Structure { get; init; }
}

/// <summary>A rectangle on a page, in points from the top left corner of the page as displayed.</summary>
public readonly record struct PageBox(float X, float Y, float Width, float Height);

/// <summary>Physical pages, from 1, both included.</summary>
public readonly record struct PageRange(int From, int To)
{
    public override string ToString() => From == To ? $"p. {From}" : $"pp. {From}–{To}";
}
