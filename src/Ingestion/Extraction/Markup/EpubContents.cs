using System.Xml;
using System.Xml.Linq;
using AngleSharp.Dom;
using Rag.Ingestion.Extraction.Containers;
using Rag.Ingestion.Extraction.Flow;
using Rag.Ingestion.Extraction.Office;

namespace Rag.Ingestion.Extraction.Markup;

/// <summary>The table of contents of a book: how it calls its chapters where they do not say it themselves.</summary>
internal static class EpubContents
{
    private const int MostEntries = 10_000;
    private const int LongestName = 80;

    /// <param name="book">Path of the package document.</param>
    /// <param name="items">Of its manifest.</param>
    /// <returns>The first name of each part, by path.</returns>
    public static Dictionary<string, string> Read(ZipContainer parts, string book, IEnumerable<XElement> items)
    {
        var names = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (XElement item in items.OrderByDescending(IsNavigation))
        {
            string part = ZipContainer.Resolve(book, Uri.UnescapeDataString(item.Attr("href") ?? ""));
            if (IsNavigation(item) && parts.Bytes(part) is { } page)
            {
                using IDocument navigation = HtmlReader.ParseXhtml(HtmlEncoding.Decode(page));
                foreach (IElement link in navigation.QuerySelectorAll("nav a[href]").Take(MostEntries))
                {
                    Add(part, link.GetAttribute("href"), link.TextContent);
                }
            }
            else if (item.Attr("media-type") == "application/x-dtbncx+xml" && Contents(parts, part) is { } contents)
            {
                foreach (XElement point in contents.All("navPoint").Take(MostEntries))
                {
                    Add(part, point.Child("content")?.Attr("src"), point.Child("navLabel")?.Child("text")?.Value);
                }
            }
        }

        return names;

        void Add(string from, string? target, string? words)
        {
            string name = FlowText.Head(FlowText.Fold(words ?? ""), LongestName);
            if (name.Length > 0 && target is not null)
            {
                names.TryAdd(ZipContainer.Resolve(from, Uri.UnescapeDataString(target.Split('#')[0])), name);
            }
        }
    }

    /// <summary>A book whose table of contents is broken is read without it.</summary>
    private static XElement? Contents(ZipContainer parts, string part)
    {
        try
        {
            return parts.Xml(part, ignoreDtd: true);
        }
        catch (XmlException)
        {
            return null;
        }
    }

    private static bool IsNavigation(XElement item) => (item.Attr("properties") ?? "").Split(' ').Contains("nav");
}
