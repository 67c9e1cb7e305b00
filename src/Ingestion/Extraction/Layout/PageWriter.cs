using System.Text;
using Rag.Retrieval.Knowledge;

namespace Rag.Ingestion.Extraction.Layout;

/// <summary>Builds a page's text and remembers for each visual line which characters it holds and where they stand.</summary>
internal sealed class PageWriter(int start)
{
    private readonly StringBuilder text = new();
    private readonly List<TextLine> lines = [];
    private readonly List<float> edges = new(128), lefts = [];   // of the line at hand

    public int Position => start + text.Length;

    public string Text => text.ToString();

    public IReadOnlyList<TextLine> Lines => lines;

    public void Append(char c) => text.Append(c);

    /// <param name="dropLast">Leave out the last character (a hyphen that only breaks a word).</param>
    public void Append(Line line, bool dropLast = false)
    {
        if (RightToLeft.IsRightToLeft(line))
        {
            AppendTurned(line);
            return;
        }

        int from = text.Length;
        edges.Clear();
        for (int c = 0; c < line.Cells.Count; c++)
        {
            for (int w = 0; w < line.Cells[c].Words.Count; w++)
            {
                Word word = line.Cells[c].Words[w];
                if (edges.Count > 0)
                {
                    text.Append(w == 0 ? '\t' : ' ');
                    edges.Add(Math.Max(edges[^1], word.Left));
                }

                text.Append(word.Text);
                float last = edges.Count == 0 ? word.Left : edges[^1];
                if (word.Edges[0] >= last)
                {
                    edges.AddRange(word.Edges);   // they ascend
                }
                else
                {
                    foreach (float edge in word.Edges)
                    {
                        edges.Add(Math.Max(last, edge));
                    }
                }
            }
        }

        if (dropLast && edges.Count > 1)
        {
            text.Length--;
            edges.RemoveAt(edges.Count - 1);
        }

        lines.Add(ToTextLine(line, start + from, edges.Count, edges[^1], line.Turn == Turn.Rightwards ? edges : null));
    }

    /// <summary>A line read from right to left: its characters stand where their words do, its blanks in the gaps beside them.</summary>
    private void AppendTurned(Line line)
    {
        int from = text.Length;
        edges.Clear();
        lefts.Clear();
        for (int c = line.Cells.Count - 1; c >= 0; c--)
        {
            Cell cell = line.Cells[c];
            TurnedWord? last = null;
            foreach (TurnedWord word in RightToLeft.Words(cell))
            {
                if (edges.Count > 0)
                {
                    (float left, float right) = last is { } before ? Gap(cell.Words, before, word.Index) : (cell.Right, line.Cells[c + 1].Left);
                    text.Append(last is null ? '\t' : ' ');
                    lefts.Add(left);
                    edges.Add(Math.Max(left, right));
                }

                text.Append(word.Text);
                lefts.AddRange(word.Lefts);
                edges.AddRange(word.Rights);
                last = word;
            }
        }

        bool straight = line.Turn == Turn.Rightwards;
        lines.Add(ToTextLine(line, start + from, edges.Count, line.Right, straight ? edges : null, straight ? lefts : null));
    }

    /// <summary>Where the blank stands between a word and the one that is read next.</summary>
    private static (float Left, float Right) Gap(List<Word> words, TurnedWord last, int next)
    {
        int before = next == last.Index + 1 ? last.Index : last.IsTurned ? last.Index - 1 : next;   // the word left of the gap
        return (words[before].Right, words[before + 1].Left);
    }

    public string TextFrom(int position) => text.ToString(position - start, Position - position);

    /// <param name="edges">Of each character; null where a line has none: its characters share its width, which keeps its box whole.</param>
    /// <param name="lefts">Null where each character begins at the edge of the one before.</param>
    private static TextLine ToTextLine(Line line, int from, int length, float right, List<float>? edges, List<float>? lefts = null)
    {
        (float x1, float y1) = line.Turn.ToPage(line.Left, line.Top);
        (float x2, float y2) = line.Turn.ToPage(right, line.Bottom);
        float x = Math.Min(x1, x2), y = Math.Min(y1, y2);
        float width = Math.Abs(x2 - x1), height = Math.Abs(y2 - y1);
        float[] relative = new float[length];
        float left = line.Left;
        for (int i = 0; i < relative.Length; i++)
        {
            relative[i] = edges is null ? width * (i + 1) / length : edges[i] - left;
        }

        return new TextLine(from, relative.Length, x, y, width, height, line.Size, line.Bold, relative) { Lefts = lefts?.Select(edge => Math.Max(0, edge - left)).ToArray() };
    }
}
