using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Rag.Retrieval.Knowledge;
using Rag.Web.Access;
using Rag.Web.Assistants;
using Rag.Web.Documents;
using Rag.Web.Tests.Hosting;

namespace Rag.Web.Tests.Documents;

/// <summary>One server with small limits, one owner; each test makes its own assistant.</summary>
public sealed class UploadServer : IAsyncLifetime
{
    public const int Limit = 64 * 1024;
    public const int TextLimit = 16 * 1024;

    internal DocentServer Server { get; } = new(
        null, ("Docent:MaxUploadBytes", Limit.ToString(CultureInfo.InvariantCulture)), ("Ingestion:MaxTextBytes", TextLimit.ToString(CultureInfo.InvariantCulture)));

    internal Browser Owner { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Owner = await Server.SignedInAsync(DocentServer.OwnerName);

    public async ValueTask DisposeAsync()
    {
        Owner.Dispose();
        await Server.DisposeAsync();
    }
}

public sealed class UploadTests(UploadServer server) : IClassFixture<UploadServer>
{
    private static readonly byte[] Pdf = "%PDF-1.7\n1 0 obj"u8.ToArray();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private Browser Owner => server.Owner;

    [Fact]
    public async Task Upload_RawBody_IsAcknowledgedListedAndComesBack()
    {
        var assistant = await NewAssistantAsync();

        using var answer = await Owner.UploadAsync(assistant, "Q3 report.pdf", Pdf);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        var file = (await Owner.ReadAsync<DocumentView[]>(Files(assistant))).Single();
        Assert.Equal(("Q3 report.pdf", (long)Pdf.Length, DocumentState.Stored), (file.FileName, file.Bytes, file.State));

        using var original = await Owner.GetAsync($"{Files(assistant)}/{file.Id:N}/original");
        Assert.Equal(Pdf, await original.Content.ReadAsByteArrayAsync(Cancel));
        Assert.Equal("attachment", original.Content.Headers.ContentDisposition!.DispositionType);
        Assert.Equal("nosniff", original.Headers.GetValues("X-Content-Type-Options").Single());
    }

    [Fact]
    public async Task Upload_Multipart_TakesItsFile()
    {
        var assistant = await NewAssistantAsync();
        using var form = new MultipartFormDataContent { { new StringContent("before"), "note" } };
        var part = new ByteArrayContent(Pdf);
        part.Headers.ContentType = new MediaTypeHeaderValue("application/pdf");
        form.Add(part, "file", "übersicht.pdf");

        using var answer = await Owner.SendAsync(HttpMethod.Post, Files(assistant), form);

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        Assert.Equal("übersicht.pdf", (await Owner.ReadAsync<DocumentView[]>(Files(assistant))).Single().FileName);
    }

    [Fact]
    public async Task Upload_MultipartWithoutFile_IsRefused()
    {
        var assistant = await NewAssistantAsync();
        using var form = new MultipartFormDataContent { { new StringContent("only text"), "note" } };

        using var answer = await Owner.SendAsync(HttpMethod.Post, Files(assistant), form);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Theory]
    [InlineData("page.html", "PK\u0003\u0004 a zip")]
    [InlineData("table.csv", "%PDF-1.7")]
    [InlineData("letter.doc", "\u00D0\u00CF\u0011\u00E0")]
    [InlineData("letter.docx", "only text here")]
    [InlineData("book.epub", "only text here")]
    [InlineData("picture.png", "only text here")]
    [InlineData("drawing.svg", "<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>")]
    [InlineData("program.exe", "MZ")]
    [InlineData("report.pdf.html", "%PDF-1.7")]
    [InlineData("nothing", "%PDF-1.7")]
    [InlineData("report.pdf", "<html><script>alert(1)</script></html>")]
    [InlineData("notes.txt", "%PDF-1.7")]
    [InlineData("notes.md", "PK\u0003\u0004 a zip")]
    [InlineData("notes.txt", "zero\0byte")]
    public async Task Upload_OfAnotherType_IsRefusedAndNotListed(string name, string content)
    {
        var assistant = await NewAssistantAsync();

        using var answer = await Owner.UploadAsync(assistant, name, Encoding.Latin1.GetBytes(content));

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, answer.StatusCode);
        Assert.EndsWith(".", await SentenceAsync(answer), StringComparison.Ordinal);
        Assert.Empty(await Owner.ReadAsync<DocumentView[]>(Files(assistant)));
    }

    [Fact]
    public async Task Upload_OfAPageWithAScript_ComesBackAsAFileThatNoBrowserRuns()
    {
        var assistant = await NewAssistantAsync();
        using var answer = await Owner.UploadAsync(assistant, "page.html", "<p>Text</p><script>alert(1)</script>"u8.ToArray());
        var file = (await Owner.ReadAsync<DocumentView[]>(Files(assistant))).Single();

        using var original = await Owner.GetAsync($"{Files(assistant)}/{file.Id:N}/original");

        Assert.Equal("application/octet-stream", original.Content.Headers.ContentType!.MediaType);
        Assert.Equal("attachment", original.Content.Headers.ContentDisposition!.DispositionType);
        Assert.Equal("nosniff", original.Headers.GetValues("X-Content-Type-Options").Single());
    }

    [Theory]
    [InlineData("")]
    [InlineData("%PD")]
    public async Task Upload_EmptyOrCut_SaysSo(string content)
    {
        var assistant = await NewAssistantAsync();

        using var answer = await Owner.UploadAsync(assistant, "report.pdf", Encoding.ASCII.GetBytes(content));

        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        Assert.Contains(content.Length == 0 ? "empty" : "damaged", await SentenceAsync(answer), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Upload_TooLarge_IsRefusedWithTheLimitInWords(bool announced)
    {
        var assistant = await NewAssistantAsync();
        var bytes = new byte[announced ? UploadServer.Limit * 3 : UploadServer.Limit + 1];
        Pdf.CopyTo(bytes, 0);
        HttpContent content = announced ? new ByteArrayContent(bytes) : new StreamContent(new Unannounced(bytes));

        using var answer = await Owner.SendAsync(HttpMethod.Post, $"{Files(assistant)}?name=big.pdf", content);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
        Assert.Contains("larger than 66 kB", await SentenceAsync(answer), StringComparison.Ordinal);
        Assert.Empty(await Owner.ReadAsync<DocumentView[]>(Files(assistant)));
    }

    [Theory]
    [InlineData("notes.txt", UploadServer.TextLimit + 1)]
    [InlineData("table.CSV", UploadServer.Limit)]
    [InlineData("page.html", UploadServer.TextLimit * 6)]   // said by the announced length
    public async Task Upload_OfATextThatNobodyWouldRead_IsRefusedWithItsOwnLimit(string name, int length)
    {
        var assistant = await NewAssistantAsync();
        var bytes = new byte[length];
        bytes.AsSpan().Fill((byte)'a');

        using var answer = await Owner.UploadAsync(assistant, name, bytes);
        using var form = new MultipartFormDataContent { { new ByteArrayContent(bytes), "file", name } };
        using var second = await Owner.SendAsync(HttpMethod.Post, Files(assistant), form);

        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, HttpStatusCode.RequestEntityTooLarge), (answer.StatusCode, second.StatusCode));
        Assert.Equal("This file is larger than 16 kB, the most for text, Markdown, CSV and HTML. Split it and upload the parts.", await SentenceAsync(answer));
        Assert.Empty(await Owner.ReadAsync<DocumentView[]>(Files(assistant)));
    }

    [Theory]
    [InlineData("film.mp4")]
    [InlineData("film")]
    public async Task Upload_OfALargeFileThatCannotBeRead_SaysThatAndNotToSplitIt(string name)
    {
        using var answer = await Owner.UploadAsync(await NewAssistantAsync(), name, new byte[UploadServer.Limit * 3]);

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, answer.StatusCode);
        Assert.StartsWith("This type of file cannot be read.", await SentenceAsync(answer), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Upload_OfATextInThePlaceOfAFile_HasTheSameLimit()
    {
        var assistant = await NewAssistantAsync();
        using var taken = await Owner.UploadAsync(assistant, "notes.txt", new byte[UploadServer.TextLimit].Select(_ => (byte)'a').ToArray());
        var file = (await Owner.ReadAsync<DocumentView[]>(Files(assistant))).Single();

        using var answer = await Owner.SendAsync(HttpMethod.Put, $"{Files(assistant)}/{file.Id:N}/original?name=notes.txt", new ByteArrayContent(new byte[UploadServer.TextLimit + 1].Select(_ => (byte)'b').ToArray()));

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
        Assert.Equal(UploadServer.TextLimit, (await Owner.ReadAsync<DocumentView[]>(Files(assistant))).Single().Bytes);
    }

    [Fact]
    public async Task Page_SaysBothLimits_BeforeAFileIsChosen() =>
        Assert.Contains("up to 66 kB each; text, Markdown, CSV and HTML up to 16 kB", await Owner.Client.GetStringAsync($"/assistants/{await NewAssistantAsync():N}", Cancel), StringComparison.Ordinal);

    [Fact]
    public async Task Upload_ExactlyTheLimit_IsTaken()
    {
        var assistant = await NewAssistantAsync();
        var bytes = new byte[UploadServer.Limit];
        Pdf.CopyTo(bytes, 0);

        using var answer = await Owner.UploadAsync(assistant, "full.pdf", bytes);

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
    }

    [Theory]
    [InlineData("../../etc/passwd.pdf", "passwd.pdf")]
    [InlineData("..\\..\\windows\\win.pdf", "win.pdf")]
    [InlineData("nul\0byte.pdf", "nulbyte.pdf")]
    [InlineData("CON.pdf", "CON.pdf")]
    [InlineData("\u202Efdp.evil.pdf", "fdp.evil.pdf")]
    [InlineData("line\r\nbreak\".pdf", "linebreak\".pdf")]
    [InlineData("<img src=x onerror=alert(1)>.pdf", "<img src=x onerror=alert(1)>.pdf")]
    [InlineData("📄 report.pdf", "📄 report.pdf")]
    public async Task Upload_HostileName_IsShownAsTextAndNeverAPath(string sent, string shown)
    {
        var assistant = await NewAssistantAsync();

        using var answer = await Owner.UploadAsync(assistant, sent, Pdf);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        var file = (await Owner.ReadAsync<DocumentView[]>(Files(assistant))).Single();
        Assert.Equal(shown, file.FileName);

        using var original = await Owner.GetAsync($"{Files(assistant)}/{file.Id:N}/original");
        Assert.Equal(HttpStatusCode.OK, original.StatusCode);
        Assert.Equal("attachment", original.Content.Headers.ContentDisposition!.DispositionType);
        var page = await Owner.Client.GetStringAsync($"/assistants/{assistant:N}", Cancel);
        Assert.DoesNotContain("<img src=x", page, StringComparison.Ordinal);
        Assert.DoesNotContain(Directory.GetFiles(server.Server.Folder, "*", SearchOption.AllDirectories), path => path.EndsWith(".pdf", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Upload_SameNameTwice_KeepsBoth()
    {
        var assistant = await NewAssistantAsync();

        using var first = await Owner.UploadAsync(assistant, "report.pdf", Pdf);
        using var second = await Owner.UploadAsync(assistant, "report.pdf", [.. Pdf, 1]);

        Assert.Equal(["report.pdf", "report.pdf"], (await Owner.ReadAsync<DocumentView[]>(Files(assistant))).Select(file => file.FileName));
    }

    [Fact]
    public async Task Upload_ToADraft_NamesIt()
    {
        var store = (AssistantStore)server.Server.Services.GetService(typeof(AssistantStore))!;
        var caller = new Caller(new UserId(await server.Server.AddAccountAsync(DocentServer.OwnerName)), null);
        var draft = (await store.CreateDraftAsync(caller, Cancel))!;

        using var refused = await Owner.UploadAsync(draft.Id.Value, "page.html", Pdf);
        Assert.Equal("", await NameAsync(draft.Id.Value));
        using var first = await Owner.UploadAsync(draft.Id.Value, "2023_Q3_AAPL.pdf", Pdf);
        using var second = await Owner.UploadAsync(draft.Id.Value, "other.pdf", Pdf);
        Assert.Equal("2023 Q3 AAPL", await NameAsync(draft.Id.Value));
    }

    [Fact]
    public async Task CancelRetryDelete_FollowTheStateOfTheFile()
    {
        var assistant = await NewAssistantAsync();
        using var taken = await Owner.UploadAsync(assistant, "report.pdf", Pdf);
        var path = $"{Files(assistant)}/{(await Owner.ReadAsync<DocumentView[]>(Files(assistant))).Single().Id:N}";

        using var retryTooEarly = await Owner.SendAsync(HttpMethod.Post, $"{path}/retry");
        Assert.Equal(HttpStatusCode.Conflict, retryTooEarly.StatusCode);
        using var cancel = await Owner.SendAsync(HttpMethod.Post, $"{path}/cancel");
        Assert.Equal(HttpStatusCode.Accepted, cancel.StatusCode);
        Assert.Equal(DocumentState.Failed, (await Owner.ReadAsync<DocumentView>(path)).State);
        using var retry = await Owner.SendAsync(HttpMethod.Post, $"{path}/retry");
        Assert.Equal(HttpStatusCode.Accepted, retry.StatusCode);
        Assert.Equal(DocumentState.Stored, (await Owner.ReadAsync<DocumentView>(path)).State);
        using var delete = await Owner.SendAsync(HttpMethod.Delete, path);
        Assert.Equal(HttpStatusCode.NoContent, delete.StatusCode);
        using var gone = await Owner.GetAsync(path);
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
    }

    [Fact]
    public async Task DeletedAssistant_TakesItsFilesAlong()
    {
        var assistant = await NewAssistantAsync();
        using var taken = await Owner.UploadAsync(assistant, "report.pdf", [.. Pdf, 42]);

        using var deleted = await Owner.SendAsync(HttpMethod.Delete, $"/api/v1/assistants/{assistant:N}");
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        using var files = await Owner.GetAsync(Files(assistant));
        Assert.Equal(HttpStatusCode.NotFound, files.StatusCode);
    }

    private static string Files(Guid assistant) => $"/api/v1/assistants/{assistant:N}/documents";

    private async Task<Guid> NewAssistantAsync() => (await Owner.PostJsonAsync<AssistantView>("/api/v1/assistants", new { name = "Reports" })).Id;

    private async Task<string> NameAsync(Guid assistant) => (await Owner.ReadAsync<AssistantView>($"/api/v1/assistants/{assistant:N}")).Name;

    private static async Task<string> SentenceAsync(HttpResponseMessage answer) =>
        JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Cancel)).RootElement.GetProperty("detail").GetString()!;

    /// <summary>A body whose length nobody knows beforehand.</summary>
    private sealed class Unannounced(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;
    }
}
