using System.Text;
using System.Xml.Linq;

namespace Rag.Ingestion.Extraction.Office;

/// <summary>A text that cells share, in runs where some say how their letters look.</summary>
internal sealed class SheetText
{
    private readonly string whole = "";
    private readonly Run[]? runs;

    /// <param name="item">Of the shared strings.</param>
    public SheetText(XElement item, SheetColours colours)
    {
        List<XElement> texts = [.. item.All("t").Where(text => text.Parent?.Is("rPh") != true)];
        if (texts.Exists(text => LettersOf(text) is not null))
        {
            runs = [.. texts.Select(text => new Run(SheetRows.Unescaped(text.Value), LettersOf(text) is not null, colours.Of(LettersOf(text)?.Child("color"))))];
        }
        else
        {
            whole = SheetRows.Unescaped(string.Concat(texts.Select(text => text.Value)));
        }
    }

    /// <summary>What a cell of a style shows of it, and what has the colour of that cell.</summary>
    public (string Shown, string Unseen) In(int style, SheetColours colours)
    {
        if (runs is null)
        {
            return colours.Part(whole, style);
        }

        StringBuilder shown = new(), unseen = new();
        foreach (Run run in runs)
        {
            (colours.IsUnseen(style, run.HasLetters, run.Ink) ? unseen : shown).Append(run.Text);
        }

        return (shown.ToString(), unseen.ToString());
    }

    /// <summary>What a run says of its letters stands in front of its text. No more is looked at: a run may hold a million texts.</summary>
    private static XElement? LettersOf(XElement text) => text.Parent?.Elements().FirstOrDefault() is { } first && first.Is("rPr") ? first : null;

    private readonly record struct Run(string Text, bool HasLetters, Colour? Ink);
}
