using System.Globalization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;
using Rag.Retrieval.Knowledge;

namespace Rag.Web.Chat;

/// <summary>
/// A page drawn from its stored geometry: marks first, then each word at its place, stretched to the width it has on the page. No page
/// image exists, so pictures and rules are missing; where every word stands is exact.
/// </summary>
public sealed class PageDrawing : ComponentBase
{
    /// <summary>Share of a line's height above its base line, for common Latin fonts.</summary>
    private const float Ascent = 0.78f;

    /// <summary>No letter is wider than this many times the font size.</summary>
    private const float WidestCharacter = 1.3f;

    /// <summary>Width of a digit or bracket, in font sizes, where it must be guessed.</summary>
    private const float UsualCharacter = 0.45f;

    private const char RightToLeftMark = '\u200F';

    private PageText? drawnPage;
    private IReadOnlyList<PageBox>? drawnMarks;

    [Parameter, EditorRequired]
    public PageText Page { get; set; } = null!;

    [Parameter, EditorRequired]
    public IReadOnlyList<PageBox> Marks { get; set; } = [];

    [Parameter, EditorRequired]
    public string Label { get; set; } = "";

    protected override bool ShouldRender()
    {
        var changed = !ReferenceEquals(drawnPage, Page) || !ReferenceEquals(drawnMarks, Marks);
        (drawnPage, drawnMarks) = (Page, Marks);
        return changed;
    }

    protected override void BuildRenderTree(RenderTreeBuilder builder)
    {
        builder.OpenElement(0, "svg");
        builder.AddAttribute(1, "class", "page-drawing");
        builder.AddAttribute(2, "viewBox", $"0 0 {Number(Page.Width)} {Number(Page.Height)}");
        builder.AddAttribute(3, "role", "img");
        builder.AddAttribute(4, "aria-label", $"{Label}. {Page.Text}");
        foreach (var mark in Marks)
        {
            builder.OpenElement(5, "rect");
            builder.AddAttribute(6, "class", "page-mark");
            builder.AddAttribute(7, "x", Number(mark.X - 1.5f));
            builder.AddAttribute(8, "y", Number(mark.Y - 1));
            builder.AddAttribute(9, "width", Number(mark.Width + 3));
            builder.AddAttribute(10, "height", Number(mark.Height + 2));
            builder.AddAttribute(11, "rx", "2");
            builder.CloseElement();
        }

        foreach (var line in Page.Lines)
        {
            foreach (var word in WordsOf(line))
            {
                builder.OpenElement(12, "text");
                builder.AddAttribute(13, "class", line.Bold ? "page-bold" : null);
                builder.AddAttribute(14, "x", Number(word.X));
                builder.AddAttribute(15, "y", Number(line.Y + (line.Height * Ascent)));
                builder.AddAttribute(16, "font-size", Number(line.FontSize > 0 ? line.FontSize : line.Height));
                builder.AddAttribute(17, "textLength", Number(word.Width));
                builder.AddAttribute(18, "lengthAdjust", "spacingAndGlyphs");
                builder.AddContent(19, word.Text);
                builder.CloseElement();
            }
        }

        builder.CloseElement();
    }

    /// <summary>The words (and table cells) of a line with left edge and width in points.</summary>
    internal IEnumerable<(string Text, float X, float Width)> WordsOf(TextLine line) =>
        line.Lefts is { } lefts && lefts.Length == line.Edges.Length ? TurnedWordsOf(line, lefts) : StraightWordsOf(line);

    private IEnumerable<(string Text, float X, float Width)> StraightWordsOf(TextLine line)
    {
        var text = Page.Text.AsSpan(line.Start - Page.Start, Math.Min(line.Length, line.Edges.Length)).ToString();
        for (var (i, end) = NextWord(text, 0); i < text.Length; (i, end) = NextWord(text, end))
        {
            // Only right edges are stored: a gap without a blank (a currency sign far left of its figure) hides in the next character.
            var left = i == 0 ? 0 : line.Edges[i - 1];
            for (var next = i + 1; next < end; next++)
            {
                if (line.Edges[next] - line.Edges[next - 1] > WidestCharacter * line.FontSize)
                {
                    end = next;
                }
            }

            if (line.FontSize > 0 && line.Edges[i] - left > WidestCharacter * line.FontSize)
            {
                left = line.Edges[i] - (UsualCharacter * line.FontSize);
            }

            var width = line.Edges[end - 1] - left;
            if (width > 0)
            {
                yield return (text[i..end], line.X + left, width);
            }
        }
    }

    /// <summary>Of a line that is read from right to left.</summary>
    private IEnumerable<(string Text, float X, float Width)> TurnedWordsOf(TextLine line, float[] lefts)
    {
        var text = Page.Text.Substring(line.Start - Page.Start, Math.Min(line.Length, line.Edges.Length));
        for (var (i, end) = NextWord(text, 0); i < text.Length; (i, end) = NextWord(text, end))
        {
            var left = lefts[i..end].Min();
            var width = line.Edges[i..end].Max() - left;
            if (width > 0)
            {
                // Between two marks of its direction a word keeps its full stop on its left.
                yield return (lefts[i] > lefts[end - 1] ? $"{RightToLeftMark}{text[i..end]}{RightToLeftMark}" : text[i..end], line.X + left, width);
            }
        }
    }

    private static (int Start, int End) NextWord(string text, int from)
    {
        while (from < text.Length && char.IsWhiteSpace(text[from]))
        {
            from++;
        }

        var end = from;
        while (end < text.Length && !char.IsWhiteSpace(text[end]))
        {
            end++;
        }

        return (from, end);
    }

    private static string Number(float value) => value.ToString("0.##", CultureInfo.InvariantCulture);
}
