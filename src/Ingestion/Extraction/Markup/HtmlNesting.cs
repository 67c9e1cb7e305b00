using System.Collections.Frozen;
using System.Runtime.InteropServices;
using System.Text;

namespace Rag.Ingestion.Extraction.Markup;

/// <summary>
/// Takes out tags that would nest elements deeper than browsers let them (theirs is 512). A parser looks through all open elements for many a tag:
/// a hundred thousand of them cost minutes. No letter of the text is lost, only what it is nested in.
/// </summary>
internal sealed class HtmlNesting
{
    private const int Deepest = 400;

    /// <summary>Elements that hold nothing, and those that end where the next one begins: they do not nest by being left open.</summary>
    private static readonly FrozenSet<string> Flat = Names(
        "area base br col embed hr img input link meta param source track wbr html head body p li dt dd tr td th thead tbody tfoot colgroup caption option optgroup rp rt");

    /// <summary>What stands in them is no markup.</summary>
    private static readonly FrozenSet<string> Raw = Names("script style textarea title xmp iframe noembed noframes");

    /// <summary>Elements that end a drawing or formula they stand in; the others can be empty there.</summary>
    private static readonly FrozenSet<string> Outbreak = Names(
        "b big blockquote center code div dl em h1 h2 h3 h4 h5 h6 i listing menu nobr ol pre ruby s small span strong strike sub sup table tt u ul var font");

    private readonly string html;
    private readonly List<int> open = [];   // numbers of names
    private readonly Dictionary<string, int> numbers = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<int> dropped = [];   // by number: opening tags that were taken out and not closed yet
    private StringBuilder? kept;
    private int copied;

    private HtmlNesting(string html) => this.html = html;

    public static string Limit(string html) => new HtmlNesting(html).Run();

    private static FrozenSet<string> Names(string names) => names.Split(' ').ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private string Run()
    {
        for (int i = html.IndexOf('<', StringComparison.Ordinal); i >= 0 && i + 1 < html.Length; i = i < html.Length ? html.IndexOf('<', i) : -1)
        {
            bool closes = html[i + 1] == '/';
            int name = closes ? i + 2 : i + 1;
            if (html.AsSpan(i).StartsWith("<!--"))
            {
                int end = html.IndexOf("-->", i + 2, StringComparison.Ordinal);
                i = end < 0 ? html.Length : end + 3;
            }
            else if (name < html.Length && char.IsAsciiLetter(html[name]))
            {
                i = Tag(i, name, closes);
            }
            else
            {
                i++;
            }
        }

        return kept is null ? html : kept.Append(html, copied, html.Length - copied).ToString();
    }

    /// <returns>Where to go on.</returns>
    private int Tag(int start, int nameStart, bool closes)
    {
        int nameEnd = nameStart;
        while (nameEnd < html.Length && html[nameEnd] is not ('>' or '/' or ' ' or '\n' or '\r' or '\t' or '\f'))
        {
            nameEnd++;
        }

        int end = EndOf(nameEnd);
        string name = nameEnd - nameStart <= 40 ? html[nameStart..nameEnd] : "?";
        if (Flat.Contains(name))
        {
            return end;
        }

        if (Raw.Contains(name) && !closes)
        {
            int close = html.IndexOf("</" + name, end, StringComparison.OrdinalIgnoreCase);
            return close < 0 ? html.Length : close;
        }

        ref int number = ref CollectionsMarshal.GetValueRefOrAddDefault(numbers, name, out bool known);
        if (!known)
        {
            number = dropped.Count;
            dropped.Add(0);
        }

        if (closes)
        {
            Close(number, start, end);
        }
        else if (!IsEmpty(name, end))
        {
            Open(number, start, end);
        }

        return end;
    }

    private void Open(int number, int start, int end)
    {
        if (open.Count < Deepest)
        {
            open.Add(number);
            return;
        }

        dropped[number]++;
        Drop(start, end);
    }

    private void Close(int number, int start, int end)
    {
        if (dropped[number] > 0)
        {
            dropped[number]--;
            Drop(start, end);
        }
        else if (CollectionsMarshal.AsSpan(open).LastIndexOf(number) is >= 0 and var at)
        {
            open.RemoveRange(at, open.Count - at);
        }
    }

    /// <summary>A blank in place of the tag, so that no words run together.</summary>
    private void Drop(int start, int end)
    {
        (kept ??= new StringBuilder(html.Length)).Append(html, copied, start - copied).Append(' ');
        copied = end;
    }

    /// <summary>"/>" means something in drawings and formulas only.</summary>
    private bool IsEmpty(string name, int end) =>
        html[end - 1] == '>' && html[end - 2] == '/'
        && (name.Equals("svg", StringComparison.OrdinalIgnoreCase) || name.Equals("math", StringComparison.OrdinalIgnoreCase) || (!Outbreak.Contains(name) && (IsOpen("svg") || IsOpen("math"))));

    private bool IsOpen(string name) => numbers.TryGetValue(name, out int number) && open.Contains(number);

    /// <summary>After the tag's ">"; quoted values may hold one.</summary>
    private int EndOf(int i)
    {
        char before = ' ';
        while (i < html.Length && html[i] != '>')
        {
            if (html[i] is '"' or '\'' && before == '=')
            {
                int close = html.IndexOf(html[i], i + 1);
                i = close < 0 ? html.Length - 1 : close;
            }

            before = char.IsWhiteSpace(html[i]) ? before : html[i];
            i++;
        }

        return Math.Min(i + 1, html.Length);
    }
}
