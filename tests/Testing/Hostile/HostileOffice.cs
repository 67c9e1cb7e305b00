using System.Globalization;
using System.Text;
using Rag.Testing.Office;

namespace Rag.Testing.Hostile;

/// <summary>Word, PowerPoint and Excel files whose parts mean harm. How each must end stands beside it.</summary>
internal static class HostileOffice
{
    private const string Line = HostileFile.Line;

    private static readonly HostileFiles Docx = new("docx"), Pptx = new("pptx"), Xlsx = new("xlsx");

    public static IEnumerable<HostileFile> Tricks(int seed)
    {
        var random = new Random(seed);
        return SmallTricks(seed).Concat(Word(random)).Concat(Slides(random)).Concat(Sheets(random));
    }

    public static IEnumerable<HostileFile> SmallTricks(int seed) => Xml(seed, new Random(seed)).Concat(Packages(new Random(seed)));

    /// <summary>The XML itself: in any of the three, and in a book.</summary>
    private static IEnumerable<HostileFile> Xml(int seed, Random random)
    {
        string kind = ((string[])["docx", "pptx", "xlsx", "epub"])[seed % 4], part = HostileZips.MainOf(kind);
        var files = new HostileFiles(kind);
        byte[] Main(string xml) => HostileZips.Good(kind, (part, xml));
        string laughs = string.Concat(Enumerable.Range(1, 20).Select(i => $"<!ENTITY l{i} \"{string.Concat(Enumerable.Repeat($"&l{i - 1};", 10))}\">"));
        yield return files.Refuse("entity-bomb", Main($"<!DOCTYPE d [<!ENTITY l0 \"ha\">{laughs}]><d>&l20;</d>"), "Damaged");
        yield return files.Refuse("entity-of-a-file", Main("<!DOCTYPE d [<!ENTITY a SYSTEM \"file:///etc/passwd\">]><d>&a;</d>"), "Damaged");
        yield return files.Refuse("entity-of-the-web", Main("<!DOCTYPE d [<!ENTITY a SYSTEM \"http://127.0.0.1:9/a\">]><d>&a;</d>"), "Damaged");
        yield return files.Refuse("entity-of-parameters", Main("<!DOCTYPE d [<!ENTITY % a SYSTEM \"http://127.0.0.1:9/a.dtd\">%a;]><d>&b;</d>"), "Damaged");
        yield return files.Refuse("elements-nested", Main(Nest("<a>", random.Next(2_000, 300_000), "", "</a>")), "Damaged");
        yield return files.Refuse("attribute-twice", Main("<a b='1' b='2'/>"), "Damaged");
        yield return files.Refuse("bytes-no-utf8", ZipFiles.Replace(HostileZips.Good(kind), part, [.. "<a>"u8, 0xC3, 0x28, 0xFF, .. "</a>"u8]), "Damaged");
        yield return files.Refuse("encoding-lies", Main("<?xml version=\"1.0\" encoding=\"utf-16\"?><a/>"), "Damaged");
        yield return files.Refuse("encoding-unknown", Main("<?xml version=\"1.0\" encoding=\"docent-9\"?><a/>"), "Damaged");
        yield return files.Refuse("control-characters", Main("<a>&#0;&#1;</a>"), "Damaged");
        yield return files.Refuse("part-empty", Main(""), "Damaged");
        yield return files.Refuse("part-cut", Main("<a><b><c"), "Damaged");
        yield return Docx.Read("attributes-many", ZipFiles.Word($"<w:p{Attributes(random.Next(100_000, 300_000))}><w:r><w:t>{Line}</w:t></w:r></w:p>"));
        yield return Docx.Read("part-in-utf16", ZipFiles.Replace(ZipFiles.Word(""), "word/document.xml", [.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes(
            $"<?xml version=\"1.0\" encoding=\"utf-16\"?><document><body>{ZipFiles.Paragraph(Line).Replace("w:", "", StringComparison.Ordinal)}</body></document>")]));
    }

    private static IEnumerable<HostileFile> Packages(Random random)
    {
        string body = ZipFiles.Paragraph(Line);
        yield return Docx.Refuse("main-part-outside", ZipFiles.Word(body, ("_rels/.rels", ZipFiles.Relations(("r", "officeDocument", "../../../../../../etc/passwd")))), "WrongType");
        yield return Docx.Refuse("main-part-on-the-web", ZipFiles.Word(body, ("_rels/.rels", ZipFiles.Relations(("r", "officeDocument", "http://127.0.0.1:9/word/document.xml")))), "WrongType");
        yield return Docx.Read("main-part-external", ZipFiles.Word(body, ("_rels/.rels", ZipFiles.Relations(("r", "officeDocument", "http://127.0.0.1:9/a")).Replace("/></", " TargetMode=\"External\"/></", StringComparison.Ordinal))));
        yield return Docx.Read("relations-missing", ZipFiles.Word(body, ("_rels/.rels", "<Relationships/>")));
        yield return Docx.Read("relations-in-a-circle", ZipFiles.Word(body, ("word/_rels/document.xml.rels", ZipFiles.Relations(
            ("a", "styles", "document.xml"), ("b", "numbering", "document.xml"), ("c", "footnotes", "document.xml"), ("d", "endnotes", "_rels/document.xml.rels")))));
        yield return Docx.Read("relations-outside", ZipFiles.Word(body, ("word/_rels/document.xml.rels", ZipFiles.Relations(
            ("a", "styles", "../../../etc/passwd"), ("b", "numbering", "file:///etc/passwd"), ("c", "footnotes", "http://127.0.0.1:9/notes"), ("d", "attachedTemplate", "\\\\server\\share\\evil.dotm")))));
        yield return Docx.Read("relations-many", ZipFiles.Word(body, ("word/_rels/document.xml.rels", ZipFiles.Relations([.. Enumerable.Range(0, random.Next(10_000, 60_000)).Select(i => ($"r{i}", "image", $"media/{i}.png"))]))));
        yield return Pptx.Read("slide-is-its-own-note", ZipFiles.Slides(ZipFiles.Shape(Line), ("ppt/slides/_rels/slide1.xml.rels", ZipFiles.Relations(("a", "notesSlide", "slide1.xml"), ("b", "diagramData", "slide1.xml"), ("c", "slide", "slide1.xml")))));
    }

    private static IEnumerable<HostileFile> Word(Random random)
    {
        string body = ZipFiles.Paragraph(Line);
        string styled = $"<w:p><w:pPr><w:pStyle w:val=\"s0\"/></w:pPr><w:r><w:rPr><w:rStyle w:val=\"s1\"/></w:rPr><w:t>{Line}</w:t></w:r></w:p>";
        yield return Docx.Read("styles-in-a-circle", Styled(styled, "<w:style w:styleId=\"s0\"><w:basedOn w:val=\"s1\"/></w:style><w:style w:styleId=\"s1\"><w:basedOn w:val=\"s0\"/></w:style>"));
        yield return Docx.Read("style-on-itself", Styled(styled, "<w:style w:styleId=\"s0\"><w:basedOn w:val=\"s0\"/></w:style>"));
        yield return Docx.Read("styles-in-a-chain", Styled(styled, string.Concat(Enumerable.Range(0, random.Next(1_000, 30_000)).Select(i => $"<w:style w:styleId=\"s{i}\"><w:basedOn w:val=\"s{i + 1}\"/></w:style>"))));
        yield return Docx.Read("style-with-many-children", Styled(Repeat(styled, 10_000), $"<w:style w:styleId=\"s0\">{Repeat("<w:x/>", random.Next(20_000, 60_000))}</w:style>"));
        yield return Docx.Read("tables-nested", ZipFiles.Word(Nest("<w:tbl><w:tr><w:tc>", random.Next(50, 300), body, "</w:tc></w:tr></w:tbl>")));
        yield return Docx.Refuse("tables-nested-deep", ZipFiles.Word(Nest("<w:tbl><w:tr><w:tc>", random.Next(1_000, 100_000), body, "</w:tc></w:tr></w:tbl>")), "Damaged");
        yield return Docx.Refuse("controls-nested", ZipFiles.Word(Nest("<w:sdt><w:sdtContent>", random.Next(100, 50_000), body, "</w:sdtContent></w:sdt>")), "Damaged");
        yield return Docx.Refuse("boxes-nested", ZipFiles.Word(Nest("<w:p><w:r><w:pict><w:txbxContent>", random.Next(60, 200), body, "</w:txbxContent></w:pict></w:r></w:p>")), "Damaged");
        yield return Docx.Read("cells-span-huge", ZipFiles.Word($"<w:tbl><w:tr>{Repeat("<w:tc><w:tcPr><w:gridSpan w:val=\"2147483647\"/></w:tcPr></w:tc>", random.Next(1_000, 100_000))}</w:tr></w:tbl>{body}"));
        yield return Docx.Read("cells-many", ZipFiles.Word($"<w:tbl><w:tr>{Repeat("<w:tc><w:p><w:r><w:t>a</w:t></w:r></w:p></w:tc>", random.Next(10_000, 100_000))}</w:tr><w:tr><w:tc>{body}</w:tc></w:tr></w:tbl>"));
        yield return Docx.Refuse("cell-merged-down-for-ever", ZipFiles.Word($"<w:tbl><w:tr><w:tc><w:tcPr><w:vMerge w:val=\"restart\"/></w:tcPr>{ZipFiles.Paragraph(Noise(random, 100_000))}</w:tc></w:tr>{Repeat("<w:tr><w:tc><w:tcPr><w:vMerge/></w:tcPr></w:tc></w:tr>", 20_000)}</w:tbl>{body}"), "TooLarge");
        yield return Docx.Read("list-level-huge", Numbered("<w:p><w:pPr><w:numPr><w:ilvl w:val=\"2147483647\"/><w:numId w:val=\"1\"/></w:numPr></w:pPr><w:r><w:t>" + Line + "</w:t></w:r></w:p>", "%1."));
        yield return Docx.Read("list-mark-huge", Numbered(Repeat("<w:p><w:pPr><w:numPr><w:numId w:val=\"1\"/></w:numPr></w:pPr><w:r><w:t>" + Line + "</w:t></w:r></w:p>", 2_000), Repeat("%1", random.Next(100_000, 300_000))));
        yield return Docx.Read("note-on-itself", Noted(1, $"<w:p><w:r><w:t>{Line}</w:t></w:r><w:r><w:footnoteReference w:id=\"2\"/></w:r></w:p>"));
        yield return Docx.Read("note-cited-for-ever", Noted(random.Next(5_000, 50_000), ZipFiles.Paragraph(Line + Noise(random, 20_000))));
        yield return Docx.Read("paragraph-of-one-word", ZipFiles.Word(ZipFiles.Paragraph(new string('x', random.Next(1_000_000, 8_000_000))) + body));
        yield return Docx.Read("paragraphs-empty", ZipFiles.Word(Repeat("<w:p/>", random.Next(100_000, 500_000)) + body));
        yield return Docx.Read("boxes-many", ZipFiles.Word($"<w:p>{Repeat("<w:r><w:pict><v:shape xmlns:v='v'><w:txbxContent><w:p><w:r><w:rPr><w:color w:themeColor='background1'/></w:rPr><w:t>a</w:t></w:r></w:p></w:txbxContent></v:shape></w:pict></w:r>", 10_000)}</w:p>{body}"));
        yield return Docx.Read("numbers-monstrous", ZipFiles.Word($"<w:p><w:pPr><w:outlineLvl w:val=\"-99999999999999999999\"/></w:pPr><w:r><w:rPr><w:sz w:val=\"1e99\"/></w:rPr><w:t>{Line}</w:t></w:r></w:p>"));
    }

    private static IEnumerable<HostileFile> Slides(Random random)
    {
        string shape = ZipFiles.Shape(Line);
        yield return Pptx.Read("slide-listed-for-ever", ZipFiles.Slides(shape, ("ppt/presentation.xml", $"<p:presentation xmlns:p=\"p\" xmlns:r=\"r\"><p:sldIdLst>{Repeat("<p:sldId id=\"256\" r:id=\"r1\"/>", random.Next(20_000, 100_000))}</p:sldIdLst></p:presentation>")));
        yield return Pptx.Read("groups-nested", ZipFiles.Slides(Nest("<p:grpSp>", random.Next(5, 30), shape, "</p:grpSp>")));
        yield return Pptx.Refuse("groups-nested-deep", ZipFiles.Slides(Nest("<p:grpSp>", random.Next(50, 50_000), shape, "</p:grpSp>")), "Damaged");
        yield return Pptx.Read("shapes-many", ZipFiles.Slides(Repeat(ZipFiles.Shape("a"), random.Next(10_000, 50_000)) + shape));
        yield return Pptx.Read("places-monstrous", ZipFiles.Slides($"<p:sp><p:spPr><a:xfrm><a:off x=\"-9223372036854775808\" y=\"9223372036854775807\"/><a:ext cx=\"-1\" cy=\"9223372036854775807\"/></a:xfrm></p:spPr><p:txBody><a:p><a:r><a:t>far</a:t></a:r></a:p></p:txBody></p:sp>{shape}"));
        yield return Pptx.Read("table-wide", ZipFiles.Slides($"<p:graphicFrame><a:tbl><a:tr>{Repeat("<a:tc><a:txBody><a:p><a:r><a:t>a</a:t></a:r></a:p></a:txBody></a:tc>", random.Next(10_000, 60_000))}</a:tr></a:tbl></p:graphicFrame>{shape}"));
        string white = ThemeFiles.Box("a", ThemeFiles.Fill("bg1"), "<a:noFill/>");
        byte[] themed = ThemeFiles.Slides(white + shape);
        yield return Pptx.Read("theme-endless", ZipFiles.Replace(themed, "ppt/theme/theme1.xml", Encoding.UTF8.GetBytes(ThemeFiles.Theme().Replace("<a:fontScheme", $"<a:x>{Noise(random, 20_000_000)}</a:x><a:fontScheme", StringComparison.Ordinal))));
        yield return Pptx.Read("theme-of-elements", ZipFiles.Replace(themed, "ppt/theme/theme1.xml", Encoding.UTF8.GetBytes(ThemeFiles.Theme(light: Repeat("<a:srgbClr val='FFFFFF'/>", 500_000)))));
        yield return Pptx.Read("layout-is-its-own-master", ZipFiles.Replace(themed, "ppt/slideLayouts/_rels/slideLayout1.xml.rels", Encoding.UTF8.GetBytes(ZipFiles.Relations(("r1", "slideMaster", "slideLayout1.xml")))));
        yield return Pptx.Read("layout-endless", ZipFiles.Replace(themed, "ppt/slideLayouts/slideLayout1.xml", Encoding.UTF8.GetBytes($"<p:sldLayout xmlns:p='p'><p:cSld><p:spTree>{Repeat("<p:sp/>", random.Next(1_000_000, 2_000_000))}</p:spTree></p:cSld></p:sldLayout>")));
        yield return Pptx.Read("white-boxes-beside-many-patches", ThemeFiles.Slides(Repeat(white, 5_000) + Repeat("<p:sp><p:spPr><a:xfrm><a:off x='9000' y='9000'/><a:ext cx='1' cy='1'/></a:xfrm><a:solidFill><a:srgbClr val='000000'/></a:solidFill></p:spPr></p:sp>", 5_000) + shape));
        yield return Pptx.Read("colour-changed-for-ever", ThemeFiles.Slides(ThemeFiles.Box("a", ThemeFiles.Fill("bg1", Repeat("<a:lumMod val='99999'/>", 300_000))) + shape));
        yield return Pptx.Read("white-paragraphs-many", ThemeFiles.Slides($"<p:sp><p:spPr><a:xfrm><a:off x='0' y='0'/><a:ext cx='9' cy='9'/></a:xfrm></p:spPr><p:txBody>{Repeat("<a:p><a:r><a:t>a</a:t></a:r></a:p>", 200_000)}</p:txBody></p:sp>" + shape));
        yield return Pptx.Read("white-runs-many", ThemeFiles.Slides($"<p:sp><p:spPr><a:xfrm><a:off x='0' y='0'/><a:ext cx='9' cy='9'/></a:xfrm></p:spPr><p:txBody><a:p>{Repeat("<a:r><a:t>a</a:t></a:r>", 200_000)}</a:p></p:txBody></p:sp>" + shape));
        yield return Pptx.Read("size-nothing", ZipFiles.Slides(shape, ("ppt/presentation.xml", "<p:presentation xmlns:p=\"p\" xmlns:r=\"r\"><p:sldIdLst><p:sldId id=\"256\" r:id=\"r1\"/></p:sldIdLst><p:sldSz cx=\"-1\" cy=\"0\"/></p:presentation>")));
    }

    private static IEnumerable<HostileFile> Sheets(Random random)
    {
        string first = $"<row r=\"1\">{ZipFiles.Cell("A1", Line)}</row>";
        string Data(string rows) => $"<sheetData>{first}{rows}</sheetData>";
        yield return Xlsx.Read("rows-and-columns-huge", ZipFiles.Sheets(Data($"<row r=\"99999999999999\">{ZipFiles.Cell("ZZZZZZZZZZ1", "far")}{ZipFiles.Cell("XFD1048576", "far")}{ZipFiles.Cell("-5", "far")}</row><row r=\"-2147483648\">{ZipFiles.Cell("A2", "near")}</row>")));
        yield return Xlsx.Read("shared-count-huge", ZipFiles.Sheets(Data("<row><c t=\"s\"><v>0</v></c><c t=\"s\"><v>4294967295</v></c><c t=\"s\"><v>-1</v></c></row>"), ("xl/sharedStrings.xml", "<sst count=\"4294967295\" uniqueCount=\"4294967295\"><si><t>a</t></si></sst>")));
        yield return Xlsx.Refuse("shared-text-repeated", ZipFiles.Sheets(Data(Repeat("<row><c t=\"s\"><v>0</v></c></row>", random.Next(2_000, 20_000))), ("xl/sharedStrings.xml", $"<sst><si><t>{Noise(random, 1_000_000)}</t></si></sst>")), "TooLarge");
        int merged = random.Next(300_000, 1_000_000);
        yield return Xlsx.Read("merges-million", ZipFiles.Sheets($"{Data("")}<mergeCells count=\"{merged}\">{string.Concat(Enumerable.Range(1, merged).Select(i => $"<mergeCell ref=\"A{i}:B{i}\"/>"))}</mergeCells>"));
        yield return Xlsx.Read("columns-hidden-many", ZipFiles.Sheets($"<cols>{Repeat("<col min=\"5\" max=\"1000000000\" hidden=\"1\"/>", 50_000)}</cols>{Data($"<row>{Repeat("<c><v>1</v></c>", 50_000)}</row>")}"));
        yield return Xlsx.Read("cell-in-pieces", ZipFiles.Sheets(Data($"<row><c t=\"inlineStr\"><is>{Repeat("<t>ab</t>", random.Next(100_000, 500_000))}</is></c><c t=\"str\"><v>{Repeat("<![CDATA[c]]>", 200_000)}</v></c></row>")));
        yield return Xlsx.Read("numbers-monstrous", ZipFiles.Sheets(Data("<row><c s=\"1\"><v>1e308</v></c><c s=\"1\"><v>-1e308</v></c><c s=\"1\"><v>NaN</v></c><c s=\"1\"><v>Infinity</v></c><c s=\"99999999\"><v>9</v></c><c s=\"-1\"><v>-9</v></c></row>"),
            ("xl/styles.xml", "<styleSheet><cellXfs><xf/><xf numFmtId=\"14\"/></cellXfs></styleSheet>")));
        string code = ((string[])["0", "[", "&quot;", "?/", "[h]", ";"])[random.Next(6)];
        yield return Xlsx.Read("format-monstrous", ZipFiles.Sheets(Data("<row><c s=\"1\"><v>1.5</v></c></row>"), ("xl/styles.xml", $"<styleSheet><numFmts><numFmt numFmtId=\"200\" formatCode=\"{Repeat(code, random.Next(10_000, 100_000))}\"/></numFmts><cellXfs><xf/><xf numFmtId=\"200\"/></cellXfs></styleSheet>")));
        yield return Xlsx.Read("shared-text-in-pieces", ZipFiles.Sheets(Data("<row><c t=\"s\"><v>0</v></c></row>"), ("xl/sharedStrings.xml", $"<sst><si>{Repeat("<t>a</t>", 500_000)}</si><si><r>{Repeat("<t>a</t>", 500_000)}</r></si></sst>")));
        yield return Xlsx.Read("palette-monstrous", ThemeFiles.Sheets(Data(""), ["<color indexed='2147483647' tint='1e308'/>", "<color theme='-2147483648'/>"], [], [(1, 0), (2, 0)], more: $"<colors><indexedColors>{Repeat("<rgbColor rgb='FFFFFFFF'/>", 300_000)}</indexedColors></colors>"));
        yield return Xlsx.Read("sheet-listed-for-ever", ZipFiles.Sheets(Data(""), ("xl/workbook.xml", $"<workbook xmlns:r=\"r\"><sheets>{Repeat("<sheet name=\"Stores\" r:id=\"r1\"/>", random.Next(20_000, 60_000))}</sheets></workbook>")));
        yield return Xlsx.Read("sheet-name-monstrous", ZipFiles.Sheets(Data(""), ("xl/workbook.xml", $"<workbook xmlns:r=\"r\"><sheets><sheet name=\"{new string('n', 2_000_000)}\" r:id=\"r1\"/></sheets></workbook>")));
        string heads = string.Concat(Enumerable.Range(1, 1_000).Select(i => ZipFiles.Cell($"{Column(i)}2", $"head {Column(i)}")));
        yield return Xlsx.Refuse("rows-sparse", ZipFiles.Sheets($"<sheetData><row r=\"2\">{heads}</row>{string.Concat(Enumerable.Range(3, 300_000).Select(i => $"<row r=\"{i}\"><c r=\"ALL{i}\"><v>{i}</v></c></row>"))}</sheetData>"), "TooLarge");
        yield return Xlsx.Read("formulas-nested", ZipFiles.Sheets(Data($"<row><c><f>{Repeat("SUM(", 100_000)}</f><v>3</v></c></row>")));
    }

    private static byte[] Styled(string body, string styles) => ZipFiles.Word(body,
        ("word/_rels/document.xml.rels", ZipFiles.Relations(("s", "styles", "styles.xml"))), ("word/styles.xml", $"<w:styles xmlns:w=\"w\">{styles}</w:styles>"));

    private static byte[] Numbered(string body, string mark) => ZipFiles.Word(body,
        ("word/_rels/document.xml.rels", ZipFiles.Relations(("s", "numbering", "numbering.xml"))),
        ("word/numbering.xml", $"<w:numbering xmlns:w=\"w\"><w:abstractNum w:abstractNumId=\"0\"><w:lvl w:ilvl=\"0\"><w:start w:val=\"2147483647\"/><w:numFmt w:val=\"decimal\"/><w:lvlText w:val=\"{mark}\"/></w:lvl></w:abstractNum><w:num w:numId=\"1\"><w:abstractNumId w:val=\"0\"/></w:num></w:numbering>"));

    private static byte[] Noted(int times, string note) => ZipFiles.Word(Repeat("<w:p><w:r><w:t>See</w:t></w:r><w:r><w:footnoteReference w:id=\"2\"/></w:r></w:p>", times),
        ("word/_rels/document.xml.rels", ZipFiles.Relations(("s", "footnotes", "footnotes.xml"))), ("word/footnotes.xml", $"<w:footnotes xmlns:w=\"w\"><w:footnote w:id=\"2\">{note}</w:footnote></w:footnotes>"));

    private static string Nest(string open, int depth, string inside, string close) => Repeat(open, depth) + inside + Repeat(close, depth);

    private static string Repeat(string text, int times) => new StringBuilder(text.Length * times).Insert(0, text, times).ToString();

    private static string Attributes(int count) => string.Concat(Enumerable.Range(0, count).Select(i => string.Create(CultureInfo.InvariantCulture, $" a{i}='{i}'")));

    /// <summary>"A" to "ZZ", from 1.</summary>
    private static string Column(int number) => number <= 26 ? ((char)('A' + number - 1)).ToString() : Column((number - 1) / 26) + Column(((number - 1) % 26) + 1);

    /// <summary>Words that do not pack well, so that no ratio gives the file away.</summary>
    private static string Noise(Random random, int length)
    {
        var text = new StringBuilder(length);
        while (text.Length < length)
        {
            text.Append(' ').Append(random.Next().ToString("x", CultureInfo.InvariantCulture));
        }

        return text.ToString();
    }
}
