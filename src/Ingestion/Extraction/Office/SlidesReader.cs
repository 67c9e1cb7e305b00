using System.Globalization;
using System.Xml.Linq;
using Rag.Ingestion.Extraction.Flow;
using Rag.Ingestion.Extraction.Tables;
using Rag.Retrieval.Knowledge;

namespace Rag.Ingestion.Extraction.Office;

/// <summary>A PowerPoint file: a page for each slide that is shown, its title as heading, its tables, what the speaker noted. Hidden slides are reported.</summary>
internal sealed class SlidesReader
{
    private const int DeepestNesting = 40;
    private const int TinyHundredths = 150;   // of a point

    private readonly FlowBuilder builder = new();
    private readonly long width;
    private readonly long height;
    private long length;   // of all cells of tables
    private readonly SlideDesigns designs;
    private SlideGround? ground;
    private Colour? under;   // the shape or cell being read; null where that is not known

    private SlidesReader(XElement presentation, SlideDesigns designs)
    {
        this.designs = designs;
        width = Side("cx");
        height = Side("cy");

        long Side(string name) => OfficeXml.Long(presentation.Child("sldSz")?.Attr(name)) is > 0 and var side ? side : long.MaxValue;
    }

    public static FlowDocument Read(byte[] file, FlowLimits limits)
    {
        using OfficePackage package = OfficePackage.Open(file, "ppt/presentation.xml", limits);
        XElement presentation = package.Parts.Xml(package.Main)!;
        var targets = package.Related(package.Main).GroupBy(relation => relation.Id).ToDictionary(group => group.Key, group => group.First().Target);
        var designs = new SlideDesigns(package);
        var pages = new List<FlowPage>();
        var read = new HashSet<string>(StringComparer.OrdinalIgnoreCase);   // a slide that is listed twice is one slide
        int number = 0;
        foreach (XElement entry in presentation.Child("sldIdLst")?.Children("sldId") ?? [])
        {
            // Two attributes are called "id": the one with a namespace is the relation.
            string? relation = entry.Attributes().FirstOrDefault(attribute => attribute.Name.LocalName == "id" && attribute.Name.NamespaceName.Length > 0)?.Value;
            if (relation is not null && targets.TryGetValue(relation, out string? path) && read.Add(path) && package.Parts.Xml(path) is { } slide)
            {
                pages.Add(new SlidesReader(presentation, designs).Page(package, path, slide, ++number));
            }
        }

        // A slide without text stays: its picture may be worth knowing about.
        return new FlowDocument(package.Title, FlowPaginator.Carry(pages, page => page.HasText || page.Hidden.Count == 0));
    }

    private FlowPage Page(OfficePackage package, string path, XElement slide, int number)
    {
        string label = string.Create(CultureInfo.InvariantCulture, $"slide {number}");
        if (slide.Attr("show") is "0" or "false")
        {
            builder.Hide(HiddenTextKind.Marked, string.Join(' ', slide.All("t").Select(text => text.Value)));
            return new FlowPage(label, []) { Hidden = [.. builder.HiddenAtEnd] };
        }

        List<Relation> related = package.Related(path);
        if (slide.Child("cSld")?.Child("spTree") is { } tree)
        {
            ground = new SlideGround(designs, related, slide);
            var shapes = Shapes(tree, 0).ToList();
            foreach (XElement shape in shapes.Where(IsTitle).Concat(shapes.Where(shape => !IsTitle(shape))))
            {
                Write(shape);
            }
        }

        under = null;
        foreach (Relation relation in related)
        {
            if (relation.Type == "diagramData" && package.Parts.Xml(relation.Target) is { } diagram)
            {
                foreach (XElement text in diagram.All("pt").Select(point => point.Child("t")).OfType<XElement>())
                {
                    Paragraphs(text, item: true);
                }
            }
            else if (relation.Type == "notesSlide" && package.Parts.Xml(relation.Target) is { } notes)
            {
                Notes(notes);
            }
        }

        IReadOnlyList<FlowBlock> blocks = builder.Blocks;
        return new FlowPage(label, blocks) { Hidden = [.. blocks.SelectMany(block => block.Hidden), .. builder.HiddenAtEnd] };
    }

    /// <summary>Shapes of a slide in their order, those in groups included.</summary>
    private static IEnumerable<XElement> Shapes(XElement parent, int depth)
    {
        if (depth > DeepestNesting)
        {
            throw new RefusedFileException(RefusalReason.Damaged);
        }

        return parent.Elements().SelectMany(shape => shape.Name.LocalName switch
        {
            "grpSp" => Shapes(shape, depth + 1),
            "AlternateContent" => WordRuns.Alternative(shape) is { } choice ? Shapes(choice, depth + 1) : [],
            "sp" or "graphicFrame" => [shape],
            _ => [],
        });
    }

    private static string? Placeholder(XElement shape) =>
        shape.Child("nvSpPr")?.Child("nvPr")?.Child("ph") is { } placeholder ? placeholder.Attr("type") ?? "body" : null;

    private static bool IsTitle(XElement shape) => Placeholder(shape) is "title" or "ctrTitle";

    private void Write(XElement shape)
    {
        if (Hidden(shape) is { } hidden)
        {
            builder.Hide(hidden, string.Join(' ', shape.All("t").Select(text => text.Value)));
            return;
        }

        foreach (XElement table in shape.All("tbl"))
        {
            Table(table);
        }

        under = ground?.Under(shape);

        string? placeholder = Placeholder(shape);
        if (shape.Child("txBody") is not { } body || placeholder is "ftr" or "sldNum" or "dt" or "hdr")
        {
            return;
        }

        if (IsTitle(shape))
        {
            builder.BeginHeading(1);
            builder.Append(string.Join(' ', body.Children("p").Select(TextOf)));
            builder.Close();
        }
        else
        {
            Paragraphs(body, item: placeholder is "body" or "obj" && body.Children("p").Count(paragraph => paragraph.All("t").Any()) > 1);
        }
    }

    private void Paragraphs(XElement body, bool item)
    {
        foreach (XElement paragraph in body.Children("p"))
        {
            if (item && paragraph.Child("pPr")?.Child("buNone") is null)
            {
                builder.BeginItem("•");
            }
            else
            {
                builder.BeginParagraph();
            }

            builder.Append(TextOf(paragraph));
            builder.Close();
        }
    }

    private void Table(XElement table)
    {
        var rows = new List<string[]>();
        foreach (XElement row in table.Children("tr"))
        {
            string[] above = rows.Count > 0 ? rows[^1] : [];
            string[] cells = [.. row.Children("tc").Select((cell, column) => cell.Attr("vMerge") is "1" or "true" && column < above.Length
                ? above[column] : CellText(cell))];
            length += cells.Sum(cell => cell.Length + 1L);
            if (length > FlowBuilder.MostCharacters)
            {
                throw new RefusedFileException(RefusalReason.TooLarge);   // one long text in thousands of merged cells
            }

            if (cells.Length > 0)
            {
                rows.Add(cells);
            }
        }

        if (rows.Count == 0)
        {
            return;
        }

        int heads = TableHeader.Count(rows);
        heads = heads == 0 && table.Child("tblPr")?.Attr("firstRow") is "1" or "true" && rows.Count > 1 ? 1 : heads;
        string? caption = TableHeader.Caption(null, heads > 0 ? TableHeader.Join(rows, heads) : null);
        foreach (string[] row in rows)
        {
            builder.Row(row, caption);
        }
    }

    private string CellText(XElement cell)
    {
        under = ground?.UnderCell(cell);
        return FlowText.Fold(string.Join(' ', cell.All("p").Select(TextOf)));
    }

    private void Notes(XElement notes)
    {
        string words = string.Join('\n', (notes.Child("cSld")?.Child("spTree") is { } tree ? Shapes(tree, 0) : [])
            .Where(shape => Placeholder(shape) == "body").SelectMany(shape => shape.Child("txBody")?.Children("p") ?? []).Select(TextOf));
        if (words.Trim().Length > 0)
        {
            builder.BeginParagraph();
            builder.Append("Speaker notes: " + words);
            builder.Close();
        }
    }

    private string TextOf(XElement paragraph)
    {
        var text = new System.Text.StringBuilder();
        foreach (XElement run in paragraph.Elements())
        {
            if (run.Is("br"))
            {
                text.Append('\n');
            }
            else if (run.Is("r") || run.Is("fld"))
            {
                string words = run.Child("t")?.Value ?? "";
                if (OfficeXml.Int(run.Child("rPr")?.Attr("sz")) is < TinyHundredths)
                {
                    builder.Hide(HiddenTextKind.Tiny, words);
                }
                else if (ground?.IsUnseen(run, paragraph, under) == true)
                {
                    builder.Hide(HiddenTextKind.SameColour, words);
                }
                else
                {
                    text.Append(OfficeXml.Int(run.Child("rPr")?.Attr("baseline")) > 0 ? FlowText.Raised(words) : words);
                }
            }
        }

        return text.ToString();
    }

    /// <summary>Marked as hidden, or placed where no slide is.</summary>
    private HiddenTextKind? Hidden(XElement shape)
    {
        if (shape.Elements().FirstOrDefault(child => child.Name.LocalName.StartsWith("nv", StringComparison.Ordinal))?.Child("cNvPr")?.Attr("hidden") is "1" or "true")
        {
            return HiddenTextKind.Marked;
        }

        // Places inside a group are in the group's own measure.
        XElement? place = shape.Child("spPr")?.Child("xfrm") ?? shape.Child("xfrm");
        if (place is null || shape.Parent?.Is("grpSp") == true || place.Child("off") is not { } offset || place.Child("ext") is not { } size
            || OfficeXml.Long(offset.Attr("x")) is not { } x || OfficeXml.Long(offset.Attr("y")) is not { } y
            || OfficeXml.Long(size.Attr("cx")) is not { } across || OfficeXml.Long(size.Attr("cy")) is not { } down)
        {
            return null;
        }

        return x >= width || y >= height || (x < 0 && x + across <= 0) || (y < 0 && y + down <= 0) ? HiddenTextKind.OutOfSight : null;
    }
}
