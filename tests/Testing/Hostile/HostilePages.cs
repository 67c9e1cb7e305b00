using System.Globalization;
using System.Text;
using Rag.Testing.Office;

namespace Rag.Testing.Hostile;

/// <summary>HTML pages and books that mean harm.</summary>
internal static class HostilePages
{
    private const string Line = HostileFile.Line;
    private static readonly HostileFiles Html = new("html"), Epub = new("epub");

    public static IEnumerable<HostileFile> Tricks(int seed)
    {
        var random = new Random(seed);
        return Pages(random).Concat(Charsets()).Concat(Books(random));
    }

    public static IEnumerable<HostileFile> SmallTricks() => Charsets();

    private static IEnumerable<HostileFile> Pages(Random random)
    {
        string words = $"<p>{Line}</p>";
        foreach (string element in (string[])["div", "section", "blockquote", "ul><li", "ol><li", "span", "b", "header", "nav", "table><tr><td", "svg", "template", "font", "a href=x"])
        {
            string[] tags = element.Split('>');
            string open = string.Concat(tags.Select(tag => $"<{tag.TrimStart('<')}>"));
            yield return Html.Read($"nested {tags[^1].Split(' ')[0].TrimStart('<')}", Bytes($"<html><body>{words}{Repeat(open, random.Next(60_000, 100_000))}the bottom"));
        }

        yield return Html.Read("closed-without-opening", Bytes(words + Repeat("</div></p></b></table></body>", random.Next(10_000, 100_000)) + words));
        yield return Html.Read("formats-multiplied", Bytes($"{words}{string.Concat(Enumerable.Range(0, 2_000).Select(i => $"<b id={i}>"))}{Repeat("<p>x", 20_000)}"));
        yield return Html.Read("attributes-many", Bytes($"<p{string.Concat(Enumerable.Range(0, random.Next(100_000, 500_000)).Select(i => string.Create(CultureInfo.InvariantCulture, $" a{i}={i}")))}>{Line}"));
        yield return Html.Read("classes-million", Bytes($"<style>.a{{display:none}}</style>{Repeat($"<p class='{Repeat("b ", 20_000)}'>x", 50)}{words}"));
        yield return Html.Read("style-huge", Bytes($"<style>{Repeat(".a{display:none}", 20_000)}{Repeat("{", 50_000)}</style><p style='{Repeat("color:white;", 100_000)}color:black'>{Line}"));
        yield return Html.Read("comment-without-end", Bytes($"{words}<!--{new string('-', 1_000_000)}"));
        yield return Html.Read("script-without-end", Bytes($"{words}<script>{Repeat("document.write('x');", 50_000)}"));
        yield return Html.Read("tag-without-end", Bytes($"{words}<{new string('x', 2_000_000)}"));
        yield return Html.Read("attribute-without-end", Bytes($"{words}<a href=\"{new string('x', 2_000_000)}"));
        yield return Html.Read("entities-monstrous", Bytes($"{words}&#99999999999999999999;&#xFFFFFFFFFF;&#0;&#55296;&{new string('n', 500_000)};{Repeat("&NotSucceedsSlantEqual", 20_000)}"));
        yield return Html.Read("spans-huge", Bytes($"<table>{Repeat("<tr><td colspan=2147483647 rowspan=2147483647>a<td>b", 3_000)}</table>{words}"));
        yield return Html.Refuse("spans-multiplied", Bytes($"<table><tr><th colspan=100 rowspan=100>{Noise(random, 200_000)}<th>b{Repeat("<tr><td>c", 100)}</table>{words}"), "TooLarge", "OutOfMemory");
        yield return Html.Read("table-wide", Bytes($"<table><tr>{Repeat("<td>a", random.Next(100_000, 500_000))}</table>{words}"));
        yield return Html.Read("table-long", Bytes($"<table>{Repeat("<tr><td>a<td>b", 60_000)}<tr><td>{Line}<td>c</table>"));
        yield return Html.Read("options-many", Bytes($"{words}<select>{Repeat("<option>a", 200_000)}</select>"));
        yield return Html.Read("title-and-heading-huge", Bytes($"<title>{Repeat("title ", 200_000)}</title><h1>{Repeat("heading ", 200_000)}</h1>{words}"));
        yield return Html.Read("line-of-megabytes", Bytes($"<p>{new string('x', random.Next(2_000_000, 7_000_000))}</p>{words}"));
        yield return Html.Read("breaks-million", Bytes(Repeat("<br>", 500_000) + words));
        yield return Html.Read("loads-from-outside", Bytes($"<base href='http://127.0.0.1:9/'><meta http-equiv=refresh content='0;url=file:///etc/passwd'><link rel=stylesheet href=//127.0.0.1:9/a.css><img src=http://127.0.0.1:9/a.png><iframe src=file:///etc/passwd></iframe><object data=file:///etc/passwd></object>{words}"));
        yield return Html.Read("document-type-entities", Bytes($"<!DOCTYPE html [<!ENTITY a SYSTEM \"file:///etc/passwd\"><!ENTITY b \"&a;&a;\">]><p>&a;&b;</p>{words}"));
        yield return Html.Refuse("frames-hide-all", Bytes($"<p hidden>{Line}</p><script>{Line}</script>"), "Empty");
    }

    /// <summary>What a page says of its letters and what they are: English survives every lie.</summary>
    private static IEnumerable<HostileFile> Charsets()
    {
        foreach (string charset in (string[])["utf-16", "utf-32", "utf-7", "shift_jis", "iso-2022-jp", "ebcdic-cp-us", "docent-9", "windows-1251", "x-user-defined", new string('a', 39)])
        {
            yield return Html.Read("charset-lies", Bytes($"<meta charset={charset}><p>{Line} Größe"));
        }

        yield return Html.Read("bytes-no-utf8", [.. Bytes($"<meta charset=utf-8><p>{Line}"), 0xC3, 0x28, 0xF8, 0xFF, 0xED, 0xA0, 0x80, .. Bytes(Line)]);
        yield return Html.Read("utf16-odd", [.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes($"<p>{Line}</p><p>\uD800 torn"), 0x41]);
        yield return Html.Refuse("zeros", [.. Bytes($"<p>{Line}"), .. new byte[5_000]], "WrongType");
    }

    private static IEnumerable<HostileFile> Books(Random random)
    {
        string words = $"<p>{Line}</p>";
        string Opf(string spine, string items = "") => $"<package><manifest><item id=\"a\" href=\"a.xhtml\" media-type=\"application/xhtml+xml\"/>{items}</manifest>{spine}</package>";
        string Item(string id, string href) => $"<item id=\"{id}\" href=\"{href}\" media-type=\"application/xhtml+xml\"/>";
        yield return Epub.Refuse("spine-missing", ZipFiles.Chapter(words, ("b.opf", Opf(""))), "Empty");
        yield return Epub.Refuse("spine-of-nothing", ZipFiles.Chapter(words, ("b.opf", Opf("<spine><itemref idref=\"z\"/><itemref/></spine>"))), "Empty");
        yield return Epub.Read("spine-in-a-circle", ZipFiles.Chapter(words, ("b.opf", Opf($"<spine>{Repeat("<itemref idref=\"a\"/>", random.Next(10_000, 100_000))}</spine>"))));
        yield return Epub.Read("chapter-under-many-names", ZipFiles.Chapter(words, ("b.opf", Opf($"<spine>{Numbers(20_000, i => $"<itemref idref=\"i{i}\"/>")}</spine>", Numbers(20_000, i => Item($"i{i}", "a.xhtml"))))));
        yield return Epub.Refuse("book-is-its-container", ZipFiles.Chapter(words, ("META-INF/container.xml", "<container><rootfile full-path=\"META-INF/container.xml\"/></container>")), "Empty");
        yield return Epub.Refuse("book-missing", ZipFiles.Chapter(words, ("META-INF/container.xml", "<container><rootfile full-path=\"../../etc/passwd\"/></container>")), "Damaged");
        yield return Epub.Refuse("container-missing", ZipFiles.Of(("mimetype", "application/epub+zip"), ("a.xhtml", words)), "WrongType");
        yield return Epub.Refuse("locked", ZipFiles.Chapter(words, ("META-INF/encryption.xml", "<encryption><EncryptedData><CipherData><CipherReference URI=\"a.xhtml\"/></CipherData></EncryptedData></encryption>")), "Encrypted");
        yield return Epub.Read("locked-fonts", ZipFiles.Chapter(words, ("META-INF/encryption.xml", "<encryption><EncryptedData><CipherData><CipherReference URI=\"fonts/a.otf\"/></CipherData></EncryptedData></encryption>")));
        yield return Epub.Refuse("lock-is-a-bomb", ZipFiles.Chapter(words, ("META-INF/encryption.xml", $"<!DOCTYPE e [<!ENTITY a \"b\">]>{Repeat("<e>", 50_000)}&a;")), "Damaged");
        yield return Epub.Read("chapters-outside", ZipFiles.Chapter(words, ("b.opf", Opf(
            "<spine><itemref idref=\"x\"/><itemref idref=\"y\"/><itemref idref=\"z\"/><itemref idref=\"a\"/></spine>", Item("x", "../../../../../etc/passwd") + Item("y", "http://127.0.0.1:9/a.xhtml") + Item("z", "%00%ff%zz%")))));
        yield return Epub.Read("document-type", ZipFiles.Chapter($"{words}&bomb;", ("META-INF/container.xml", "<!DOCTYPE c SYSTEM \"http://127.0.0.1:9/c.dtd\" [<!ENTITY a \"b\">]><container><rootfile full-path=\"b.opf\"/></container>")));
        yield return Epub.Read("chapter-nested", ZipFiles.Chapter(words + Repeat("<div>", random.Next(60_000, 100_000))));
        yield return Epub.Read("chapter-slashes", ZipFiles.Chapter($"{words}<a {Repeat("/ ", 500_000)}<p {new string(' ', 500_000)}"));
        yield return Epub.Read("manifest-long", ZipFiles.Chapter(words, ("b.opf", Opf("<spine><itemref idref=\"a\"/></spine>", Numbers(random.Next(10_000, 60_000), i => Item($"i{i}", $"{i}.xhtml"))))));
        yield return Epub.Read("title-huge", ZipFiles.Chapter(words, ("b.opf", Opf($"<metadata><title>{Repeat("title ", 200_000)}</title></metadata><spine><itemref idref=\"a\"/></spine>"))));
    }

    private static string Numbers(int count, Func<int, string> each) => string.Concat(Enumerable.Range(0, count).Select(each));

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static string Repeat(string text, int times) => new StringBuilder(text.Length * times).Insert(0, text, times).ToString();

    private static string Noise(Random random, int length) => string.Concat(Enumerable.Range(0, length / 9).Select(_ => random.Next(0x10000000, int.MaxValue).ToString("x8", CultureInfo.InvariantCulture) + " "));
}
