using System.Text;

namespace Rag.Web.Chat;

/// <summary>The model's text as it grows, filtered and published piece by piece.</summary>
/// <param name="isHeld">Gathered only; what may be shown is published by <see cref="SupportedText"/>.</param>
internal sealed class ModelText(bool isHeld = false)
{
    private readonly CitationFilter filter = new();
    private readonly StringBuilder text = new();

    public int Length => text.Length;

    /// <summary>From the question to the first piece of text.</summary>
    public TimeSpan? FirstToken { get; set; }

    public TimeSpan? Queue { get; set; }

    /// <returns>Whether something could be shown; a possible citation number is held back.</returns>
    public bool Add(string piece, AnswerStream stream) => Show(filter.Feed(piece), stream);

    public void End(AnswerStream stream) => Show(filter.Flush().TrimEnd(), stream);

    public override string ToString() => text.ToString();

    private bool Show(string piece, AnswerStream stream)
    {
        var shown = text.Length == 0 ? piece.TrimStart() : piece;
        if (shown.Length == 0)
        {
            return false;
        }

        text.Append(shown);
        if (!isHeld)
        {
            stream.Publish(new AnswerPart.TextDelta(shown));
        }

        return true;
    }
}
