using System.IO.Compression;
using System.Text;

namespace Rag.Testing.Office;

/// <summary>Zip containers by hand: books, and Office files that no program would write.</summary>
public static class ZipFiles
{
    public static byte[] Of(params (string Name, string Content)[] parts) => Of([.. parts.Select(part => (part.Name, Encoding.UTF8.GetBytes(part.Content)))]);

    public static byte[] Of(params (string Name, byte[] Content)[] parts)
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create))
        {
            foreach ((string name, byte[] content) in parts)
            {
                using Stream entry = zip.CreateEntry(name, CompressionLevel.Optimal).Open();
                entry.Write(content);
            }
        }

        return stream.ToArray();
    }

    /// <summary>The container with one part more.</summary>
    public static byte[] Add(byte[] zip, string name, byte[] content)
    {
        using var stream = new MemoryStream();
        stream.Write(zip);
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Update, leaveOpen: true))
        {
            using Stream entry = archive.CreateEntry(name).Open();
            entry.Write(content);
        }

        return stream.ToArray();
    }

    /// <summary>The container with other bytes for one of its parts.</summary>
    public static byte[] Replace(byte[] zip, string name, byte[] content)
    {
        using var stream = new MemoryStream();
        stream.Write(zip);
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Update, leaveOpen: true))
        {
            archive.GetEntry(name)!.Delete();
        }

        return Add(stream.ToArray(), name, content);
    }

    /// <summary>A Word file with this body and these other parts.</summary>
    /// <inheritdoc cref="Slides"/>
    public static byte[] Word(string body, params (string Name, string Content)[] more) => With(
    [
        ("_rels/.rels", """<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>"""),
        ("word/document.xml", $"""<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>{body}</w:body></w:document>"""),
    ], more);

    /// <summary>A paragraph of a Word file.</summary>
    public static string Paragraph(string text) => $"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>";

    /// <summary>A PowerPoint file of one slide with these shapes.</summary>
    /// <param name="more">Other parts; one of a name that is there already takes its place.</param>
    public static byte[] Slides(string shapes, params (string Name, string Content)[] more) => With(
    [
        ("_rels/.rels", Relations(("r1", "officeDocument", "ppt/presentation.xml"))),
        ("ppt/presentation.xml", """<p:presentation xmlns:p="p" xmlns:r="r"><p:sldIdLst><p:sldId id="256" r:id="r1"/></p:sldIdLst><p:sldSz cx="9144000" cy="6858000"/></p:presentation>"""),
        ("ppt/_rels/presentation.xml.rels", Relations(("r1", "slide", "slides/slide1.xml"))),
        ("ppt/slides/slide1.xml", $"""<p:sld xmlns:p="p" xmlns:a="a"><p:cSld><p:spTree>{shapes}</p:spTree></p:cSld></p:sld>"""),
    ], more);

    /// <summary>A text box of a slide.</summary>
    public static string Shape(string text) => $"<p:sp><p:txBody><a:p><a:r><a:t>{text}</a:t></a:r></a:p></p:txBody></p:sp>";

    /// <summary>An Excel file of one sheet.</summary>
    /// <param name="inSheet">Children of the worksheet.</param>
    /// <inheritdoc cref="Slides"/>
    public static byte[] Sheets(string inSheet, params (string Name, string Content)[] more) => With(
    [
        ("_rels/.rels", Relations(("r1", "officeDocument", "xl/workbook.xml"))),
        ("xl/workbook.xml", """<workbook xmlns:r="r"><sheets><sheet name="Stores" sheetId="1" r:id="r1"/></sheets></workbook>"""),
        ("xl/_rels/workbook.xml.rels", Relations(("r1", "worksheet", "worksheets/sheet1.xml"), ("r2", "sharedStrings", "sharedStrings.xml"), ("r3", "styles", "styles.xml"))),
        ("xl/worksheets/sheet1.xml", $"<worksheet>{inSheet}</worksheet>"),
    ], more);

    /// <summary>A cell that holds its own text.</summary>
    public static string Cell(string place, string text) => $"""<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>""";

    /// <summary>A book of one chapter.</summary>
    /// <inheritdoc cref="Slides"/>
    public static byte[] Chapter(string body, params (string Name, string Content)[] more) => With(
    [
        ("mimetype", "application/epub+zip"),
        ("META-INF/container.xml", """<container><rootfiles><rootfile full-path="b.opf"/></rootfiles></container>"""),
        ("b.opf", """<package><manifest><item id="a" href="a.xhtml" media-type="application/xhtml+xml"/></manifest><spine><itemref idref="a"/></spine></package>"""),
        ("a.xhtml", $"<html><body>{body}</body></html>"),
    ], more);

    /// <summary>The part that says what another part refers to.</summary>
    public static string Relations(params (string Id, string Type, string Target)[] relations) =>
        $"""<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{string.Concat(relations.Select(relation => $"<Relationship Id=\"{relation.Id}\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/{relation.Type}\" Target=\"{relation.Target}\"/>"))}</Relationships>""";

    private static byte[] With((string Name, string Content)[] parts, (string Name, string Content)[] more) =>
        Of([.. parts.Where(part => !more.Any(other => other.Name == part.Name)), .. more]);

    /// <summary>A book of two chapters.</summary>
    public static byte[] Book() => Of(
        ("mimetype", "application/epub+zip"),
        ("META-INF/container.xml", """<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles><rootfile full-path="OEBPS/book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>"""),
        ("OEBPS/book.opf", """
            <package xmlns="http://www.idpf.org/2007/opf"><metadata xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>The Boiler Book</dc:title></metadata>
            <manifest><item id="n" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/><item id="b" href="text/two%20words.xhtml" media-type="application/xhtml+xml"/><item id="a" href="text/one.xhtml" media-type="application/xhtml+xml"/></manifest>
            <spine><itemref idref="n"/><itemref idref="a"/><itemref idref="b"/></spine></package>
            """),
        ("OEBPS/nav.xhtml", "<html><body><nav>Contents</nav></body></html>"),
        ("OEBPS/text/one.xhtml", """<?xml version="1.0" encoding="utf-8"?><!DOCTYPE html><html xmlns="http://www.w3.org/1999/xhtml"><head><title/><script src="a.js"/></head><body><h1>Lighting the boiler</h1><p>Press the red button for four seconds.</p></body></html>"""),
        ("OEBPS/text/two words.xhtml", """<html xmlns="http://www.w3.org/1999/xhtml"><body><p>The valve opens at three bars.</p></body></html>"""));

    /// <summary>A mail with a plain and an HTML text and an attachment.</summary>
    public static byte[] Mail() => Encoding.ASCII.GetBytes(string.Join("\r\n",
        "From: =?utf-8?Q?J=C3=BCrgen_Weber?= <weber@example.org>", "To: Service <service@example.org>", "Date: Tue, 4 Mar 2025 09:30:00 +0100", "Subject: Order 4711", "MIME-Version: 1.0",
        "Content-Type: multipart/mixed; boundary=outer", "", "--outer", "Content-Type: multipart/alternative; boundary=inner", "",
        "--inner", "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: quoted-printable", "", "The replacement pump arrives on 12 March. Gr=C3=BC=C3=9Fe", "",
        "--inner", "Content-Type: text/html", "", "<p>The <b>replacement</b> pump</p>", "--inner--",
        "--outer", "Content-Type: application/pdf", "Content-Disposition: attachment; filename=\"invoice.pdf\"", "Content-Transfer-Encoding: base64", "", "JVBERi0=", "--outer--", ""));
}
