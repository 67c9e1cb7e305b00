using System.Globalization;
using System.Text;
using System.Xml.Linq;
using Rag.Ingestion.Extraction.Flow;
using Rag.Retrieval.Knowledge;

namespace Rag.Ingestion.Extraction.Office;

/// <summary>The visible text of a paragraph, and what stands in it that is no text: notes and text boxes.</summary>
internal sealed record WordParagraph(string Text, IReadOnlyList<(string Id, bool End)> Notes, IReadOnlyList<XElement> Boxes);

/// <summary>Reads the runs of Word paragraphs; what a reader cannot see goes to the report.</summary>
/// <param name="hasBackdrop">Something is drawn behind the text of the pages; asked for only where letters have the colour of the paper.</param>
internal sealed class WordRuns(WordStyles styles, WordColours colours, Lazy<bool> hasBackdrop, FlowBuilder report)
{
    private const int DeepestNesting = 60;
    private const int TinyHalfPoints = 3;

    /// <param name="notesBefore">How many notes the document had so far; a new one gets the next number.</param>
    /// <param name="under">What is behind the paragraph; null where that is not known: letters of any colour can be read.</param>
    public WordParagraph Read(XElement paragraph, int notesBefore, Colour? under)
    {
        XElement? properties = paragraph.Child("pPr");
        string? style = properties.Val("pStyle");
        (XElement? shaded, XElement? marked) = styles.Shading(style);

        // A frame stands anywhere on its page.
        var state = new State(style, Ground(properties?.Child("framePr") is null ? under : null), Ground(null), new Lazy<bool>(() => LiesOnDrawing(paragraph)), notesBefore);
        Walk(paragraph, state, 0);
        return new WordParagraph(state.Text.ToString(), state.Notes, state.Boxes);

        // Its own shading takes the place of its style's.
        Colour? Ground(Colour? under) => colours.Ground(marked, properties?.Child("shd") is null ? colours.Ground(shaded, under) : colours.Ground(properties, under));
    }

    /// <summary>A picture or shape that is set behind the text: where it ends is not worked out.</summary>
    public static bool LiesOnDrawing(XElement paragraph) => paragraph.All("anchor").Any(anchor => anchor.Attr("behindDoc") is "1" or "true");

    /// <summary>Of several forms of the same thing the first; the others would say it again.</summary>
    public static XElement? Alternative(XElement element) => element.Child("Choice") ?? element.Child("Fallback");

    private void Walk(XElement? parent, State state, int depth)
    {
        if (depth > DeepestNesting)
        {
            throw new RefusedFileException(RefusalReason.Damaged);
        }

        foreach (XElement child in parent?.Elements() ?? [])
        {
            switch (child.Name.LocalName)
            {
                case "r":
                    Run(child, state, depth);
                    break;
                case "del" or "moveFrom" or "pPr" or "rPr" or "sdtPr" or "instrText" or "delText" or "delInstrText":
                    break;
                case "AlternateContent":
                    Walk(Alternative(child), state, depth + 1);
                    break;
                case "drawing" or "pict" or "object":
                    state.Boxes.AddRange(Boxes(child));
                    break;
                case "oMath" or "oMathPara":
                    state.Text.Append(WordMath.Text(child));
                    break;
                default:
                    Walk(child, state, depth + 1);   // hyperlinks, insertions, fields, content controls
                    break;
            }
        }
    }

    private void Run(XElement run, State state, int depth)
    {
        XElement? properties = run.Child("rPr");
        HiddenTextKind? hidden = Hidden(properties, state);
        var text = new StringBuilder();
        foreach (XElement child in run.Elements())
        {
            switch (child.Name.LocalName)
            {
                case "t":
                    text.Append(child.Value);
                    break;
                case "tab" or "ptab":
                    text.Append(' ');
                    break;
                case "br" or "cr":
                    text.Append('\n');
                    break;
                case "noBreakHyphen":
                    text.Append('-');
                    break;
                case "sym":
                    text.Append(SymbolFonts.Letter(child.Attr("font"), child.Attr("char")));
                    break;
                case "footnoteReference" or "endnoteReference" when hidden is null:
                    state.Notes.Add((child.Attr("id") ?? "", child.Is("endnoteReference")));
                    text.Append(CultureInfo.InvariantCulture, $"[{state.NotesBefore + state.Notes.Count}]");
                    break;
                case "AlternateContent":
                    state.Boxes.AddRange(Boxes(Alternative(child)));
                    break;
                case "drawing" or "pict" or "object":
                    state.Boxes.AddRange(Boxes(child));
                    break;
                case "ruby":
                    Walk(child.Child("rubyBase"), state, depth + 1);
                    break;
            }
        }

        if (hidden is { } kind)
        {
            report.Hide(kind, text.ToString());
        }
        else
        {
            state.Text.Append(properties.Val("vertAlign") == "superscript" ? FlowText.Raised(text.ToString()) : text.ToString());
        }
    }

    private HiddenTextKind? Hidden(XElement? properties, State state) =>
        styles.IsVanished(properties, state.Style) ? HiddenTextKind.Marked
        : OfficeXml.Int(properties.Val("sz")) is < TinyHalfPoints ? HiddenTextKind.Tiny
        : (properties?.Child("color") ?? properties?.Child("textFill")) is not null && IsUnseen(properties!, state) ? HiddenTextKind.SameColour
        : null;

    private bool IsUnseen(XElement properties, State state)
    {
        string? style = properties.Val("rStyle");
        XElement? marked = properties.Child("shd") is null ? styles.ShadingOfLetters(style) : null;
        return colours.IsUnseen(properties, Ground(state.Under)) && !styles.HasEffect(state.Style) && !(style is not null && styles.HasEffect(style))
            && !state.LiesOnDrawing && (Ground(state.OwnGround) is not null || !hasBackdrop.Value);

        Colour? Ground(Colour? under) => colours.Ground(properties, colours.Ground(marked, under));
    }

    private static IEnumerable<XElement> Boxes(XElement? drawing) => drawing is null ? [] :
        drawing.All("txbxContent").Where(part => !part.Ancestors().TakeWhile(parent => parent != drawing).Any(parent => parent.Is("txbxContent") || parent.Is("Fallback")));

    private sealed class State(string? style, Colour? under, Colour? ownGround, Lazy<bool> liesOnDrawing, int notesBefore)
    {
        public StringBuilder Text { get; } = new();
        public List<(string Id, bool End)> Notes { get; } = [];
        public List<XElement> Boxes { get; } = [];
        public string? Style => style;
        public Colour? Under => under;

        /// <summary>What the paragraph's shading alone puts behind it; null for none, and where it is not known.</summary>
        public Colour? OwnGround => ownGround;
        public bool LiesOnDrawing => liesOnDrawing.Value;
        public int NotesBefore => notesBefore;
    }
}
