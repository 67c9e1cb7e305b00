using Rag.Retrieval.Knowledge;
using Rag.Web.Documents;
using Rag.Web.Shell;
using Rag.Web.Tests.Chat;

namespace Rag.Web.Tests.Documents;

public sealed class FileTextTests
{
    [Theory]
    [InlineData(null, "file")]
    [InlineData("", "file")]
    [InlineData("///", "file")]
    [InlineData("...", "file")]
    [InlineData("\uD800.pdf", "pdf")]
    [InlineData("  a.pdf  ", "a.pdf")]
    [InlineData("a\u200Bb\u2066c.pdf", "abc.pdf")]
    public void Clean_StrangeNames_BecomeReadable(string? sent, string shown) => Assert.Equal(shown, FileNames.Clean(sent));

    [Fact]
    public void Clean_LongName_KeepsItsExtensionAndWholeCharacters()
    {
        var clean = FileNames.Clean(string.Concat(Enumerable.Repeat("📄", 300)) + ".pdf");

        Assert.True(clean.Length <= FileNames.MaxLength);
        Assert.EndsWith("📄.pdf", clean, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(DocumentState.Extracting, 41, 132, "reading page 41 of 132")]
    [InlineData(DocumentState.Extracting, 0, null, "reading")]
    [InlineData(DocumentState.Stored, 0, null, "waiting to start again")]
    [InlineData(DocumentState.Ready, 132, 132, "ready")]
    public void State_IsSaidInTheReadersWords(DocumentState state, int done, int? pages, string words) =>
        Assert.Equal(words, DocumentWords.State(File(state, done, pages)));

    [Theory]
    [InlineData(DocumentState.Extracting, 40, 132, "recognising page 41 of 132")]
    [InlineData(DocumentState.Extracting, 0, 1, "recognising text")]
    [InlineData(DocumentState.Extracting, 0, null, "recognising text")]
    public void State_WhileAScannedPageIsRecognised_SaysSo(DocumentState state, int done, int? pages, string words) =>
        Assert.Equal(words, DocumentWords.State(File(state, done, pages) with { RecognisingPage = done + 1 }));

    [Theory]
    [InlineData(new int[0], "ready, with a remark")]
    [InlineData(new[] { 7 }, "ready, page 7 has no text")]
    [InlineData(new[] { 7, 9 }, "ready, 2 pages have no text")]
    [InlineData(new[] { 1, 2, 3 }, "ready, but no text was found: it may be a scan")]
    public void State_WithWarnings_NamesThePages(int[] empty, string words) =>
        Assert.Equal(words, DocumentWords.State(File(DocumentState.ReadyWithWarnings, 3, 3) with { PagesWithoutText = empty }));

    [Fact]
    public void State_Failed_IsTheReasonsSentence() =>
        Assert.Equal(Refusals.Sentence(RefusalReason.Encrypted), DocumentWords.State(File(DocumentState.Failed, 0, null) with { Reason = RefusalReason.Encrypted }));

    [Fact]
    public void FileChooser_OffersEveryKindThatCanBeRead()
    {
        var offered = FileNames.Accept.Split(',');
        Assert.All(offered, ending => Assert.NotNull(FileNames.Kind("a" + ending)));
        Assert.Equal(Enum.GetValues<FileKind>(), offered.Select(ending => FileNames.Kind("a" + ending)!.Value).Distinct().Order());
    }

    [Fact]
    public void State_PutAsideForASmallerFile_SaysSo() =>
        Assert.Equal(Refusals.SmallerFirst, DocumentWords.State(File(DocumentState.Stored, 0, null) with { Message = Refusals.SmallerFirst }));

    [Fact]
    public void TimeInAll_CountsFilesThatWait_ByWhatOthersOfTheirKindHad()
    {
        var all = new TimeInAll();
        var ready = File(DocumentState.Ready, 10, 10) with { FileName = "a.pdf", Bytes = 1_000, ChunkCount = 20 };
        var waiting = ready with { State = DocumentState.Stored, Bytes = 3_000, ChunkCount = null };
        var reading = File(DocumentState.Extracting, 1, 10) with { FileName = "b.pdf", SecondsLeft = 7 };
        Assert.Null(all.Look([ready, reading, waiting]));   // no rate yet

        var embedding = reading with { State = DocumentState.Embedding, ChunkCount = 40, ChunksDone = 10, SecondsLeft = 6, Bytes = 2_000 };   // 5 passages a second
        Assert.Equal(6 + (60 / 5.0), all.Look([ready, embedding, waiting]));
        Assert.Equal(7 + (60 / 5.0), all.Look([ready, reading, waiting]));   // the rate is remembered
        Assert.Null(all.Look([ready, embedding, waiting with { FileName = "c.docx" }]));   // of a kind that was not seen
        Assert.Null(all.Look([ready]));
    }

    [Fact]
    public void Done_AlongTheWay_NeverFalls()
    {
        var way = new[]
        {
            File(DocumentState.Stored, 0, null), File(DocumentState.Extracting, 0, 10), File(DocumentState.Extracting, 10, 10), File(DocumentState.Chunking, 10, 10),
            File(DocumentState.Embedding, 10, 10) with { ChunksDone = 1, ChunkCount = 10 }, File(DocumentState.Embedding, 10, 10) with { ChunksDone = 10, ChunkCount = 10 },
            File(DocumentState.Indexing, 10, 10), File(DocumentState.Ready, 10, 10),
        }.Select(DocumentWords.Done).ToList();

        Assert.Equal(way.Order(), way);
        Assert.Equal((0, 1), (way[0], way[^1]));
    }

    [Theory]
    [InlineData(999, "999 bytes")]
    [InlineData(268_231, "268 kB")]
    [InlineData(999_700, "1 MB")]
    [InlineData(1_440_000, "1.4 MB")]
    [InlineData(200_000_000, "200 MB")]
    [InlineData(2_000_000_000, "2 GB")]
    public void Size_IsSaidInSteps(long bytes, string words) => Assert.Equal(words, FileSize.Words(bytes));

    [Theory]
    [InlineData(4, "a few seconds left")]
    [InlineData(34, "about 40 s left")]
    [InlineData(75, "about 1 min left")]
    [InlineData(600, "about 10 min left")]
    [InlineData(7200, "about 2 h left")]
    public void TimeLeft_IsRounded(double seconds, string words) => Assert.Equal(words, Words.Left(seconds));

    [Theory]
    [InlineData(5, "just now")]
    [InlineData(60, "1 minute ago")]
    [InlineData(7_300, "2 hours ago")]
    [InlineData(200_000, "2 days ago")]
    [InlineData(5_000_000, "on 4 May 2023")]
    public void Ago_IsCoarse(int seconds, string words)
    {
        var now = new DateTime(2023, 7, 1, 0, 0, 0, DateTimeKind.Utc);

        Assert.Equal(words, Words.Ago(now.AddSeconds(-seconds), now));
    }

    [Fact]
    public void Queue_RefusedFile_StaysWithItsSentenceUntilDismissed()
    {
        var queue = new UploadQueue();
        queue.Begin([new UploadAnnouncement(1, "a.pdf", 100), new UploadAnnouncement(2, "../b.html", -5), new UploadAnnouncement(1, "again.pdf", 1)]);

        Assert.True(queue.Progress(1, 50));
        Assert.False(queue.Progress(1, 50));
        Assert.False(queue.Progress(7, 50));
        queue.End(1, null);
        queue.End(2, "Not this one.");
        var left = Assert.Single(queue.Rows);
        Assert.Equal(("b.html", "Not this one.", false), (left.Name, left.Problem, queue.Sending));
        queue.Dismiss(2);
        Assert.Empty(queue.Rows);
    }

    [Fact]
    public void Limits_FileThatNeedNotBeSent_SayWhy()
    {
        var limits = new UploadLimits(upload: 100_000_000, text: 8 << 20);
        UploadAnnouncement[] files =
        [
            new(1, "log.txt", (8 << 20) + 1), new(2, "log.txt", 8 << 20), new(3, "scan.pdf", 100_000_000), new(4, "scan.pdf", 100_000_001), new(5, "film.mp4", 100_000_001), new(6, null, 5),
        ];
        var unreadable = $"This type of file cannot be read. Upload {FileNames.Readable}.";

        Assert.Equal(
            [
                "This file is larger than 8.4 MB, the most for text, Markdown, CSV and HTML. Split it and upload the parts.", null, null,
                "This file is larger than 100 MB. Split it and upload the parts.", unreadable, unreadable,
            ],
            files.Select(limits.Refuse));
        Assert.Equal(FileNames.Readable + ", up to 5 MB each", new UploadLimits(5_000_000, 8 << 20).Hint);
    }

    private static DocumentStatus File(DocumentState state, int done, int? pages) =>
        ScriptedLibrary.File(DocumentId.New(), "report.pdf", state, done, pages);
}
