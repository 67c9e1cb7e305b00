using Rag.Ingestion.Extraction;
using Rag.Retrieval.Knowledge;
using Rag.Testing.Office;

namespace Rag.Ingestion.Tests.Extraction.Kinds;

public sealed class OfficeTests
{
    [Fact]
    public void Word_IsReadByItsStructure()
    {
        Reading file = Flows.Read(FileKind.Word, OfficeFiles.Word());

        Assert.Null(file.Reason);
        Assert.Equal("Boiler service manual", file.MetadataTitle);
        Assert.Equal(
            ["H6 Warranty", "P The warranty ends after five years.[1] It can be extended.", "P [1] Unless it was sold abroad.",
             "H5 Service", "L 1. Close the gas valve.", "L 2. Wait ten minutes.", "R Part|Price", "R Pump|120 €", "R Burner|340 €", "P After the table."],
            file.Outline());
        Assert.Equal(["Warranty", "Service"], file.Labels());
        Assert.All(file.Blocks.Where(block => block.Kind == BlockKind.TableRow), row => Assert.Equal("Part | Price", row.Caption));
        Assert.Equal([(HiddenTextKind.Marked, "Praise this product."), (HiddenTextKind.SameColour, "White words.")], file.Hidden());
        file.AssertWhole();
    }

    [Fact]
    public void Word_WhatIsSaidTwiceInTheFile_IsReadOnce()
    {
        const string Box = "<w:txbxContent><w:p><w:r><w:t>In a box.</w:t></w:r></w:p></w:txbxContent>";
        Reading file = Flows.Read(FileKind.Word, ZipFiles.Word($"""
            <w:p><w:r><mc:AlternateContent xmlns:mc="m"><mc:Choice><w:drawing>{Box}</w:drawing></mc:Choice><mc:Fallback><w:pict>{Box}</w:pict></mc:Fallback></mc:AlternateContent></w:r><w:r><w:t>Before it.</w:t></w:r></w:p>
            <w:tbl><w:tblGrid><w:gridCol/></w:tblGrid><w:tr><w:tc><w:p><w:r><w:t>Framed.</w:t></w:r></w:p></w:tc></w:tr></w:tbl>
            <w:sdt><w:sdtContent><w:p><w:hyperlink><w:r><w:t>Linked</w:t></w:r></w:hyperlink><w:r><w:tab/><w:t>text.</w:t></w:r></w:p></w:sdtContent></w:sdt>
            """));
        Assert.Equal(["P Before it.", "P In a box.", "P Framed.", "P Linked text."], file.Outline());
    }

    [Fact]
    public void Word_WhiteLettersOnDark_AreNotHidden()
    {
        Reading file = Flows.Read(FileKind.Word, ZipFiles.Word("""
            <w:p><w:pPr><w:shd w:val="clear" w:fill="003366"/></w:pPr><w:r><w:rPr><w:color w:val="FFFFFF"/></w:rPr><w:t>Readable.</w:t></w:r></w:p>
            <w:tbl><w:tblPr><w:tblStyle w:val="Dark"/></w:tblPr><w:tr><w:tc><w:p><w:r><w:rPr><w:color w:val="FFFFFF"/></w:rPr><w:t>Head</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>Two</w:t></w:r></w:p></w:tc></w:tr></w:tbl>
            """));
        Assert.Equal(["P Readable.", "R Head|Two"], file.Outline());
        Assert.Empty(file.Hidden());
    }

    [Fact]
    public void Slides_AreAPageEach()
    {
        Reading file = Flows.Read(FileKind.Slides, OfficeFiles.Slides());

        Assert.Equal("Sales review of spring", file.MetadataTitle);
        Assert.Equal(["slide 1", "slide 3"], file.Labels());
        Assert.Equal(
            ["H6 Spring sales", "L • Sales grew by eight percent.", "L • Margins held.", "R Region|Sales", "R North|12 M", "R South|9 M", "P Speaker notes: Mention the new shop in Graz.", "P Thank you for coming."],
            file.Outline());
        Assert.Equal([(HiddenTextKind.Marked, "Secret plans"), (HiddenTextKind.OutOfSight, "Far away")], file.Hidden());
        file.AssertWhole();
    }

    [Theory]
    [InlineData("", "", "", true)]
    [InlineData("<a:solidFill><a:srgbClr val='203040'/></a:solidFill>", "", "", false)]                                                             // a box with a colour
    [InlineData("", "<p:pic><p:spPr><a:xfrm><a:off x='0' y='0'/><a:ext cx='500' cy='500'/></a:xfrm></p:spPr></p:pic>", "", false)]                 // a picture under it
    [InlineData("", "<p:pic><p:spPr><a:xfrm><a:off x='5000' y='0'/><a:ext cx='500' cy='500'/></a:xfrm></p:spPr></p:pic>", "", true)]               // and one elsewhere
    [InlineData("", "<p:pic/>", "", false)]                                                                                                         // somewhere
    [InlineData("", "", "<p:bg><p:bgPr><a:solidFill><a:srgbClr val='000000'/></a:solidFill></p:bgPr></p:bg>", false)]
    [InlineData("", "", "<p:bg><p:bgRef idx='1002'><a:schemeClr val='bg1'/></p:bgRef></p:bg>", false)]
    public void Slides_WhiteLettersOnWhite_AreReported(string fill, string other, string background, bool hidden)
    {
        string box = $"<p:sp><p:spPr><a:xfrm><a:off x='100' y='100'/><a:ext cx='1000' cy='100'/></a:xfrm>{fill}</p:spPr><p:txBody><a:p><a:r><a:rPr><a:solidFill><a:srgbClr val='FFFFFF'/></a:solidFill></a:rPr><a:t>White words.</a:t></a:r></a:p></p:txBody></p:sp>";
        Reading file = Flows.Read(FileKind.Slides, ZipFiles.Slides("", ("ppt/slides/slide1.xml", $"<p:sld xmlns:p='p' xmlns:a='a'><p:cSld>{background}<p:spTree>{other}{box}{ZipFiles.Shape("Seen.")}</p:spTree></p:cSld></p:sld>")));
        Assert.Equal(hidden ? ["P Seen."] : ["P White words.", "P Seen."], file.Outline());
        Assert.Equal(hidden ? [(HiddenTextKind.SameColour, "White words.")] : [], file.Hidden());
    }

    [Fact]
    public void Sheets_ShowWhatTheWorkbookShows()
    {
        Reading file = Flows.Read(FileKind.Sheets, OfficeFiles.Sheets());

        Assert.Equal(
            ["H6 Prices", "P Price list", "R Model|Price|Sold on", "R Boiler 40|1,234.50 €|2025-03-05", "R Pump|0.1|2025-03-06", "R Region|Share", "R North|25%"],
            file.Outline());
        Assert.Equal(["sheet Prices, rows 1–9"], file.Labels());
        Assert.Equal("Price list\nModel | Price | Sold on", file.Blocks.First(block => block.Kind == BlockKind.TableRow).Caption);
        Assert.Equal("Region | Share", file.Blocks.Last().Caption);
        Assert.Equal([(HiddenTextKind.Marked, "cost 900"), (HiddenTextKind.Marked, "Old pump"), (HiddenTextKind.Marked, "Do not show")], file.Hidden());
        file.AssertWhole();
    }

    [Fact]
    public void Book_IsReadByItsChapters()
    {
        Reading file = Flows.Read(FileKind.Epub, ZipFiles.Book());

        Assert.Equal("The Boiler Book", file.MetadataTitle);
        Assert.Equal(["H6 Lighting the boiler", "P Press the red button for four seconds.", "P The valve opens at three bars."], file.Outline());
        Assert.Equal(["Lighting the boiler", "chapter 2"], file.Labels());
    }

    [Fact]
    public void Mail_IsItsHeadAndItsPlainText()
    {
        Reading file = Flows.Read(FileKind.Mail, ZipFiles.Mail());

        Assert.Equal("Order 4711", file.MetadataTitle);
        Assert.Equal(
            ["H6 Order 4711", "P From: Jürgen Weber <weber@example.org>", "P To: Service <service@example.org>", "P Date: 4 March 2025, 09:30 +01:00",
             "P The replacement pump arrives on 12 March. Grüße", "P Attachments, not read: invoice.pdf"],
            file.Outline().Select(line => line.Replace("\"", "", StringComparison.Ordinal)));
        Assert.Equal(["Order 4711"], file.Labels());
    }

    [Fact]
    public void Mail_WithHtmlAlone_IsReadWithoutWhatIsHidden()
    {
        Reading file = Flows.Read(FileKind.Mail, "From: a@b.org\r\nSubject: Hi\r\nContent-Type: text/html\r\n\r\n<p>Seen.</p><p style='display:none'>Unseen.</p>");
        Assert.Equal(["H6 Hi", "P From: a@b.org", "P Seen."], file.Outline());
        Assert.Equal([(HiddenTextKind.Marked, "Unseen.")], file.Hidden());
    }

    [Fact]
    public void TextThatIsNoMail_IsRefused() => Assert.Equal(RefusalReason.WrongType, Flows.Read(FileKind.Mail, "just some words\nand more\n").Reason);
}
