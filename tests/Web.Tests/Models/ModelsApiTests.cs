using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Rag.Inference.Import;
using Rag.Web.Access;
using Rag.Web.Chat;
using Rag.Web.Composition;
using Rag.Web.Models;
using Rag.Web.Tests.Hosting;

namespace Rag.Web.Tests.Models;

/// <summary>One server with a small limit and a models folder of its own; each test ends its import.</summary>
public sealed class ModelsServer : IAsyncLifetime
{
    public const int Limit = 64 * 1024;

    private readonly string models = Directory.CreateTempSubdirectory("docent-modelsfolder").FullName;

    public ModelsServer() => Server = new(
        null,
        ("Docent:MaxModelBytes", Limit.ToString(System.Globalization.CultureInfo.InvariantCulture)), ("Inference:ModelsFolder", models), ("Inference:ChatModel", "used"));

    internal DocentServer Server { get; }

    internal Browser Owner { get; private set; } = null!;

    internal string AddFolder(string name)
    {
        var folder = Directory.CreateDirectory(Path.Combine(models, name)).FullName;
        File.WriteAllText(Path.Combine(folder, "model.json"), $$$"""{"id":"{{{name}}}","kind":"chat","files":{},"tokenizer":{"type":"bpe-bytelevel"}}""");
        return folder;
    }

    public async ValueTask InitializeAsync()
    {
        Owner = Server.OpenBrowser();
        using var created = await Owner.PostFormAsync(Server.PrintedLink(), new() { ["Input.Name"] = DocentServer.OwnerName, ["Input.Password"] = DocentServer.Password });
    }

    public async ValueTask DisposeAsync()
    {
        Owner.Dispose();
        await Server.DisposeAsync();
        Directory.Delete(models, recursive: true);
    }
}

public sealed class ModelsApiTests(ModelsServer server) : IClassFixture<ModelsServer>
{
    private const string Import = "/api/v1/model-import";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private Browser Owner => server.Owner;

    [Fact]
    public async Task Upload_RawBody_IsImportedAndItsFileGoes()
    {
        var ended = EndedAsync();
        using var answer = await UploadAsync("tiny.gguf", ModelWorld.Gguf(ModelsServer.Limit), "?folder=mine&bits=4&name=tiny.gguf");
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        await ended;
        Assert.Equal(("mine", 4), (server.Server.Import.Order!.Name, server.Server.Import.Order.WeightBits));
        var import = (await Owner.ReadAsync<ModelsView>("/api/v1/models")).Import;
        Assert.Equal((ImportState.Done, ScriptedImport.Model), (import.State, import.Model));
        Assert.Empty(Kept());
    }

    [Fact]
    public async Task Import_FromDisk_CanBeCancelled()
    {
        var ended = EndedAsync();
        server.Server.Import.Work = ScriptedImport.Forever;
        var file = Path.Combine(server.Server.Folder, "disk.gguf");
        await File.WriteAllBytesAsync(file, ModelWorld.Gguf(), Cancel);
        using var begun = await Owner.SendJsonAsync(HttpMethod.Post, $"{Import}/from-disk", new { path = file });
        Assert.Equal(HttpStatusCode.Accepted, begun.StatusCode);
        using var busy = await UploadAsync("tiny.gguf", ModelWorld.Gguf());
        Assert.Equal((HttpStatusCode.Conflict, ImportBoard.BusySentence), (busy.StatusCode, await SentenceAsync(busy)));

        using var cancelled = await Owner.SendAsync(HttpMethod.Delete, Import);
        Assert.Equal(HttpStatusCode.NoContent, cancelled.StatusCode);
        await ended;
        server.Server.Import.Work = (_, _) => Task.FromResult(ScriptedImport.Model);
        Assert.Equal(ImportState.Cancelled, (await Owner.ReadAsync<ModelsView>("/api/v1/models")).Import.State);
    }

    [Fact]
    public async Task Upload_ThatCannotBeTaken_IsASentenceWithItsStatus()
    {
        foreach (var (name, content, query, status) in new[]
        {
            ("big.gguf", ModelWorld.Gguf(ModelsServer.Limit + 1), "", HttpStatusCode.RequestEntityTooLarge),
            ("program.gguf", "MZ: a program, whatever its name says"u8.ToArray(), "", HttpStatusCode.UnsupportedMediaType),
            ("model.zip", ModelWorld.Gguf(), "", HttpStatusCode.UnsupportedMediaType),
            ("tiny.gguf", ModelWorld.Gguf(), "&folder=..%2Fout", HttpStatusCode.UnprocessableEntity),
            ("tiny.gguf", ModelWorld.Gguf(), "&bits=16", HttpStatusCode.UnprocessableEntity),
        })
        {
            using var answer = await UploadAsync(name, content, $"?name={name}{query}");
            Assert.Equal(status, answer.StatusCode);
            Assert.EndsWith(".", await SentenceAsync(answer), StringComparison.Ordinal);
        }

        var uploads = server.Server.Services.GetRequiredService<ModelUploads>();
        var free = uploads.FreeSpace;
        uploads.FreeSpace = _ => 0;
        using var full = await UploadAsync("tiny.gguf", ModelWorld.Gguf());
        uploads.FreeSpace = free;
        Assert.Equal(HttpStatusCode.InsufficientStorage, full.StatusCode);
        using var nowhere = await Owner.SendJsonAsync(HttpMethod.Post, $"{Import}/from-disk", new { path = "relative.gguf" });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, nowhere.StatusCode);
        Assert.Empty(Kept());
    }

    [Fact]
    public async Task Upload_WithoutTheToken_IsRefused()
    {
        using var body = new ByteArrayContent(ModelWorld.Gguf());
        using var answer = await Owner.Client.PostAsync($"{Import}?name=tiny.gguf", body, Cancel);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        using var removal = await Owner.Client.DeleteAsync("/api/v1/models/used", Cancel);
        Assert.Equal(HttpStatusCode.BadRequest, removal.StatusCode);
    }

    [Fact]
    public async Task Anything_ByAnotherAccount_IsRefused()
    {
        var folder = server.AddFolder("others");
        using var other = await server.Server.SignedInAsync(DocentServer.OtherName);
        using var body = new ByteArrayContent(ModelWorld.Gguf());
        using var upload = await other.SendAsync(HttpMethod.Post, $"{Import}?name=tiny.gguf", body);
        using var disk = await other.SendJsonAsync(HttpMethod.Post, $"{Import}/from-disk", new { path = "/etc/passwd" });
        using var removal = await other.SendAsync(HttpMethod.Delete, "/api/v1/models/others");
        using var list = await other.GetAsync("/api/v1/models");
        using var page = await other.GetAsync("/models");
        Assert.All(new[] { upload, disk, removal, list, page }, answer => Assert.False(answer.IsSuccessStatusCode));
        Assert.True(Directory.Exists(folder));
        Assert.Empty(Kept());
    }

    [Fact]
    public async Task Remove_SpareGoes_UsedStays_OutsideIsNotFound()
    {
        var (used, spare) = (server.AddFolder("used"), server.AddFolder("spare"));
        Assert.Equal([true, false], (await Owner.ReadAsync<ModelsView>("/api/v1/models")).Folders.Models.Where(model => model.Name is "used" or "spare").OrderByDescending(model => model.Name).Select(model => model.InUse));

        using var removed = await Owner.SendAsync(HttpMethod.Delete, "/api/v1/models/spare");
        Assert.Equal(HttpStatusCode.NoContent, removed.StatusCode);
        Assert.False(Directory.Exists(spare));
        using var refused = await Owner.SendAsync(HttpMethod.Delete, "/api/v1/models/used");
        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        Assert.Contains("named in the settings", await SentenceAsync(refused), StringComparison.Ordinal);
        Assert.True(Directory.Exists(used));
        foreach (var outside in new[] { "..%2Fused", "%2Fetc", "spare" })
        {
            using var missing = await Owner.SendAsync(HttpMethod.Delete, $"/api/v1/models/{outside}");
            Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
        }
    }

    [Fact]
    public async Task Importer_OfTheProduct_TurnsItsReasonIntoOurException()
    {
        var file = Path.Combine(server.Server.Folder, "cut.gguf");
        await File.WriteAllBytesAsync(file, ModelWorld.Gguf(30), Cancel);
        var importer = new GgufImport(server.Server.Services.GetRequiredService<IModelImporter>());
        var error = await Assert.ThrowsAsync<ModelException>(() => importer.ImportAsync(new(file, null, 8, "mine.gguf"), new Progress<ImportStep>(), Cancel));
        Assert.StartsWith("The file mine.gguf cannot be imported: ", error.Message, StringComparison.Ordinal);
        Assert.False(new GgufImport(null).IsAvailable);
    }

    private Task<HttpResponseMessage> UploadAsync(string name, byte[] content, string? query = null) =>
        Owner.SendAsync(HttpMethod.Post, Import + (query ?? $"?name={name}"), new ByteArrayContent(content));

    private string[] Kept() => Directory.Exists(Path.Combine(server.Server.Folder, "imports")) ? Directory.GetFiles(Path.Combine(server.Server.Folder, "imports")) : [];

    private Task EndedAsync()
    {
        var board = server.Server.Services.GetRequiredService<ImportBoard>();
        var (caller, ended, begun) = (OwnerAsync(), new TaskCompletionSource(), false);
        board.Changed += () => _ = LookAsync();
        return ended.Task.WaitAsync(ModelWorld.Patience, Cancel);

        async Task LookAsync()
        {
            var view = await board.ReadAsync(await caller, CancellationToken.None);
            begun |= view?.State == ImportState.Running;
            if (begun && view is { IsOpen: false })
            {
                ended.TrySetResult();
            }
        }
    }

    private async Task<Caller> OwnerAsync() => new(new UserId(await server.Server.AddAccountAsync(DocentServer.OwnerName)), null);

    private static async Task<string> SentenceAsync(HttpResponseMessage answer) =>
        (await answer.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("detail").GetString()!;
}
