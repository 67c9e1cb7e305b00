namespace Rag.Inference.Chat;

/// <summary>Ends a text before a stop sequence, wherever tokens cut it. What could be the beginning of one is held back until it is not.</summary>
internal sealed class StopSequenceMatcher(IReadOnlyList<string> stops)
{
    private string held = "";

    /// <summary>A stop sequence was found; nothing more will come.</summary>
    public bool Stopped { get; private set; }

    /// <summary>The text that may be shown now; often empty.</summary>
    public string Append(ReadOnlySpan<char> text)
    {
        var pending = string.Concat(held, text);
        if (stops.Count == 0)
        {
            return pending;
        }

        var (found, open) = (-1, 0);
        for (var i = 0; i < stops.Count; i++)
        {
            var at = pending.IndexOf(stops[i], StringComparison.Ordinal);
            found = at >= 0 && (found < 0 || at < found) ? at : found;
            open = Math.Max(open, OpenLength(pending, stops[i]));
        }

        if (found >= 0)
        {
            (Stopped, held) = (true, "");
            return pending[..found];
        }

        held = pending[^open..];
        return pending[..^open];
    }

    /// <summary>What was held back, when the answer ends otherwise.</summary>
    public string Finish() => Stopped ? "" : held;

    // Length of the longest end of the text that is a beginning of the stop sequence.
    private static int OpenLength(string text, string stop)
    {
        var length = Math.Min(text.Length, stop.Length - 1);
        while (!stop.AsSpan().StartsWith(text.AsSpan(text.Length - length), StringComparison.Ordinal))
        {
            length--;
        }

        return length;
    }
}
