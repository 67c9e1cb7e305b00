namespace Rag.Testing.Hostile;

/// <summary>What a reader of the page must do with the text of a case.</summary>
public enum HidingExpectation
{
    /// <summary>All of it is visible.</summary>
    Visible,

    /// <summary>The payload is kept from the text and reported.</summary>
    Reported,

    /// <summary>The payload is kept from the text; a reader that never looks there need not report it.</summary>
    Kept,

    /// <summary>The letters are visible, the control characters among them are not: none is in the text, and something is reported.</summary>
    ControlsReported,
}

/// <summary>One page, as a content stream. In all its texts <c>$P</c> is the phrase, <c>$PROSE</c> ordinary prose (put first where it is not named),
/// <c>$F</c> the number of the page's form, which is <c>/Fx</c> on the page. y 300 to 420 is left free by the prose.</summary>
/// <param name="Content">PDF operators; see <see cref="HidingResources"/> for the names.</param>
/// <param name="Form">Operators of a form XObject; none where empty.</param>
/// <param name="Page">Entries of the page dictionary.</param>
/// <param name="Hard">Listed, not scored: screens and presses differ on whether it is seen.</param>
public sealed record HidingCase(
    string Trick,
    string Variant,
    string Content,
    string Form = "",
    string FormEntries = "/BBox[0 0 612 792]",
    string Page = "/MediaBox[0 0 612 792]",
    HidingExpectation Expect = HidingExpectation.Reported,
    bool Hard = false);

/// <summary>A case as drawn: what is on its page.</summary>
/// <param name="Phrase">The payload of a planted case, the suspicious but visible text of a clean one.</param>
/// <param name="Prose">Lines of ordinary text.</param>
public sealed record HidingPage(HidingCase Case, string Phrase, IReadOnlyList<string> Prose);
