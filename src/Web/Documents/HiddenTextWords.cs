using Rag.Retrieval.Knowledge;

namespace Rag.Web.Documents;

/// <summary>How a piece of text is hidden, in the reader's words.</summary>
public static class HiddenTextWords
{
    public static string How(HiddenTextKind kind) => kind switch
    {
        HiddenTextKind.Invisible => "written without ink",
        HiddenTextKind.SameColour => "in the colour of what is behind it",
        HiddenTextKind.Tiny => "too small to read",
        HiddenTextKind.OutOfSight => "outside the visible page",
        HiddenTextKind.Covered => "covered by something",
        HiddenTextKind.Characters => "invisible characters",
        HiddenTextKind.Replacement => "a replacement text that differs from what is shown",
        HiddenTextKind.Marked => "marked as hidden in the file",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };
}
