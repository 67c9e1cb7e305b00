using System.Text;

namespace Rag.Retrieval.Text;

internal static class Blanks
{
    /// <summary>Each run of white space becomes one blank; a run with a tab in it, which parts cells of a table, becomes one tab.</summary>
    public static string Fold(ReadOnlySpan<char> text)
    {
        var folded = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length;)
        {
            if (!char.IsWhiteSpace(text[i]))
            {
                folded.Append(text[i++]);
                continue;
            }

            var blank = ' ';
            for (; i < text.Length && char.IsWhiteSpace(text[i]); i++)
            {
                if (text[i] == '\t')
                {
                    blank = '\t';
                }
            }

            folded.Append(blank);
        }

        return folded.ToString().Trim();
    }
}
