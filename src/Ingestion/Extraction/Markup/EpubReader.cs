using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using AngleSharp.Dom;
using Rag.Ingestion.Extraction.Containers;
using Rag.Ingestion.Extraction.Flow;
using Rag.Ingestion.Extraction.Office;
using Rag.Retrieval.Knowledge;

namespace Rag.Ingestion.Extraction.Markup;

/// <summary>A book: its chapters in reading order, each divided at its headings.</summary>
internal static partial class EpubReader
{
    public static FlowDocument Read(byte[] file, FlowLimits limits)
    {
        using ZipContainer parts = ZipContainer.Open(file, limits);
        string path = parts.Xml("META-INF/container.xml", ignoreDtd: true)?.All("rootfile").FirstOrDefault()?.Attr("full-path")
            ?? throw new RefusedFileException(RefusalReason.WrongType);
        XElement book = parts.Xml(path, ignoreDtd: true) ?? throw new RefusedFileException(RefusalReason.Damaged);
        RefuseLocked(parts);
        var items = book.All("item").GroupBy(item => item.Attr("id") ?? "").ToDictionary(group => group.Key, group => group.First());
        var pages = new List<FlowPage>();
        var read = new HashSet<string>(StringComparer.OrdinalIgnoreCase);   // no chapter stands in a book twice, whatever its list says
        Dictionary<string, string> names = EpubContents.Read(parts, path, items.Values);
        int chapter = 0;
        foreach (XElement reference in book.All("itemref"))
        {
            if (!items.TryGetValue(reference.Attr("idref") ?? "", out XElement? item) || (item.Attr("properties") ?? "").Split(' ').Contains("nav")
                || item.Attr("media-type") is not ("application/xhtml+xml" or "text/html" or "application/x-dtbook+xml"))
            {
                continue;
            }

            string part = ZipContainer.Resolve(path, Uri.UnescapeDataString(item.Attr("href") ?? ""));
            if (!read.Add(part))
            {
                continue;
            }

            if (parts.Bytes(part) is { } content)
            {
                List<FlowPage> sections = Chapter(content, names.GetValueOrDefault(part) ?? string.Create(CultureInfo.InvariantCulture, $"chapter {chapter + 1}"));
                chapter += sections.Count > 0 ? 1 : 0;   // a cover is no chapter
                pages.AddRange(sections);
            }
        }

        return new FlowDocument(FlowText.Fold(book.All("title").FirstOrDefault()?.Value ?? ""), pages);
    }

    private static List<FlowPage> Chapter(byte[] content, string name)
    {
        using IDocument page = HtmlReader.ParseXhtml(HtmlEncoding.Decode(content));
        var builder = new FlowBuilder();
        HtmlReader.Write(page, builder);
        IReadOnlyList<FlowBlock> blocks = builder.Blocks;
        List<FlowPage> sections = FlowPaginator.BySection(blocks, builder.HiddenAtEnd, name);
        return sections.FindAll(section => section.HasText || section.Hidden.Count > 0);
    }

    /// <summary>Books of shops are encrypted; fonts may be without anybody missing them.</summary>
    private static void RefuseLocked(ZipContainer parts)
    {
        XElement? encryption = parts.Has("META-INF/encryption.xml") ? parts.Xml("META-INF/encryption.xml", ignoreDtd: true) : null;
        if (encryption?.All("CipherReference").Any(reference => Text().IsMatch(reference.Attr("URI") ?? "")) == true)
        {
            throw new RefusedFileException(RefusalReason.Encrypted);
        }
    }

    [GeneratedRegex(@"\.(x?html?|xml|opf|ncx)$", RegexOptions.IgnoreCase)]
    private static partial Regex Text();
}
