using System.Text.RegularExpressions;
using AngleSharp.Dom;
using AngleSharp.Html.Parser;
using Rag.Ingestion.Extraction.Flow;

namespace Rag.Ingestion.Extraction.Markup;

/// <summary>
/// An HTML page by its structure: headings, paragraphs, lists, tables. Nothing is loaded and nothing is run. What frames a page
/// (navigation, site header and footer) is dropped where the page marks it as such and enough is left; a plain page is never cut.
/// </summary>
internal static partial class HtmlReader
{
    private const double MainShare = 0.25;
    private const string FrameSelector = "nav, [role=navigation], [role=banner], [role=contentinfo], [role=search], header, footer";

    private static readonly HashSet<string> Unseen = new(StringComparer.Ordinal)
    {
        "script", "style", "template", "noscript", "svg", "math", "iframe", "object", "embed", "canvas", "audio", "video", "head", "select", "textarea", "button", "map", "dialog",
    };

    private static readonly HashSet<string> Inline = new(StringComparer.Ordinal)
    {
        "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i", "img", "input", "ins", "kbd", "label", "mark", "nobr", "output", "picture",
        "q", "rp", "rt", "ruby", "s", "samp", "small", "source", "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr",
    };

    public static FlowDocument Read(byte[] file)
    {
        using IDocument page = Open(file);
        var builder = new FlowBuilder();
        Write(page, builder);
        IReadOnlyList<FlowBlock> blocks = builder.Blocks;
        string title = FlowText.Fold(page.Title ?? "");
        return new FlowDocument(title, FlowPaginator.BySection(blocks, builder.HiddenAtEnd));
    }

    /// <summary>A file whose encoding and kind of HTML are to be found out.</summary>
    public static IDocument Open(byte[] file)
    {
        string html = HtmlEncoding.Decode(file);
        return html.AsSpan().TrimStart().StartsWith("<?xml") ? ParseXhtml(html) : Parse(html);
    }

    public static IDocument Parse(string html) => new HtmlParser(new HtmlParserOptions { IsScripting = false }).ParseDocument(HtmlNesting.Limit(html));

    /// <summary>HTML knows no empty script or title: "&lt;title/&gt;" would swallow the page.</summary>
    public static IDocument ParseXhtml(string xhtml) => Parse(Empty().Replace(xhtml, "<$1$2></$1>"));

    [GeneratedRegex(@"<(title|script|style|textarea|iframe|noscript|div|span|p|a|td|th|li|i|b|em|strong|h[1-6])(\s[^<>]*)?/>", RegexOptions.IgnoreCase)]
    private static partial Regex Empty();

    /// <summary>Adds the blocks of a page, main content first chosen.</summary>
    public static void Write(IDocument page, FlowBuilder builder)
    {
        if (page.Body is not { } body)
        {
            return;
        }

        var style = new HiddenStyle(page);
        IElement root = MainContent(body);
        new Walk(builder, style, root, dropFrame: root == body && HasMore(body)).Run();
    }

    /// <summary>The page's own main element, if it is the only one and holds a good part of the text.</summary>
    private static IElement MainContent(IElement body)
    {
        var mains = body.QuerySelectorAll("main, [role=main]").Where(main => !main.HasAttribute("hidden")).ToList();
        return mains.Count == 1 && TextLength(mains[0]) >= MainShare * TextLength(body) ? mains[0] : body;
    }

    /// <summary>Whether text is left when the frame is gone: a page that stands in a header element as a whole stays whole.</summary>
    private static bool HasMore(IElement body)
    {
        int frames = 0;
        IElement? last = null;   // frames in frames are counted with these
        foreach (IElement frame in body.QuerySelectorAll(FrameSelector))
        {
            if (last?.Contains(frame) != true && IsFrame(frame))
            {
                frames += TextLength(frame);
                last = frame;
            }
        }

        return TextLength(body) - frames >= MainShare * TextLength(body);
    }

    /// <summary>Navigation anywhere; headers and footers of the site, not those of an article or section.</summary>
    private static bool IsFrame(IElement element) =>
        element.LocalName == "nav" || element.GetAttribute("role") is "navigation" or "banner" or "contentinfo" or "search"
        || (element.LocalName is "header" or "footer" && element.QuerySelector("h1") is null && Sections(element) is null);

    private static IElement? Sections(IElement element)
    {
        IElement? parent = element.ParentElement;
        while (parent is not null && parent.LocalName is not ("article" or "section" or "main" or "blockquote"))
        {
            parent = parent.ParentElement;
        }

        return parent;
    }

    private static int TextLength(INode node)
    {
        int length = 0;
        foreach (INode descendant in node.GetDescendants())
        {
            if (descendant is IText text && text.ParentElement is { } parent && !Unseen.Contains(parent.LocalName))
            {
                length += text.Data.AsSpan().Trim().Length;
            }
        }

        return length;
    }

    /// <summary>Goes through the tree without recursion: a hostile page may nest as deep as it likes.</summary>
    private sealed class Walk(FlowBuilder builder, HiddenStyle style, IElement root, bool dropFrame)
    {
        private readonly Stack<int> lists = new();   // next number of each open list; 0 for bullets
        private int verbatim;

        public void Run()
        {
            // By index: asking a node for its next sibling looks through all of them.
            var open = new Stack<(INode Node, int Next)>();
            open.Push((root, 0));
            while (open.TryPop(out (INode Node, int Next) at))
            {
                if (at.Next < at.Node.ChildNodes.Length)
                {
                    open.Push((at.Node, at.Next + 1));
                    INode child = at.Node.ChildNodes[at.Next];
                    if (Enter(child))
                    {
                        open.Push((child, 0));
                    }
                }
                else if (at.Node != root)
                {
                    Leave(at.Node);
                }
            }
        }

        /// <returns>Whether to go on inside.</returns>
        private bool Enter(INode node)
        {
            if (node is IText text)
            {
                builder.Append(verbatim > 0 ? text.Data.ReplaceLineEndings("\n") : Words(text).ReplaceLineEndings(" "));
                return false;
            }

            if (node is not IElement element || Unseen.Contains(element.LocalName) || (dropFrame && IsFrame(element)))
            {
                return false;
            }

            if (style.Of(element) is { } hidden)
            {
                builder.Hide(hidden, VisibleText(element, null));
                return false;
            }

            string name = element.LocalName;
            switch (name)
            {
                case "br":
                    builder.LineBreak();
                    break;
                case "h1" or "h2" or "h3" or "h4" or "h5" or "h6":
                    builder.BeginHeading(name[1] - '0');
                    break;
                case "ul" or "menu":
                    builder.Close();
                    lists.Push(0);
                    break;
                case "ol":
                    builder.Close();
                    lists.Push(int.TryParse(element.GetAttribute("start"), out int start) ? Math.Clamp(start, 0, 1_000_000) : 1);
                    break;
                case "li":
                    builder.BeginItem(Marker());
                    break;
                case "pre":
                    builder.BeginParagraph(keepLines: true);
                    verbatim++;
                    break;
                case "table":
                    builder.Close();
                    return !HtmlTable.TryWrite(element, cell => VisibleText(cell, builder), builder);
                default:
                    if (!Inline.Contains(name))
                    {
                        BreakBlock(element);
                    }

                    break;
            }

            return true;
        }

        private void Leave(INode node)
        {
            string name = (node as IElement)?.LocalName ?? "";
            if (name is "ul" or "ol" or "menu" && lists.Count > 0)
            {
                lists.Pop();
            }

            verbatim -= name == "pre" ? 1 : 0;
            if (name.Length > 0 && name != "br" && !Inline.Contains(name))
            {
                builder.Close();
            }
        }

        /// <summary>The first paragraph of a list item stays behind its marker.</summary>
        private void BreakBlock(IElement element)
        {
            bool opensItem = element.LocalName is "p" or "div" && element.ParentElement is { LocalName: "li" } item && item.FirstElementChild == element;
            if (!opensItem)
            {
                builder.Close();
            }
        }

        private string Marker()
        {
            if (lists.Count == 0 || lists.Peek() == 0)
            {
                return "•";
            }

            int number = lists.Pop();
            lists.Push(number + 1);
            return number.ToString(System.Globalization.CultureInfo.InvariantCulture) + ".";
        }

        private static string Words(IText text) => text.ParentElement?.LocalName == "sup" ? FlowText.Raised(text.Data) : text.Data;

        /// <param name="report">Takes hidden parts; null to count them as part of the text.</param>
        private string VisibleText(IElement element, FlowBuilder? report)
        {
            var text = new System.Text.StringBuilder();
            var open = new Stack<(INode Node, int Next)>();
            open.Push((element, 0));
            while (open.TryPop(out (INode Node, int Next) at))
            {
                if (at.Next == at.Node.ChildNodes.Length)
                {
                    text.Append(at.Node is IElement left && !Inline.Contains(left.LocalName) ? " " : "");
                    continue;
                }

                open.Push((at.Node, at.Next + 1));
                INode node = at.Node.ChildNodes[at.Next];
                if (node is IText words)
                {
                    text.Append(Words(words));
                }
                else if (node is IElement child && !Unseen.Contains(child.LocalName))
                {
                    text.Append(Inline.Contains(child.LocalName) ? "" : " ");
                    if (report is not null && style.Of(child) is { } kind)
                    {
                        report.Hide(kind, VisibleText(child, null));
                    }
                    else
                    {
                        open.Push((child, 0));
                    }
                }
            }

            return text.ToString();
        }
    }
}
