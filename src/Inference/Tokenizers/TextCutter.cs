namespace Rag.Inference.Tokenizers;

/// <summary>Cuts a normalized text as the <c>pre_tokenizer</c> of a SentencePiece model says: not at all, or at blanks, which become U+2581 and open the pieces.</summary>
internal sealed class TextCutter
{
    private const char Blank = TextNormalizer.Blank;

    private readonly bool words;    // blanks of any kind separate and vanish
    private readonly bool marks;    // Metaspace
    private readonly bool splits;   // each blank begins a piece
    private readonly string opens = "never";

    /// <exception cref="FormatException">A pre-tokenizer that is not known.</exception>
    public TextCutter(TokenizerPart? cutter, TextNormalizer normalizer)
    {
        if (cutter is not { } found)
        {
            return;
        }

        var steps = found.Type == "Sequence" ? found.Get("pretokenizers").List() : [found];
        words = steps is [{ Type: "WhitespaceSplit" }, ..];
        switch (words ? steps[1..] : steps)
        {
            case [] when words:
                break;
            case [{ Type: "Metaspace" } blanks]:
                blanks.Only("replacement", "prepend_scheme", "split", "add_prefix_space", "str_rep");
                marks = true;
                splits = blanks.Flag("split", true);
                // Older files say add_prefix_space alone.
                opens = blanks.FindText("prepend_scheme") ?? (blanks.Flag("add_prefix_space", true) ? "always" : "never");
                if (blanks.Text("replacement") != Blank.ToString() || opens is not ("always" or "never" or "first") || (words && opens == "first"))
                {
                    throw found.Unknown();
                }

                break;
            // Gemma's, which finds nothing: its normalizer leaves no space.
            case [{ Type: "Split" } spaces] when !words && normalizer.ReplacesSpaces && spaces.Get("pattern").FindText("String") == " " && spaces.Text("behavior") == "MergedWithPrevious"
                && !spaces.Flag("invert", false):
                break;
            default:
                throw found.Unknown();
        }
    }

    public IEnumerable<ReadOnlyMemory<char>> Cut(string text, TextPlace place) => words ? Words(text, place) : Pieces(text, place);

    private IEnumerable<ReadOnlyMemory<char>> Words(string text, TextPlace place)
    {
        for (var at = 0; at < text.Length;)
        {
            var end = at;
            while (end < text.Length && !char.IsWhiteSpace(text[end]))
            {
                end++;
            }

            if (end > at)
            {
                // A word begins anew, even in a text that goes on another; but then its first one may go on too.
                foreach (var piece in Pieces(text[at..end], at == 0 ? place : TextPlace.Start))
                {
                    yield return piece;
                }
            }

            at = end + 1;
        }
    }

    private IEnumerable<ReadOnlyMemory<char>> Pieces(string text, TextPlace place)
    {
        if (text.Length == 0)
        {
            yield break;
        }

        if (!marks)
        {
            yield return text.AsMemory();
            yield break;
        }

        var marked = text.Replace(' ', Blank);
        var opened = opens == "always" ? place != TextPlace.Continued : opens == "first" && place == TextPlace.Start;
        marked = opened && marked[0] != Blank ? Blank + marked : marked;
        var start = 0;
        while (splits && marked.IndexOf(Blank, start + 1) is var next and > 0)
        {
            yield return marked.AsMemory(start..next);
            start = next;
        }

        yield return marked.AsMemory(start);
    }
}
