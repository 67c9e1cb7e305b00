using AngleSharp.Dom;
using Ganss.Xss;
using Markdig;
using Markdig.Renderers;

namespace Rag.Web.Chat;

/// <summary>
/// Untrusted Markdown to a safe tree, in four steps that do not trust each other: Markdig without raw HTML, HtmlSanitizer, an allow-list of
/// elements on the parsed tree, and a filter that sends every link through <c>/leaving</c>. Images become their words.
/// </summary>
public static class SafeMarkdown
{
    /// <summary>All elements that can come out; no attribute but the filtered link.</summary>
    public static IReadOnlySet<string> Elements { get; } = new HashSet<string>
    {
        "p", "br", "hr", "strong", "em", "del", "code", "pre", "blockquote", "ul", "ol", "li", "h1", "h2", "h3", "h4", "h5", "h6",
        "table", "thead", "tbody", "tr", "th", "td", "a",
    };

    private const string SentenceAttribute = "data-s";

    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder().UsePreciseSourceLocation().UsePipeTables().DisableHtml().Build();

    /// <param name="sentences">Where the checked sentences stand in <paramref name="markdown"/>; null while they are not checked.</param>
    public static IReadOnlyList<SafeNode> Parse(string markdown, IReadOnlyList<CheckedSentence>? sentences = null)
    {
        var document = Markdown.Parse(markdown, Pipeline);
        SentenceMarks.Apply(document, markdown, sentences ?? []);
        using var text = new StringWriter();
        var renderer = new HtmlRenderer(text);
        Pipeline.Setup(renderer);
        renderer.ObjectRenderers.Insert(0, new SentenceMarks.Renderer(SentenceAttribute));
        renderer.Render(document);

        var body = NewSanitizer().SanitizeDom(text.ToString()).Body!;
        var last = body.QuerySelectorAll($"span[{SentenceAttribute}]").GroupBy(s => s.GetAttribute(SentenceAttribute)).Select(g => g.Last()).ToHashSet();
        return Children(body, last);
    }

    private static HtmlSanitizer NewSanitizer()
    {
        var sanitizer = new HtmlSanitizer(new HtmlSanitizerOptions
        {
            AllowedTags = new HashSet<string>(Elements) { "span" },
            AllowedAttributes = new HashSet<string> { "href", SentenceAttribute },
            AllowedSchemes = new HashSet<string> { "http", "https" },
            UriAttributes = new HashSet<string> { "href" },
        })
        {
            KeepChildNodes = true,
        };
        return sanitizer;
    }

    private static List<SafeNode> Children(INode parent, HashSet<IElement> last)
    {
        List<SafeNode> nodes = [];
        foreach (var child in parent.ChildNodes)
        {
            switch (child)
            {
                case IText text when !string.IsNullOrEmpty(text.Data):
                    nodes.Add(new SafeNode.Text(text.Data));
                    break;
                case IElement { LocalName: "span" } span when int.TryParse(span.GetAttribute(SentenceAttribute), out var index):
                    nodes.Add(new SafeNode.Sentence(index, span.TextContent, last.Contains(span)));
                    break;
                case IElement { LocalName: "a" } link when OutsideLink.TryParse(link.GetAttribute("href")) is { } target:
                    nodes.Add(new SafeNode.Element("a", Children(link, last), OutsideLink.Through(target)));
                    break;
                case IElement element when element.LocalName != "a" && Elements.Contains(element.LocalName):
                    nodes.Add(new SafeNode.Element(element.LocalName, Children(element, last)));
                    break;
                case IElement element:   // a link that goes nowhere safe, or an element that should not be here: its words
                    nodes.AddRange(Children(element, last));
                    break;
            }
        }

        return nodes;
    }
}
