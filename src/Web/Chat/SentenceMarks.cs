using System.Globalization;
using Markdig.Renderers;
using Markdig.Renderers.Html;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace Rag.Web.Chat;

/// <summary>Wraps the words of each checked sentence in the parsed Markdown, and turns images into their words.</summary>
internal static class SentenceMarks
{
    public static void Apply(MarkdownDocument document, string markdown, IReadOnlyList<CheckedSentence> sentences)
    {
        foreach (var image in document.Descendants<LinkInline>().Where(l => l.IsImage).ToList())
        {
            image.IsImage = false;
            image.Url = null;   // the link filter leaves only its words
        }

        foreach (var inline in document.Descendants<LeafInline>().ToList())
        {
            var text = inline switch
            {
                LiteralInline literal => literal.Content.ToString(),
                CodeInline code => code.Content,
                HtmlEntityInline entity => entity.Transcoded.ToString(),
                _ => "",
            };
            if (text.Length > 0)
            {
                Mark(inline, text, markdown, sentences);
            }
        }
    }

    private static void Mark(LeafInline inline, string text, string markdown, IReadOnlyList<CheckedSentence> sentences)
    {
        // Behind a back tick or a backslash the source has the same characters, so a place in the text is a place in the source. Only
        // entities differ; they are too short to reach into the next sentence.
        var source = markdown.AsSpan(inline.Span.Start, Math.Min(inline.Span.Length, markdown.Length - inline.Span.Start));
        var offset = source.IndexOf(text, StringComparison.Ordinal);
        var exact = offset >= 0;
        var start = inline.Span.Start + Math.Max(0, offset);
        List<Inline> pieces = [];
        var at = 0;
        while (at < text.Length)
        {
            var position = start + at;
            var index = IndexAt(sentences, position);
            var next = !exact ? int.MaxValue
                : index >= 0 ? sentences[index].Start + sentences[index].Length
                : sentences.Where(s => s.Start > position).Select(s => s.Start).DefaultIfEmpty(int.MaxValue).Min();
            var length = Math.Min(text.Length - at, next - position);
            var piece = text.Substring(at, length);
            pieces.Add(index >= 0 ? new Piece(piece, index, inline is CodeInline) : new LiteralInline(piece));
            at += length;
        }

        if (pieces.TrueForAll(p => p is LiteralInline))
        {
            return;
        }

        foreach (var piece in pieces)
        {
            inline.InsertBefore(piece);
        }

        inline.Remove();
    }

    private static int IndexAt(IReadOnlyList<CheckedSentence> sentences, int position)
    {
        for (var i = 0; i < sentences.Count; i++)
        {
            if (position >= sentences[i].Start && position < sentences[i].Start + sentences[i].Length)
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>A piece of a sentence, between two marks of emphasis or in code.</summary>
    internal sealed class Piece(string text, int sentence, bool code) : LeafInline
    {
        public string Text { get; } = text;

        public int Sentence { get; } = sentence;

        public bool Code { get; } = code;
    }

    internal sealed class Renderer(string attribute) : HtmlObjectRenderer<Piece>
    {
        protected override void Write(HtmlRenderer renderer, Piece obj)
        {
            renderer.Write(obj.Code ? "<code>" : "").Write("<span ").Write(attribute).Write("=\"")
                .Write(obj.Sentence.ToString(CultureInfo.InvariantCulture)).Write("\">");
            renderer.WriteEscape(obj.Text).Write("</span>").Write(obj.Code ? "</code>" : "");
        }
    }
}
