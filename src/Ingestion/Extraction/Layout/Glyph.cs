namespace Rag.Ingestion.Extraction.Layout;

/// <summary>
/// One painted character or ligature. Points; the origin is the top left corner of the page as displayed. For text that does not run
/// from left to right, the axes are those of the text (<see cref="Turn"/>).
/// </summary>
/// <param name="Text">One or more UTF-16 characters; white space stands for a gap.</param>
/// <param name="Left">Start of the advance along the line.</param>
/// <param name="Right">End of the advance along the line.</param>
internal readonly record struct Glyph(string Text, float Left, float Right, float Baseline, float Size, bool Bold, bool Italic)
{
    public bool IsBlank => Text.Length == 1 ? char.IsWhiteSpace(Text[0]) : string.IsNullOrWhiteSpace(Text);
}

/// <summary>Which way the lines of a text run on the displayed page.</summary>
internal enum Turn
{
    Rightwards,
    Downwards,
    Leftwards,
    Upwards,
}

/// <summary>Turns page coordinates into those of the text and back.</summary>
internal static class Turns
{
    /// <summary>Nearest turn of a direction; null for slanted text (watermarks).</summary>
    public static Turn? Of(double dx, double dy)
    {
        const double SlantLimit = 0.2;   // tan 11°: a scan that lies askew is still straight text
        return Math.Abs(dy) <= SlantLimit * Math.Abs(dx) ? (dx >= 0 ? Turn.Rightwards : Turn.Leftwards)
            : Math.Abs(dx) <= SlantLimit * Math.Abs(dy) ? (dy >= 0 ? Turn.Downwards : Turn.Upwards)
            : null;
    }

    public static (float Along, float Down) ToText(this Turn turn, double x, double y) => turn switch
    {
        Turn.Rightwards => ((float)x, (float)y),
        Turn.Downwards => ((float)y, (float)-x),
        Turn.Leftwards => ((float)-x, (float)-y),
        _ => ((float)-y, (float)x),
    };

    public static (float X, float Y) ToPage(this Turn turn, float along, float down) => turn switch
    {
        Turn.Rightwards => (along, down),
        Turn.Downwards => (-down, along),
        Turn.Leftwards => (-along, -down),
        _ => (down, -along),
    };
}
