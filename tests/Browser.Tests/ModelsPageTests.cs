using System.Text.RegularExpressions;
using Microsoft.Data.Sqlite;
using Microsoft.Playwright;
using Rag.Browser.Tests.Product;
using Rag.Testing;
using Rag.Testing.Gguf;
using static Microsoft.Playwright.Assertions;

namespace Rag.Browser.Tests;

/// <summary>
/// The Models page as its owner uses it, over a models folder of its own: a large file imported from the server's disk and called off, files that cannot be, one that becomes a
/// model and goes again; and that nobody else sees any of it. With DOCENT_SCREENSHOTS set, pictures are taken into that folder.
/// </summary>
public sealed class ModelsPageTests(Browser browser) : IClassFixture<Browser>
{
    // 600 million numbers that take no place on the disk: an import of it lasts long enough to be seen and called off.
    private static readonly TinyShape Large = new() { Hollow = true, Hidden = 2_048, Inner = 8_192, Heads = 16, KeyHeads = 8, HeadSize = 128, Layers = 10 };

    private static readonly string[] Routes = ["/api/v1/models", "/api/v1/model-import", "/api/v1/model-import/from-disk"];

    [Fact]
    public Task Models_ImportedCalledOffAndRefused_ByTheOwnerAlone() => browser.UseAsync(ModelsImportedCalledOffAndRefusedByTheOwnerAloneAsync);

    private async Task ModelsImportedCalledOffAndRefusedByTheOwnerAloneAsync()
    {
        using var folder = new TemporaryFolder();
        var models = Directory.CreateDirectory(Path.Combine(folder.Path, "models")).FullName;
        var data = Directory.CreateDirectory(Path.Combine(folder.Path, "data")).FullName;
        await using var server = await DocentServer.StartAsync(data, new Dictionary<string, string> { ["Inference__ModelsFolder"] = models });
        try
        {
            using var client = await DocentClient.SetUpAsync(server);
            await using var owner = await browser.NewUserAsync(server.Address);
            var page = await owner.NewPageAsync();
            await Acts.SignInAsync(page);
            await page.GetByRole(AriaRole.Link, new() { Name = "Models" }).ClickAsync();
            await Expect(page.GetByText("No model is installed.")).ToBeVisibleAsync();
            await Expect(page.GetByLabel("Or a file on the server's own disk")).ToBeEnabledAsync();   // the page is live
            await Acts.ShootBothAsync(page, "models-empty");

            await CallOffAsync(page, new TinyGguf(Large).File.Save(Path.Combine(folder.Path, "large.gguf")));
            Assert.Empty(Directory.GetFileSystemEntries(models));
            await RefuseAsync(page);
            Assert.Empty(Directory.GetFileSystemEntries(models));
            await ImportAsync(page);
            Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(data, "imports")));
            Assert.Equal(0, await page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth"));

            await OthersAsync(server, data, await client.ShareAsync(await client.CreateAssistantAsync("Shared")));
            Assert.Equal(["tiny"], Directory.GetDirectories(models).Select(Path.GetFileName));

            await RemoveAsync(page);
            Assert.Empty(Directory.GetFileSystemEntries(models));
            await SelfTestAsync(page);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            throw new InvalidOperationException($"{failure.Message}\n--- server ---\n{server.Output}", failure);
        }
    }

    private static async Task CallOffAsync(IPage page, string file)
    {
        await page.GetByLabel("Or a file on the server's own disk").FillAsync(file);
        await page.Keyboard.PressAsync("Enter");
        var bar = page.GetByRole(AriaRole.Progressbar, new() { Name = "Import of large.gguf" });
        await Expect(bar).ToHaveAttributeAsync("value", new Regex("^[1-9]"));
        await Expect(page.GetByText(new Regex(@"writing (the vocabulary|layer \d+ of 10) · \d+ %"))).ToBeVisibleAsync();
        await page.ReloadAsync();   // it goes on without the page
        await Expect(bar).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Cancel the import" })).ToBeEnabledAsync();
        await Acts.ShootBothAsync(page, "models-importing");
        await page.GetByRole(AriaRole.Button, new() { Name = "Cancel the import" }).ClickAsync();
        await Expect(page.GetByText("The import of large.gguf was cancelled. Nothing was kept.")).ToBeVisibleAsync();
    }

    private static async Task RefuseAsync(IPage page)
    {
        await ChooseAsync(page, "notes.gguf", "MZ: a program, whatever its name says"u8.ToArray());
        await Expect(page.GetByText("The content of this file is not GGUF, whatever its name says.")).ToBeVisibleAsync();
        await Acts.ShootBothAsync(page, "models-refused");
        await ChooseAsync(page, "strange.gguf", new TinyGguf(new()).File.Add("general.architecture", "mamba").ToArray());
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("The file strange.gguf cannot be imported: its architecture is 'mamba'; known are llama, qwen2, qwen3.");
        await Expect(page.GetByText("notes.gguf")).ToHaveCountAsync(0);
        await Acts.ShootBothAsync(page, "models-failed");
    }

    /// <summary>By the keyboard, but for the choice of the file.</summary>
    private static async Task ImportAsync(IPage page)
    {
        await page.GetByLabel("Name (optional)").FocusAsync();
        await page.Keyboard.TypeAsync("tiny");
        await page.Keyboard.PressAsync("Tab");
        await Expect(page.GetByLabel("8 bits")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("ArrowDown");
        await Expect(page.GetByLabel("4 bits")).ToBeCheckedAsync();
        await page.Keyboard.PressAsync("Tab");
        await Expect(page.Locator("input[type=file]")).ToBeFocusedAsync();
        await Acts.ShootBothAsync(page, "models-keyboard");
        await ChooseAsync(page, "Tiny.gguf", new TinyGguf(new() { Type = "Q8_0", Tied = true }).File.ToArray());

        await Expect(page.GetByText("Tiny Test Model is installed: 80,192 parameters, ")).ToBeVisibleAsync();
        await Expect(page.GetByText("--Inference:ChatModel tiny")).ToHaveCountAsync(2);   // beside the import, and at the model
        var card = page.Locator("[data-model=tiny]");
        foreach (var words in new[] { "Tiny Test Model", "chat model", "256 tokens", "mit", "Tiny.gguf", "checked: all as model.json says" })
        {
            await Expect(card).ToContainTextAsync(words);
        }

        await Acts.ShootBothAsync(page, "models-done");
    }

    private static async Task RemoveAsync(IPage page)
    {
        await page.GetByRole(AriaRole.Button, new() { Name = "Remove tiny" }).ClickAsync();
        await Acts.ShootBothAsync(page, "models-remove");
        await page.GetByRole(AriaRole.Button, new() { Name = "Remove the model" }).ClickAsync();
        await Expect(page.GetByText("No model is installed.")).ToBeVisibleAsync();
        await Expect(page.GetByText("is installed:")).ToHaveCountAsync(0);
    }

    /// <summary>On the status page; where no model is installed, it says so.</summary>
    private static async Task SelfTestAsync(IPage page)
    {
        await page.GotoAsync("/status");
        var card = page.GetByRole(AriaRole.Region, new() { Name = "Self-test" });
        var run = card.GetByRole(AriaRole.Button, new() { Name = "Run the self-test" });
        await Expect(run).ToBeEnabledAsync();   // the page is live
        await run.FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(card.GetByText("is missing. Copy the model's folder there again")).ToHaveCountAsync(2);
        await Expect(card).ToContainTextAsync("Run on ");
        await Expect(run).ToBeFocusedAsync();
        await Acts.ShootBothAsync(page, "self-test-failed");
    }

    /// <summary>A stranger, a guest and a member: none reaches the page or a route, whether the model exists or not.</summary>
    private async Task OthersAsync(DocentServer server, string data, string link)
    {
        await using (var stranger = await browser.NewUserAsync(server.Address))
        {
            await ExpectNothingAsync(stranger, await stranger.NewPageAsync());
        }

        await using (var guest = await browser.NewUserAsync(server.Address))
        {
            var page = await guest.NewPageAsync();
            await page.GotoAsync(link);
            await Expect(page.Locator(".chat-page")).ToBeVisibleAsync();
            await ExpectNothingAsync(guest, page);
        }

        AddMember(data);
        await using (var member = await browser.NewUserAsync(server.Address))
        {
            var page = await member.NewPageAsync();
            await Acts.SignInAsync(page, "member");
            await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Models" })).ToHaveCountAsync(0);
            await ExpectNothingAsync(member, page);
            await Acts.ShootBothAsync(page, "models-member");
        }
    }

    private static async Task ExpectNothingAsync(IBrowserContext who, IPage page)
    {
        // With the token of a page that each may see, so that it is not its lack that is refused.
        var token = await page.Locator("meta[name=docent-antiforgery]").CountAsync() > 0 ? await page.Locator("meta[name=docent-antiforgery]").GetAttributeAsync("content") : "";
        var shown = await page.GotoAsync("/models");
        Assert.True(shown!.Status == 404 || new Uri(page.Url).AbsolutePath == "/sign-in", $"{shown.Status} {page.Url}");
        await Expect(page.GetByText("Import a model")).ToHaveCountAsync(0);
        var headers = new Dictionary<string, string> { ["X-Docent-Antiforgery"] = token ?? "", ["Content-Type"] = "application/json" };
        Assert.False((await who.APIRequest.GetAsync(Routes[0])).Ok);
        foreach (var (method, path) in new[] { ("POST", Routes[1] + "?name=a.gguf"), ("POST", Routes[2]), ("DELETE", Routes[1]), ("DELETE", Routes[0] + "/tiny"), ("DELETE", Routes[0] + "/none") })
        {
            var answer = await who.APIRequest.FetchAsync(path, new() { Method = method, Headers = headers, Data = """{"path":"/etc/passwd"}""" });
            Assert.Contains(answer.Status, new[] { 401, 403, 404 });
        }
    }

    private static Task ChooseAsync(IPage page, string name, byte[] content) =>
        page.Locator("input[type=file][data-ready]").SetInputFilesAsync(new FilePayload { Name = name, MimeType = "application/octet-stream", Buffer = content });

    /// <summary>No page adds accounts yet: one with the owner's password, and without the owner's rights.</summary>
    private static void AddMember(string data)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(data, "app.db")};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText =
            """
            insert into AspNetUsers (Id, UserName, NormalizedUserName, EmailConfirmed, PasswordHash, SecurityStamp, ConcurrencyStamp, PhoneNumberConfirmed, TwoFactorEnabled, LockoutEnabled, AccessFailedCount)
            select 'member', 'member', 'MEMBER', EmailConfirmed, PasswordHash, 'stamp', 'stamp', PhoneNumberConfirmed, TwoFactorEnabled, LockoutEnabled, 0 from AspNetUsers limit 1
            """;
        Assert.Equal(1, command.ExecuteNonQuery());
    }
}
