using Rag.Ingestion.Extraction;
using Rag.Testing.Office;

namespace Rag.Ingestion.Tests.Extraction.Kinds;

/// <summary>Mails as programs and services put them together, and books without headings.</summary>
public sealed class MailCasesTests
{
    [Fact]
    public void Texts_AroundAPicture_AreAllRead() => Assert.Equal(
        ["P Before the picture.", "P After it: 500 euros."],
        Read("multipart/mixed", "text/plain\n\nBefore the picture.", "image/png; name=a.png\nContent-Disposition: inline\nContent-Transfer-Encoding: base64\n\nAAAA", "text/plain\n\nAfter it: 500 euros."));

    [Fact]
    public void PlainText_ThatOnlyPointsToTheOther_IsNotTaken()
    {
        string long_ = string.Concat(Enumerable.Repeat("The pump arrives on 12 March and costs 500 euros. ", 8)).Trim();
        Assert.Equal([$"P {long_}"], Read("multipart/alternative", "text/plain\n\nYour program cannot show HTML.", $"text/html\n\n<p>{long_}</p>"));
        Assert.Equal(["P The pump arrives on 12 March."], Read("multipart/alternative", "text/plain\n\nThe pump arrives on 12 March.", "text/html\n\n<p>The <b>pump</b> arrives on 12 March.</p>"));
    }

    [Fact]
    public void Mail_PassedOnInAMail_IsASectionOfItsOwn() => Assert.Equal(
        ["P See below.", "H5 First order", "P From: x@example.org", "P We order ten pumps."],
        Read("multipart/mixed", "text/plain\n\nSee below.", "message/rfc822\nContent-Disposition: attachment; filename=first.eml\n\nFrom: x@example.org\nSubject: First order\n\nWe order ten pumps."));

    [Fact]
    public void FlowedText_IsJoined() => Assert.Equal(
        ["P A long paragraph that was wrapped by the program."],
        Outline("Content-Type: text/plain; format=flowed\n\nA long paragraph that was \nwrapped by the program.\n"));

    [Fact]
    public void Book_WhoseChaptersHaveNoHeadings_IsNamedByItsContents()
    {
        Reading book = Flows.Read(FileKind.Epub, ZipFiles.Chapter(
            "<p>It was a dark night.</p>",
            ("b.opf", """
                <package><manifest><item id="x" href="toc.ncx" media-type="application/x-dtbncx+xml"/><item id="c" href="cover.xhtml" media-type="application/xhtml+xml"/>
                <item id="a" href="a.xhtml" media-type="application/xhtml+xml"/><item id="b" href="b.xhtml" media-type="application/xhtml+xml"/></manifest>
                <spine><itemref idref="c"/><itemref idref="a"/><itemref idref="b"/></spine></package>
                """),
            ("toc.ncx", """<ncx><navMap><navPoint><navLabel><text>The beginning</text></navLabel><content src="a.xhtml#top"/></navPoint></navMap></ncx>"""),
            ("cover.xhtml", "<html><body><img src='c.jpg'/></body></html>"), ("b.xhtml", "<html><body><p>The end.</p></body></html>")));
        Assert.Equal(["The beginning", "chapter 2"], book.Labels());
    }

    [Fact]
    public void Xhtml_WithAnEmptyScript_IsNotSwallowedByIt() => Assert.Equal(
        ["P Seen."], Flows.Read(FileKind.Html, "<?xml version=\"1.0\"?><html xmlns=\"http://www.w3.org/1999/xhtml\"><head><script src=\"a.js\"/></head><body><p>Seen.</p></body></html>").Outline());

    [Fact]
    public void Page_InUtf8ThatSaysSomethingElse_IsUtf8() =>
        Assert.Equal(["P Grüße"], Flows.Read(FileKind.Html, "<meta charset=iso-8859-1><p>Grüße</p>").Outline());

    private static string[] Read(string type, params string[] parts) =>
        Outline($"Content-Type: {type}; boundary=b\n\n{string.Concat(parts.Select(part => $"--b\nContent-Type: {part}\n\n"))}--b--\n");

    /// <summary>Without the lines of the mail's own head.</summary>
    private static string[] Outline(string mail) => Flows.Read(FileKind.Mail, $"From: jo@example.org\nSubject: Pumps\nMIME-Version: 1.0\n{mail}").Outline()[2..];
}
