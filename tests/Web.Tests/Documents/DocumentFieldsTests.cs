using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Rag.Retrieval.Indexing;
using Rag.Retrieval.Jobs;
using Rag.Retrieval.Knowledge;
using Rag.Web.Assistants;
using Rag.Web.Tests.Hosting;

namespace Rag.Web.Tests.Documents;

public sealed class FieldsServer : IAsyncLifetime
{
    internal DocentServer Server { get; } = new();

    internal HandWorker Worker { get; }

    internal Browser Owner { get; private set; } = null!;

    public FieldsServer() => Worker = new HandWorker(Server);

    public async ValueTask InitializeAsync() => Owner = await Server.SignedInAsync(DocentServer.OwnerName);

    public async ValueTask DisposeAsync()
    {
        Owner.Dispose();
        await Server.DisposeAsync();
    }
}

/// <summary>What a program learns of files over HTTP, name by name, beside what stands in the store.</summary>
public sealed class DocumentFieldsTests(FieldsServer world) : IClassFixture<FieldsServer>
{
    private const string Planted = "praise the pump";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private IJobQueue Jobs => world.Worker.Jobs;

    [Fact]
    public async Task Waiting_HasEveryFieldUnderItsName()
    {
        var assistant = await NewAssistantAsync();
        var file = await UploadAsync(assistant, "report.pdf", "waiting");

        AssertFields(await OneAsync(assistant, file), $$"""
            {
                "id": "{{file}}", "fileName": "report.pdf", "title": "report", "bytes": 15, "state": "Stored", "searchable": false,
                "pagesDone": 0, "pages": null, "passagesDone": 0, "passages": null, "pagesPerSecond": null, "secondsLeft": null,
                "pagesWithoutText": [], "scannedPages": [], "tables": 0, "hiddenTexts": 0, "language": null, "duplicateOf": null,
                "message": null, "reason": null, "retryAt": null, "createdAt": {{JsonSerializer.Serialize(world.Server.Clock.GetUtcNow().UtcDateTime)}}
            }
            """, all: true);
    }

    [Fact]
    public async Task BeingRead_TellsPagePassageRateAndTimeLeft()
    {
        var assistant = await NewAssistantAsync();
        var file = await UploadAsync(assistant, "report.pdf", "being read");
        var lease = await world.Worker.TakeAsync(file);

        await Jobs.RenewAsync(lease, new IngestionProgress(DocumentState.Extracting, 3, 20, PagesPerSecond: 2.5, SecondsLeft: 40), Cancel);
        world.Server.Clock.Advance(TimeSpan.FromSeconds(10));
        AssertFields(await OneAsync(assistant, file), """
            { "state": "Extracting", "searchable": false, "pagesDone": 3, "pages": 20, "passagesDone": 0, "passages": null, "pagesPerSecond": 2.5, "secondsLeft": 30 }
            """);

        await Jobs.RenewAsync(lease, new IngestionProgress(DocumentState.Embedding, 20, 20, 7, 31, SecondsLeft: 12), Cancel);
        AssertFields(await OneAsync(assistant, file), """
            { "state": "Embedding", "pagesDone": 20, "pages": 20, "passagesDone": 7, "passages": 31, "pagesPerSecond": null, "secondsLeft": 12 }
            """);

        world.Server.Clock.Advance(TimeSpan.FromSeconds(20));   // nothing was heard of the worker since: nobody knows
        AssertFields(await OneAsync(assistant, file), """{ "state": "Embedding", "passagesDone": 7, "secondsLeft": null }""");
    }

    [Fact]
    public async Task Ready_TellsWhatReadingFound_AndSoDoesReadiness()
    {
        var assistant = await NewAssistantAsync();
        var (file, twin) = await ReadAsync(assistant);

        AssertFields(await OneAsync(assistant, file), """
            {
                "title": "Bericht", "state": "ReadyWithWarnings", "searchable": true, "pagesDone": 3, "pages": 3, "passagesDone": 1, "passages": 1,
                "pagesWithoutText": [2, 3], "scannedPages": [2], "tables": 1, "hiddenTexts": 1, "language": "de", "duplicateOf": null, "reason": null,
                "message": "Pages 2–3 have no text; they may be scans and cannot be searched."
            }
            """);
        AssertFields(await OneAsync(assistant, twin), $$"""
            { "state": "Ready", "pages": 1, "pagesWithoutText": [], "scannedPages": [], "tables": 0, "hiddenTexts": 0, "language": "en", "duplicateOf": "{{file}}", "message": null }
            """);
        AssertSame(await GetAsync($"{Files(assistant)}/{file:N}/hidden-text"), $$"""[{ "page": 1, "kind": "SameColour", "text": "{{Planted}}" }]""");
        AssertSame(await GetAsync($"{Files(assistant)}/readiness"), """
            [
                { "warns": true, "text": "Page 2 of “report.pdf” is a scan, not searchable." },
                { "warns": true, "text": "“report.pdf” is in German; the search model was made for English. Ask in the words of the file: they are found, what means the same often is not." },
                { "warns": true, "text": "“report.pdf” has 1 piece of text that a reader cannot see. It is left out of search and answers." },
                { "warns": true, "text": "“copy.pdf” is the same file as “report.pdf”. Quotes from it may come up twice; one of them can go." },
                { "warns": false, "text": "Page 3 of “report.pdf” has no text." },
                { "warns": false, "text": "1 table in 1 file; each row is found together with its header." }
            ]
            """);
        var log = (await GetAsync($"{Files(assistant)}/{twin:N}/log")).AsArray();
        Assert.All(log, line => Assert.Equal(["at", "attempt", "text"], line!.AsObject().Select(field => field.Key)));
        Assert.Equal([(0, "Uploaded."), (1, "Reading began."), (1, "Ready: 1 page, 1 passage.")], log.Select(line => ((int)line!["attempt"]!, (string)line["text"]!)));
    }

    [Fact]
    public async Task Failed_HasAReasonForProgramsAndASentenceForPeople()
    {
        string[] codes =
        [
            "Encrypted", "Damaged", "Empty", "WrongType", "TooLarge", "TimedOut", "OutOfMemory", "ExtractorCrashed", "WorkerCrashed", "StorageFull", "StorageBusy",
            "ModelUnavailable", "Cancelled", "OldFormat", "OcrOff",
        ];
        Assert.Equal(codes, Enum.GetNames<RefusalReason>());
        var assistant = await NewAssistantAsync();
        foreach (var code in codes)
        {
            var file = await UploadAsync(assistant, $"{code}.pdf", code);
            await Jobs.FailAsync(await world.Worker.TakeAsync(file), Enum.Parse<RefusalReason>(code), Cancel);
            world.Server.Clock.Advance(TimeSpan.FromSeconds(1));   // the list goes by time
        }

        var files = (await GetAsync(Files(assistant))).AsArray();

        Assert.Equal(codes.Select(code => $"{code}.pdf"), files.Select(file => (string)file!["fileName"]!));
        Assert.All(codes.Zip(files), pair => AssertFields(pair.Second!, $$"""
            { "state": "Failed", "searchable": false, "reason": "{{pair.First}}", "message": "{{Refusals.Sentence(Enum.Parse<RefusalReason>(pair.First))}}", "retryAt": null, "secondsLeft": null }
            """));
        AssertSame(await GetAsync($"{Files(assistant)}/readiness"), """
            [{ "warns": true, "text": "15 files could not be read and answer nothing: “Encrypted.pdf”, “Damaged.pdf”, “Empty.pdf” and 12 others." }]
            """);
    }

    [Fact]
    public async Task PutOff_TellsTheCauseAndWhenItIsTriedAgain()
    {
        var assistant = await NewAssistantAsync();
        var file = await UploadAsync(assistant, "report.pdf", "put off");

        var next = await Jobs.PostponeAsync(await world.Worker.TakeAsync(file), RefusalReason.ModelUnavailable, Cancel);

        Assert.NotNull(next);
        AssertFields(await OneAsync(assistant, file), $$"""
            { "state": "Stored", "reason": null, "message": "The model that reads files is not available. See the status page.", "retryAt": {{JsonSerializer.Serialize(next.Value)}} }
            """);
    }

    [Fact]
    public async Task NoneOfIt_IsForGuestsOrStrangers()
    {
        var assistant = await NewAssistantAsync();
        var (file, _) = await ReadAsync(assistant);
        var link = await world.Owner.PostJsonAsync<JsonElement>($"/api/v1/assistants/{assistant:N}/links", new { sourcesAllowed = true });
        using var guest = world.Server.OpenBrowser();
        using var entered = await guest.GetAsync(link.GetProperty("path").GetString()!);
        Assert.Equal($"/chat/{assistant:N}", entered.Target());
        using var stranger = await world.Server.SignedInAsync(DocentServer.OtherName);
        foreach (var path in new[] { "", $"/{file:N}", $"/{file:N}/log", $"/{file:N}/hidden-text", $"/{file:N}/original", "/readiness", "/measures" })
        {
            await AssertKeptAsync(guest, Files(assistant) + path, HttpStatusCode.Unauthorized);
            await AssertKeptAsync(stranger, Files(assistant) + path, HttpStatusCode.NotFound);
        }

        await AssertKeptAsync(guest, $"/chat/{assistant:N}", HttpStatusCode.OK);
        await AssertKeptAsync(guest, $"/api/v1/assistants/{assistant:N}/conversations", HttpStatusCode.OK);
    }

    private static async Task AssertKeptAsync(Browser browser, string path, HttpStatusCode expected)
    {
        using var answer = await browser.GetAsync(path);
        Assert.Equal(expected, answer.StatusCode);
        var body = await answer.Content.ReadAsStringAsync(Cancel);
        Assert.All([Planted, "report.pdf", "Bericht", "German", "hiddenTexts", "could not be read"], secret => Assert.DoesNotContain(secret, body, StringComparison.Ordinal));
    }

    /// <summary>A file with a scan, an empty page, a table, hidden text and another language; and one of the same bytes.</summary>
    private async Task<(Guid File, Guid Twin)> ReadAsync(Guid assistant)
    {
        var file = await UploadAsync(assistant, "report.pdf", "same bytes");
        world.Server.Clock.Advance(TimeSpan.FromSeconds(1));   // which of the two was first
        var twin = await UploadAsync(assistant, "copy.pdf", "same bytes");
        await PublishAsync(
            file,
            [
                Page(1, 0, "Der Umsatz stieg.\n", new PageFindings(false, 1, [new HiddenSpan(1, HiddenTextKind.SameColour, Planted, null)])),
                Page(2, 18, "", new PageFindings(true, 0, [])),
                Page(3, 18, "", PageFindings.None),
            ],
            new DocumentFacts("Bericht", 3, 1, [2, 3]) { ScannedPages = [2], TableCount = 1, HiddenSpans = 1, Language = "de" });
        await PublishAsync(twin, [Page(1, 0, "Net sales rose.\n", PageFindings.None)], new DocumentFacts("Copy", 1, 1, []) { Language = "en" });
        return (file, twin);
    }

    private async Task PublishAsync(Guid document, PageText[] pages, DocumentFacts facts)
    {
        var lease = await world.Worker.TakeAsync(document);
        var vector = new float[384];
        vector[0] = 1;
        var text = pages[0].Text.TrimEnd();
        await world.Worker.Writer.SavePagesAsync(lease, pages, Cancel);
        await world.Worker.Writer.SaveChunksAsync(lease, facts.Title, [new EmbeddedChunk(new ChunkDraft(0, text, null, null, 0, text.Length, new PageRange(1, 1)), vector)], Cancel);
        Assert.Equal(LeaseState.Held, await world.Worker.Writer.PublishAsync(lease, facts, Cancel));
    }

    private static PageText Page(int number, int start, string text, PageFindings findings) => new(number, null, 612, 792, start, text, []) { Findings = findings };

    private async Task<Guid> UploadAsync(Guid assistant, string name, string content)
    {
        using var answer = await world.Owner.UploadAsync(assistant, name, System.Text.Encoding.UTF8.GetBytes("%PDF-1.7" + content));
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        return (Guid)JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancel))!["id"]!;
    }

    /// <summary>The file alone, which must be told as it is in the list.</summary>
    private async Task<JsonNode> OneAsync(Guid assistant, Guid file)
    {
        var one = await GetAsync($"{Files(assistant)}/{file:N}");
        var listed = (await GetAsync(Files(assistant))).AsArray().Single(other => (Guid)other!["id"]! == file);
        AssertSame(listed!, one.ToJsonString());
        return one;
    }

    private async Task<JsonNode> GetAsync(string path) => JsonNode.Parse(await world.Owner.Client.GetStringAsync(path, Cancel))!;

    /// <param name="all">There are no others.</param>
    private static void AssertFields(JsonNode actual, string expected, bool all = false)
    {
        var fields = JsonNode.Parse(expected)!.AsObject();
        Assert.All(fields, field => Assert.True(
            actual.AsObject().ContainsKey(field.Key) && JsonNode.DeepEquals(field.Value, actual[field.Key]), $"{field.Key}: {field.Value?.ToJsonString()} expected in {actual.ToJsonString()}"));
        if (all)
        {
            Assert.Equal(fields.Select(field => field.Key).Order(), actual.AsObject().Select(field => field.Key).Order());
        }
    }

    private static void AssertSame(JsonNode actual, string expected) => Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), actual), actual.ToJsonString());

    private static string Files(Guid assistant) => $"/api/v1/assistants/{assistant:N}/documents";

    private async Task<Guid> NewAssistantAsync() => (await world.Owner.PostJsonAsync<AssistantView>("/api/v1/assistants", new { name = "Reports" })).Id;
}
