using System.Text;

namespace Rag.Inference.Remote;

/// <summary>
/// Leaves out what a reasoning model writes to itself: a block <c>&lt;think&gt;…&lt;/think&gt;</c> at the very beginning of an answer. Anywhere else the
/// words are text like any other.
/// </summary>
internal sealed class ThinkFilter
{
    private const string Open = "<think>";
    private const string Close = "</think>";

    private readonly StringBuilder held = new();
    private State state;

    private enum State
    {
        Beginning,
        Thinking,
        Behind,    // blanks behind the block are left out too
        Answer,
    }

    /// <summary>What of the text so far may be shown now.</summary>
    public string Append(string text)
    {
        if (state == State.Answer)
        {
            return text;
        }

        held.Append(text);
        var all = held.ToString();
        if (state == State.Beginning)
        {
            var start = all.AsSpan().TrimStart();
            if (start.Length < Open.Length && Open.AsSpan().StartsWith(start, StringComparison.Ordinal))
            {
                return "";
            }

            state = start.StartsWith(Open, StringComparison.Ordinal) ? State.Thinking : State.Answer;
        }

        if (state == State.Thinking)
        {
            var end = all.IndexOf(Close, StringComparison.Ordinal);
            if (end < 0)
            {
                // Only what may be the beginning of its end has to be kept.
                held.Remove(0, Math.Max(0, held.Length - Close.Length));
                return "";
            }

            all = all[(end + Close.Length)..];
            state = State.Behind;
        }

        if (state == State.Behind)
        {
            all = all.TrimStart();
            state = all.Length > 0 ? State.Answer : State.Behind;
        }

        held.Clear();
        return all;
    }

    /// <summary>What was held back and turned out to be text.</summary>
    public string Finish() => state == State.Beginning ? held.ToString() : "";
}
