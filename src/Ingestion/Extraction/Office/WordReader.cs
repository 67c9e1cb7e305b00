using System.Globalization;
using System.Xml;
using System.Xml.Linq;
using AngleSharp.Dom;
using Rag.Ingestion.Extraction.Flow;
using Rag.Ingestion.Extraction.Markup;
using Rag.Ingestion.Extraction.Tables;
using Rag.Retrieval.Knowledge;

namespace Rag.Ingestion.Extraction.Office;

/// <summary>
/// A Word file in reading order: headings by style or outline level, lists with their numbers, tables, footnotes after their paragraph.
/// Headers, footers, comments and what was deleted under "track changes" are left out; hidden runs are reported.
/// </summary>
internal sealed class WordReader
{
    /// <summary>Tables in text boxes in tables: no real file comes near this.</summary>
    private const int DeepestNesting = 40;

    private const int MaxSpan = 100;
    private const int LongestCaption = 300;

    private readonly FlowBuilder builder = new();
    private readonly WordStyles styles;
    private readonly WordNumbering numbering;
    private readonly Dictionary<string, XElement> footnotes;
    private readonly Dictionary<string, XElement> endnotes;
    private readonly WordColours colours;
    private readonly WordRuns runs;
    private readonly OfficePackage package;
    private readonly List<(int Number, string Id, bool End)> notesOfTable = [];   // cells are one line each: notes follow the table
    private readonly HashSet<string> chunks = [];
    private Colour? paper;
    private int noteCount;
    private string? captionAbove;   // the paragraph just read, if it is a caption
    private bool goesOn;   // the end of the last paragraph was deleted

    private WordReader(OfficePackage package)
    {
        this.package = package;
        styles = new WordStyles(package.MainRelated("styles"));
        numbering = new WordNumbering(package.MainRelated("numbering"));
        footnotes = Notes(package.MainRelated("footnotes"));
        endnotes = Notes(package.MainRelated("endnotes"));
        colours = new WordColours(package);
        runs = new WordRuns(styles, colours, new Lazy<bool>(() => WordBackdrop.Has(package)), builder);
    }

    public static FlowDocument Read(byte[] file, FlowLimits limits)
    {
        using OfficePackage package = OfficePackage.Open(file, "word/document.xml", limits);
        var word = new WordReader(package);
        using XmlReader reader = package.Parts.Reader(package.Main)!;

        // Paragraph by paragraph and table by table: the whole document is never in memory as a tree.
        XElement? background = null;
        while (!reader.EOF && !(reader.NodeType == XmlNodeType.Element && reader.LocalName == "body"))
        {
            if (reader.NodeType == XmlNodeType.Element && reader.LocalName == "background")
            {
                background = (XElement)XNode.ReadFrom(reader);
            }
            else
            {
                reader.Read();
            }
        }

        word.paper = word.colours.Paper(background);
        reader.Read();
        while (!reader.EOF && !(reader.NodeType == XmlNodeType.EndElement && reader.LocalName == "body"))
        {
            if (reader.NodeType == XmlNodeType.Element)
            {
                word.Block((XElement)XNode.ReadFrom(reader), 0, word.paper);
            }
            else
            {
                reader.Read();
            }
        }

        return new FlowDocument(package.Title, FlowPaginator.BySection(word.builder.Blocks, word.builder.HiddenAtEnd));
    }

    private static Dictionary<string, XElement> Notes(XElement? part) =>
        (part?.Elements().Where(note => note.Attr("type") is null or "normal") ?? []).GroupBy(note => note.Attr("id") ?? "").ToDictionary(group => group.Key, group => group.First());

    /// <param name="under">What is behind it; null where that is not known.</param>
    private void Block(XElement element, int depth, Colour? under)
    {
        if (depth > DeepestNesting)
        {
            throw new RefusedFileException(RefusalReason.Damaged);
        }

        switch (element.Name.LocalName)
        {
            case "p":
                Paragraph(element, depth, under);
                break;
            case "tbl":
                Table(element, depth, under);
                break;
            case "sdt":
                Blocks(element.Child("sdtContent"), depth, under);
                break;
            case "ins" or "moveTo" or "customXml" or "smartTag":
                Blocks(element, depth, under);
                break;
            case "AlternateContent":
                Blocks(WordRuns.Alternative(element), depth, under);
                break;
            case "altChunk" when element.Attr("id") is { } id && chunks.Add(id):
                Chunk(id);
                break;
        }
    }

    private void Blocks(XElement? parent, int depth, Colour? under)
    {
        foreach (XElement child in parent?.Elements() ?? [])
        {
            Block(child, depth + 1, under);
        }
    }

    /// <summary>A web page inside the file: what programs write that make Word files from HTML.</summary>
    private void Chunk(string id)
    {
        if (package.Related(package.Main).Find(relation => relation.Id == id && relation.Type == "aFChunk") is { } part
            && Path.GetExtension(part.Target).ToLowerInvariant() is ".html" or ".htm" or ".xhtml" && package.Parts.Bytes(part.Target) is { } page)
        {
            using IDocument document = HtmlReader.Open(page);
            HtmlReader.Write(document, builder);
        }
    }

    private void Paragraph(XElement paragraph, int depth, Colour? under)
    {
        XElement? properties = paragraph.Child("pPr");
        WordParagraph read = runs.Read(paragraph, noteCount, under);
        int level = styles.HeadingLevel(properties);
        string marker = read.Text.Trim().Length > 0 && styles.Numbering(properties) is var (list, depthInList) ? numbering.Next(list, depthInList) : "";
        captionAbove = styles.IsCaption(properties) ? FlowText.Head(FlowText.Fold(read.Text), LongestCaption) : read.Text.Trim().Length == 0 ? captionAbove : null;
        bool joined = goesOn;
        goesOn = read.Text.Trim().Length > 0 && properties?.Child("rPr")?.Child("del") is not null;
        if (joined)
        {
            // It goes on in the same paragraph.
        }
        else if (level > 0)
        {
            builder.BeginHeading(level);
            builder.Append(marker.Length > 0 && marker != "•" ? marker + " " : "");
        }
        else if (marker.Length > 0)
        {
            builder.BeginItem(marker);
        }
        else
        {
            builder.BeginParagraph();
        }

        builder.Append(read.Text);
        if (!goesOn)
        {
            builder.Close();
        }

        Colour? behind = read.Boxes.Count == 0 || WordRuns.LiesOnDrawing(paragraph) ? null : under;
        foreach (XElement box in read.Boxes)
        {
            Blocks(box, depth + 1, colours.GroundOfBox(box, behind));
        }

        foreach ((string id, bool end) in read.Notes)
        {
            Note(++noteCount, id, end);
        }
    }

    private void Note(int number, string id, bool end)
    {
        if ((end ? endnotes : footnotes).Remove(id, out XElement? note))   // cited again it is not said again
        {
            builder.BeginParagraph();
            builder.Append(string.Create(CultureInfo.InvariantCulture, $"[{number}] {WordsOf(note, paper)}"));
            builder.Close();
        }
    }

    private void Table(XElement table, int depth, Colour? under)
    {
        under = GroundOfTable(table, under);
        goesOn = false;
        string? title = captionAbove;
        captionAbove = null;
        if (table.Child("tblGrid")?.Children("gridCol").Take(2).Count() == 1)
        {
            // One column frames text; it holds no data.
            foreach ((XElement cell, Colour? behind) in Inside(table, "tr").SelectMany(row => Inside(row, "tc").Select(cell => (cell, colours.Ground(row.Child("tblPrEx"), under)))))
            {
                Blocks(cell, depth + 1, colours.Ground(cell.Child("tcPr"), behind));
            }

            return;
        }

        var rows = new List<string[]>();
        int heads = 0;
        foreach (XElement row in Inside(table, "tr"))
        {
            XElement? properties = row.Child("trPr");
            if (properties?.Child("del") is not null)
            {
                continue;
            }

            List<string> cells = ReadRow(row, rows.Count > 0 ? rows[^1] : [], under);
            if (properties.Flag("hidden") == true)
            {
                builder.Hide(HiddenTextKind.Marked, string.Join(' ', cells));
                continue;
            }

            heads += heads == rows.Count && properties.Flag("tblHeader") == true ? 1 : 0;
            rows.Add([.. cells]);
        }

        if (rows.Count == 0)
        {
            return;
        }

        heads = heads > 0 && heads < rows.Count ? heads : TableHeader.Count(rows);
        string? caption = TableHeader.Caption(title, heads > 0 ? TableHeader.Join(rows, heads) : null);
        foreach (string[] row in rows)
        {
            builder.Row(row, caption);
        }

        (int Number, string Id, bool End)[] notes = [.. notesOfTable];
        notesOfTable.Clear();
        foreach ((int number, string id, bool end) in notes)
        {
            Note(number, id, end);
        }
    }

    private List<string> ReadRow(XElement row, string[] above, Colour? under)
    {
        under = colours.Ground(row.Child("tblPrEx"), under);
        List<string> cells = [.. Enumerable.Repeat("", Math.Clamp(OfficeXml.Int(row.Child("trPr").Val("gridBefore")) ?? 0, 0, MaxSpan))];
        foreach (XElement cell in Inside(row, "tc"))
        {
            XElement? properties = cell.Child("tcPr");
            XElement? merge = properties?.Child("vMerge");
            bool goesOn = merge is not null && merge.Attr("val") is null or "continue";
            cells.Add(goesOn && merge is not null && cells.Count < above.Length ? above[cells.Count] : FlowText.Fold(WordsOf(cell, colours.Ground(properties, under))));
            int span = Math.Clamp(OfficeXml.Int(properties.Val("gridSpan")) ?? 1, 1, MaxSpan);
            for (int i = 1; i < span && cells.Count < TableHeader.MostColumns; i++)
            {
                cells.Add("");
            }
        }

        return cells;
    }

    private string WordsOf(XElement parent, Colour? under)
    {
        var grounds = new Dictionary<XElement, Colour?>();   // of boxes and of tables in the cell, their rows and cells
        return string.Join(' ', parent.All("p")
            .Where(paragraph => !paragraph.Ancestors().TakeWhile(above => above != parent).Any(above => above.Is("Fallback")))
            .Select(paragraph =>
            {
                WordParagraph read = runs.Read(paragraph, noteCount, Ground(paragraph));
                notesOfTable.AddRange(read.Notes.Select(note => (++noteCount, note.Id, note.End)));
                return read.Text;
            }));

        Colour? Ground(XElement inner)
        {
            XElement? holder = inner.Ancestors().TakeWhile(above => above != parent).FirstOrDefault(above => above.Name.LocalName is "tc" or "tr" or "tbl" or "txbxContent");
            if (holder is null)
            {
                return under;
            }

            if (!grounds.TryGetValue(holder, out Colour? ground))
            {
                Colour? behind = Ground(holder);
                grounds[holder] = ground = holder.Name.LocalName switch
                {
                    "tbl" => GroundOfTable(holder, behind),
                    "tr" => colours.Ground(holder.Child("tblPrEx"), behind),
                    "tc" => colours.Ground(holder.Child("tcPr"), behind),
                    _ => colours.GroundOfBox(holder, behind),
                };
            }

            return ground;
        }
    }

    /// <summary>Colours of a table's style are not worked out: white letters on its dark head rows must not count as hidden.</summary>
    private Colour? GroundOfTable(XElement table, Colour? under)
    {
        XElement? look = table.Child("tblPr");
        return colours.Ground(look, styles.IsPlainTable(look.Val("tblStyle")) ? under : null);
    }

    /// <summary>Children, those in content controls (one in the other where rows repeat) and insertions included.</summary>
    private static IEnumerable<XElement> Inside(XElement parent, string name, int depth = 0) => depth > DeepestNesting ? [] : parent.Elements().SelectMany(child =>
        child.Is(name) ? [child]
        : child.Is("sdt") && child.Child("sdtContent") is { } content ? Inside(content, name, depth + 1)
        : child.Is("ins") || child.Is("customXml") ? Inside(child, name, depth + 1)
        : []);
}
