using Rag.Retrieval.Indexing;
using Rag.Retrieval.Knowledge;

namespace Rag.Retrieval.Tests;

/// <summary>Pages and chunks as ingestion would make them, from plain paragraphs.</summary>
internal static class Pieces
{
    private const float CharacterWidth = 5;

    /// <summary>Each paragraph is one page and one chunk.</summary>
    public static (List<PageText> Pages, List<ChunkDraft> Chunks) Of(params string[] paragraphs)
    {
        var pages = new List<PageText>();
        var chunks = new List<ChunkDraft>();
        var start = 0;
        foreach (var paragraph in paragraphs)
        {
            pages.Add(Page(pages.Count + 1, start, paragraph + "\n"));
            chunks.Add(new ChunkDraft(chunks.Count, paragraph, null, null, start, start + paragraph.Length, new PageRange(pages.Count, pages.Count)));
            start += paragraph.Length + 1;
        }

        return (pages, chunks);
    }

    /// <summary>A page whose lines stand one below the other, every character 5 points wide.</summary>
    public static PageText Page(int number, int start, string text)
    {
        var lines = new List<TextLine>();
        var offset = 0;
        foreach (var line in text.Split('\n')[..^1])
        {
            if (line.Length > 0)
            {
                lines.Add(new TextLine(
                    start + offset, line.Length, 72, 72 + (14 * lines.Count), line.Length * CharacterWidth, 12, 10, false,
                    [.. Enumerable.Range(1, line.Length).Select(i => i * CharacterWidth)]));
            }

            offset += line.Length + 1;
        }

        return new PageText(number, null, 612, 792, start, text, lines);
    }
}
