namespace Rag.Retrieval.Knowledge;

/// <summary>How a piece of text was kept from the eyes of a reader.</summary>
public enum HiddenTextKind
{
    /// <summary>Drawn without ink, and not as the text of a scan.</summary>
    Invisible,

    /// <summary>In the colour of what is behind it.</summary>
    SameColour,

    /// <summary>Too small to be read.</summary>
    Tiny,

    /// <summary>Outside the page, or cut away by a clip path.</summary>
    OutOfSight,

    /// <summary>Under a picture or a filled area.</summary>
    Covered,

    /// <summary>Zero-width or direction characters inside words.</summary>
    Characters,

    /// <summary>A replacement text that is not what the page shows.</summary>
    Replacement,

    /// <summary>Marked as hidden in the file: a hidden run, row, sheet, layer or element.</summary>
    Marked,
}

/// <summary>Text that a program reads and a person does not see: not searched, not shown to a model, reported to the owner.</summary>
/// <param name="Page">Physical page, from 1.</param>
/// <param name="Text">At most <see cref="PageFindings.LongestText"/> characters of it.</param>
/// <param name="Box">Where it stands, if on the page; else null.</param>
public sealed record HiddenSpan(int Page, HiddenTextKind Kind, string Text, PageBox? Box);

/// <summary>What the reader of a file noticed on a page besides its text.</summary>
/// <param name="IsScan">A picture covers the page and no text was found.</param>
/// <param name="Tables">Tables that begin on this page.</param>
/// <param name="Hidden">At most <see cref="MostSpans"/>.</param>
public sealed record PageFindings(bool IsScan, int Tables, IReadOnlyList<HiddenSpan> Hidden)
{
    public const int MostSpans = 50;
    public const int LongestText = 300;

    public static PageFindings None { get; } = new(false, 0, []);

    public bool IsEmpty => !IsScan && Tables == 0 && Hidden.Count == 0;
}
