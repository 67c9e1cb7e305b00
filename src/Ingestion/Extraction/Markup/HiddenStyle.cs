using System.Globalization;
using System.Text.RegularExpressions;
using AngleSharp.Dom;
using Rag.Retrieval.Knowledge;

namespace Rag.Ingestion.Extraction.Markup;

/// <summary>
/// Whether an element is kept from a reader's eyes by its attributes, its own style, or a plain rule of the page's own style sheets
/// (".note { display: none }"). Rules that depend on the screen and sheets from elsewhere are not looked at: when in doubt, text is visible.
/// </summary>
internal sealed partial class HiddenStyle
{
    private const double SmallestReadable = 1.5;
    private const int MaxSheet = 512 * 1024;
    private const double OutOfSight = -500;

    private readonly Dictionary<string, HiddenTextKind> rules = new(StringComparer.Ordinal);
    private readonly bool bare;   // no style sheet at all: the page is black on white

    public HiddenStyle(IDocument page)
    {
        var sheets = page.QuerySelectorAll("style").ToList();
        bare = sheets.Count == 0 && page.QuerySelector("link[rel~=stylesheet]") is null && page.QuerySelector("[bgcolor],[background]") is null;
        foreach (IElement sheet in sheets)
        {
            Learn(sheet.TextContent);
        }
    }

    /// <returns>Null for what can be seen.</returns>
    public HiddenTextKind? Of(IElement element)
    {
        if (element.HasAttribute("hidden"))
        {
            return HiddenTextKind.Marked;
        }

        if (element.GetAttribute("style") is { Length: > 0 } own && OfStyle(own, bare) is { } byStyle)
        {
            return byStyle;
        }

        if (rules.Count == 0)
        {
            return null;
        }

        return element.Id is { } id && rules.TryGetValue("#" + id, out HiddenTextKind byId) ? byId
            : element.ClassList.Select(name => rules.TryGetValue("." + name, out HiddenTextKind kind) ? kind : (HiddenTextKind?)null).FirstOrDefault(kind => kind is not null);
    }

    private static HiddenTextKind? OfStyle(string style, bool onWhite)
    {
        var set = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (string declaration in style.Split(';'))
        {
            int colon = declaration.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0)
            {
                set[declaration[..colon].Trim()] = declaration[(colon + 1)..].Replace("!important", "", StringComparison.OrdinalIgnoreCase).Trim().ToLowerInvariant();
            }
        }

        string Value(string name) => set.GetValueOrDefault(name, "");
        if (Value("display") == "none" || Value("visibility") is "hidden" or "collapse" || Value("mso-hide") == "all")
        {
            return HiddenTextKind.Marked;
        }

        if (Value("opacity") is { Length: > 0 } opacity && Number(opacity) is <= 0.02)
        {
            return HiddenTextKind.Invisible;
        }

        if (Value("font-size") is { Length: > 0 } size && !size.EndsWith("em", StringComparison.Ordinal) && !size.EndsWith('%') && Number(size) is < SmallestReadable)
        {
            return HiddenTextKind.Tiny;
        }

        bool placed = Value("position") is "absolute" or "fixed";
        if ((placed && (Number(Value("left")) is < OutOfSight || Number(Value("top")) is < OutOfSight)) || Number(Value("text-indent")) is < OutOfSight
            || (Value("overflow") == "hidden" && (Number(Value("height")) is 0 || Number(Value("max-height")) is 0 || Number(Value("width")) is 0)))
        {
            return HiddenTextKind.OutOfSight;
        }

        string background = Value("background-color") is { Length: > 0 } colour ? colour : Value("background");
        bool white = IsWhite(background) || (background.Length == 0 && onWhite);
        return Value("color") == "transparent" ? HiddenTextKind.Invisible
            : white && IsWhite(Value("color")) ? HiddenTextKind.SameColour
            : background.Length > 0 && background == Value("color") ? HiddenTextKind.SameColour
            : null;
    }

    private static bool IsWhite(string colour) =>
        colour.Replace(" ", "", StringComparison.Ordinal) is "white" or "#fff" or "#ffffff" or "#fefefe" or "#fdfdfd" or "rgb(255,255,255)" or "rgba(255,255,255,1)" or "snow" or "ghostwhite";

    private static double? Number(string value)
    {
        int end = 0;
        while (end < value.Length && (char.IsAsciiDigit(value[end]) || value[end] is '.' or '-'))
        {
            end++;
        }

        return double.TryParse(value.AsSpan(0, end), NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? number : null;
    }

    private void Learn(string sheet)
    {
        if (sheet.Length > MaxSheet)
        {
            return;
        }

        int depth = 0, start = 0;
        for (int i = 0; i < sheet.Length; i++)
        {
            if (sheet[i] == '{' && depth++ == 0)
            {
                // Rules at the top only: what stands inside @media holds for some screens, not for all.
                string selectors = Comment().Replace(sheet[start..i], "").Trim();
                int close = sheet.IndexOf('}', i);
                if (close > 0 && !selectors.StartsWith('@') && OfStyle(sheet[(i + 1)..close], onWhite: false) is { } kind)
                {
                    foreach (string selector in selectors.Split(',', StringSplitOptions.TrimEntries).Where(selector => Plain().IsMatch(selector)))
                    {
                        rules[selector] = kind;
                    }
                }
            }
            else if (sheet[i] == '}')
            {
                depth = Math.Max(0, depth - 1);
                start = i + 1;
            }
        }
    }

    [GeneratedRegex(@"/\*.*?\*/", RegexOptions.Singleline)]
    private static partial Regex Comment();

    [GeneratedRegex(@"^[.#][A-Za-z_][\w-]*$")]
    private static partial Regex Plain();
}
