using Rag.Retrieval.Indexing;
using Rag.Retrieval.Knowledge;

namespace Rag.Evaluation;

/// <summary>A document to be searched: one page of text and its chunks.</summary>
internal sealed record SourceText(string Title, string Text, IReadOnlyList<ChunkDraft> Chunks)
{
    /// <summary>Each paragraph is one chunk.</summary>
    public static SourceText OfParagraphs(string title, IEnumerable<string> paragraphs)
    {
        var text = new System.Text.StringBuilder();
        var chunks = new List<ChunkDraft>();
        foreach (var paragraph in paragraphs)
        {
            var start = text.Length;
            text.Append(paragraph.ReplaceLineEndings(" "));
            chunks.Add(new ChunkDraft(chunks.Count, text.ToString(start, text.Length - start), null, null, start, text.Length, new PageRange(1, 1)));
            text.Append('\n');
        }

        return new SourceText(title, text.ToString(), chunks);
    }

    /// <summary>One line for each paragraph, without geometry, as a text file has.</summary>
    public IReadOnlyList<TextLine> Lines()
    {
        var lines = new List<TextLine>();
        for (var start = 0; start < Text.Length;)
        {
            var end = Text.IndexOf('\n', start) is >= 0 and var found ? found : Text.Length;
            if (end > start)
            {
                lines.Add(new TextLine(start, end - start, 0, 0, 0, 0, 0, false, []));
            }

            start = end + 1;
        }

        return lines;
    }
}
