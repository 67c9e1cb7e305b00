using Rag.Retrieval.Knowledge;
using Rag.Web.Documents;
using Rag.Web.Shell;

namespace Rag.Web.Tests.Documents;

public sealed class ReadinessTests
{
    private static readonly EmbedderFacts English = new(["en"]);

    [Fact]
    public void FilesInOrder_SayNothing() => Assert.Empty(Readiness.Of([File("a.pdf")], English));

    [Fact]
    public void Scans_AreNamedByTheirPages() => Assert.Equal(
        [new(true, "Pages 7–9 and 12 of “a.pdf” are scans, not searchable."), new(false, "Page 2 of “a.pdf” has no text.")],
        Readiness.Of([File("a.pdf") with { PagesWithoutText = [2, 7, 8, 9, 12], ScannedPages = [7, 8, 9, 12] }], English));

    [Fact]
    public void Slides_AreNamedAsSuch() => Assert.Equal(
        [new ReadinessLine(false, "Slides 2–3 of “a.pptx” have no text.")], Readiness.Of([File("a.pptx") with { PageCount = 5, PagesWithoutText = [2, 3] }], English));

    [Fact]
    public void WholeScan_IsOneSentence() => Assert.Equal(
        "“a.pdf” is a scan: pictures of pages, without text. Nothing in it can be found.",
        Assert.Single(Readiness.Of([File("a.pdf") with { PageCount = 2, PagesWithoutText = [1, 2], ScannedPages = [1, 2] }], English)).Text);

    [Fact]
    public void Duplicate_NamesItsTwin()
    {
        var first = File("a.pdf");
        Assert.Equal(
            "“b.pdf” is the same file as “a.pdf”. Quotes from it may come up twice; one of them can go.",
            Assert.Single(Readiness.Of([first, File("b.pdf") with { DuplicateOf = first.Id }], English)).Text);
    }

    [Theory]
    [InlineData("de", true)]
    [InlineData("en", false)]
    [InlineData(null, false)]
    public void Language_OtherThanTheModels_IsAWarning(string? language, bool warns)
    {
        var lines = Readiness.Of([File("a.pdf") with { Language = language }], English);
        Assert.Equal(warns, lines.Any(line => line.Warns && line.Text.StartsWith("“a.pdf” is in German; the search model was made for English.", StringComparison.Ordinal)));
        Assert.Empty(Readiness.Of([File("a.pdf") with { Language = language }], new EmbedderFacts([])));   // nothing is known of the model
    }

    [Fact]
    public void HiddenText_LeadsToItsReport()
    {
        var file = File("a.pdf") with { HiddenSpans = 3 };
        var line = Assert.Single(Readiness.Of([file], English));
        Assert.Equal("“a.pdf” has 3 pieces of text that a reader cannot see. They are left out of search and answers.", line.Text);
        Assert.Equal(file.Id, line.HiddenTextOf);
    }

    [Fact]
    public void Unreadable_AreCountedAndNamed_BeforeFacts()
    {
        var failed = Enumerable.Range(1, 5).Select(i => File($"{i}.pdf") with { State = DocumentState.Failed, LiveGeneration = 0 });
        var lines = Readiness.Of([File("t.pdf") with { TableCount = 2 }, .. failed], English);
        Assert.Equal(
            ["5 files could not be read and answer nothing: “1.pdf”, “2.pdf”, “3.pdf” and 2 others.", "2 tables in 1 file; each row is found together with its header."],
            lines.Select(line => line.Text));
    }

    [Fact]
    public void Pages_ManyRanges_AreCut() =>
        Assert.Equal("Pages 1, 3, 5, 7, 9 and 3 more", Words.Pages([1, 3, 5, 7, 9, 11, 13, 15]));

    [Theory]
    [InlineData(0.04, "2.4 pages/min")]
    [InlineData(0.44, "0.4 pages/s")]
    [InlineData(1, "1 page/s")]
    [InlineData(131.7, "132 pages/s")]
    public void Rate_IsRoundedAsItDeserves(double rate, string words) => Assert.Equal(words, Words.Rate(rate, "page", "pages"));

    [Fact]
    public void HiddenText_EveryKindHasItsWords() =>
        Assert.All(Enum.GetValues<HiddenTextKind>(), kind => Assert.False(string.IsNullOrWhiteSpace(HiddenTextWords.How(kind))));

    private static DocumentStatus File(string name) => new(
        DocumentId.New(), name, name, new string('a', 64), 1_000, DocumentState.Ready, DateTime.UnixEpoch, DateTime.UnixEpoch, 20, 20, 40, 40, 1, 1, null, null, [], null);
}
