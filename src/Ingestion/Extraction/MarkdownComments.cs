using System.Text;
using Rag.Ingestion.Extraction.Flow;
using Rag.Retrieval.Knowledge;

namespace Rag.Ingestion.Extraction;

/// <summary>Takes comments ("&lt;!-- … --&gt;") out of Markdown: who reads the page does not see them. Those in code are text.</summary>
internal sealed class MarkdownComments
{
    private const string Begin = "<!--";
    private const string End = "-->";

    /// <summary>Lines that a comment may have; one that is not closed by then is text.</summary>
    private const int MostLines = 500;

    private readonly List<string> found = [];
    private readonly StringBuilder open = new();
    private bool inside;

    /// <summary>What the comments say.</summary>
    public IReadOnlyList<string> Found => found;

    /// <returns>What is seen of a line. Call for each in order, but for those of code.</returns>
    public string Strip(IReadOnlyList<string> lines, int i)
    {
        string line = lines[i];
        if (!inside && !line.Contains(Begin, StringComparison.Ordinal))
        {
            return line;
        }

        var seen = new StringBuilder();
        int at = 0;
        while (at < line.Length)
        {
            string mark = inside ? End : Begin;
            int next = line.IndexOf(mark, at, StringComparison.Ordinal);
            if (!inside && next >= 0 && (IsCode(line, next) || !IsClosed(lines, i, next + mark.Length)))
            {
                seen.Append(line, at, next + mark.Length - at);
                at = next + mark.Length;
                continue;
            }

            int until = next < 0 ? line.Length : next;
            (inside ? open : seen).Append(line, at, until - at);
            at = next < 0 ? line.Length : next + mark.Length;
            if (next >= 0)
            {
                Turn();
            }
        }

        open.Append(inside ? " " : "");
        return seen.ToString();
    }

    private void Turn()
    {
        inside = !inside;
        string words = FlowText.Fold(open.ToString());
        if (!inside && words.Length > 0 && found.Count < PageFindings.MostSpans)
        {
            found.Add(words);
        }

        open.Clear();
    }

    private static bool IsCode(string line, int at) => line.AsSpan(0, at).Count('`') % 2 == 1;

    private static bool IsClosed(IReadOnlyList<string> lines, int i, int from)
    {
        if (lines[i].IndexOf(End, from, StringComparison.Ordinal) >= 0)
        {
            return true;
        }

        for (int next = i + 1; next < Math.Min(lines.Count, i + MostLines); next++)
        {
            if (lines[next].Contains(End, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }
}
