using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Rag.Browser.Tests.Product;
using Rag.Testing;
using static Microsoft.Playwright.Assertions;

namespace Rag.Browser.Tests;

/// <summary>
/// The main job as a stranger does it, on three real 10-Qs and the shipped models: set-up link, assistant, files, chat with citations, a
/// shared link in a second, clean browser. With DOCENT_SCREENSHOTS set, the pictures of the README are taken into that folder.
/// </summary>
public sealed partial class MainJobTests(Browser browser)
{
    private const float Patient = 480_000;
    private static readonly string? Screenshots = Environment.GetEnvironmentVariable("DOCENT_SCREENSHOTS");

    [Fact]
    public Task MainJob_FromSetUpLinkToSharedChat_Works() => browser.UseAsync(() => MainJobFromSetUpLinkToSharedChatWorksAsync());

    private async Task MainJobFromSetUpLinkToSharedChatWorksAsync()
    {
        using var folder = new TemporaryFolder();
        await using var server = await DocentServer.StartAsync(folder.Path);
        try
        {
            await using var owner = await browser.NewUserAsync(server.Address);
            var page = await owner.NewPageAsync();
            var faults = Faults(page);

            await SetUpAsync(page, await server.SetupLinkAsync());
            Assert.True(await page.EvaluateAsync<bool>("typeof window.Blazor === 'object'"));
            await ShootAsync(page, "empty");

            var editor = await CreateAssistantWithFilesAsync(page);
            await AskAboutRepurchasesAsync(page);
            await AskAboutSalesAsync(page);
            var link = await ShareAsync(page, editor);
            await page.GotoAsync("/");
            await Expect(page.GetByText("3 files")).ToBeVisibleAsync();
            await ShootAsync(page, "assistants");
            Assert.Empty(faults);

            await GuestAsync(server.Address, link, editor);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            throw new InvalidOperationException($"{failure.Message}\n--- server ---\n{server.Output}", failure);
        }
    }

    private static async Task SetUpAsync(IPage page, Uri link)
    {
        await page.GotoAsync(link.ToString());
        await page.GetByLabel("Name to sign in with").FillAsync("owner");
        await page.GetByLabel("Password").FillAsync(DocentClient.Password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Create the account" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "My assistants" })).ToBeVisibleAsync();
    }

    /// <summary>The assistant is made by a button, which proves that the circuit works; the files are dropped on the page.</summary>
    private async Task<string> CreateAssistantWithFilesAsync(IPage page)
    {
        await page.GetByRole(AriaRole.Button, new() { Name = "Start empty" }).ClickAsync();
        await page.WaitForURLAsync(EditorAddress());
        await page.GetByLabel("Name", new() { Exact = true }).FillAsync("10-Q filings");
        await Expect(page.GetByText("saved", new() { Exact = true })).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "10-Q filings", Level = 2 })).ToBeVisibleAsync();   // the chat beside it goes along

        await DropAsync(page, TestData.Apple, TestData.Amazon, TestData.Nvidia);
        await Expect(page.Locator(".file-row[data-file-state]")).ToHaveCountAsync(3);
        await Expect(page.Locator(".file-state").Filter(new() { HasTextRegex = Reading() }).First).ToBeVisibleAsync(new() { Timeout = 60_000 });
        await ShootAsync(page, "editor");
        await Expect(page.Locator(".file-row[data-file-state=Ready]")).ToHaveCountAsync(3, new() { Timeout = Patient });
        return new Uri(page.Url).AbsolutePath;
    }

    private async Task AskAboutRepurchasesAsync(IPage page)
    {
        await page.GetByLabel("More actions").ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Open the chat" }).ClickAsync();
        await Expect(page.Locator(".chat-page")).ToBeVisibleAsync();
        var turn = await AskAsync(page, "How many shares of its common stock did Apple repurchase in the nine months ended July 1, 2023?");
        var quote = turn.Locator(".quote").Filter(new() { HasText = "365 million shares" }).First;
        await Expect(quote).ToBeVisibleAsync();
        await Expect(quote.GetByRole(AriaRole.Button)).ToContainTextAsync("p. 14");
        await Expect(quote.GetByRole(AriaRole.Button)).ToContainTextAsync("AAPL");
        await Expect(turn.Locator(".model-text")).Not.ToBeEmptyAsync(new() { Timeout = 60_000 });
        await Expect(turn).ToHaveAttributeAsync("aria-busy", "false", new() { Timeout = 120_000 });
        await ShootAsync(page, "chat");

        await quote.GetByRole(AriaRole.Button).ClickAsync();
        var source = page.GetByRole(AriaRole.Dialog, new() { Name = "Source" });
        await Expect(source.GetByText("page 14 of 29")).ToBeVisibleAsync();
        await Expect(source.Locator("svg.page-drawing")).ToBeVisibleAsync();
        await ExpectMarkedAsync(source, "365 million");
        await ShootAsync(page, "source");
        await page.Keyboard.PressAsync("Escape");
        await Expect(source).Not.ToBeVisibleAsync();

        // The answer survives a reload.
        await page.ReloadAsync();
        await Expect(page.Locator(".quote").Filter(new() { HasText = "365 million shares" }).First).ToBeVisibleAsync();
    }

    private static async Task AskAboutSalesAsync(IPage page)
    {
        var turn = await AskAsync(page, "What were Apple's total net sales in the quarter?");
        var row = turn.Locator(".quote").Filter(new() { Has = page.Locator("td, th", new() { HasText = "81,797" }) }).First;
        await Expect(row).ToBeVisibleAsync();
        await Expect(row.Locator("caption")).Not.ToBeEmptyAsync();
        await Expect(row.GetByRole(AriaRole.Button)).ToContainTextAsync(SalesPages());
        await row.GetByRole(AriaRole.Button).ClickAsync();
        await ExpectMarkedAsync(page.GetByRole(AriaRole.Dialog, new() { Name = "Source" }), "81,797");
        await page.Keyboard.PressAsync("Escape");
        await Expect(turn).ToHaveAttributeAsync("aria-busy", "false", new() { Timeout = 120_000 });
    }

    private async Task<string> ShareAsync(IPage page, string editor)
    {
        await page.GotoAsync(editor);
        await page.GetByRole(AriaRole.Button, new() { Name = "Share" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Make a link" }).ClickAsync();
        var link = await page.GetByLabel("The new link").InputValueAsync();
        await Expect(page.GetByAltText("The link as a QR code")).ToBeVisibleAsync();
        await ShootAsync(page, "share");
        return link;
    }

    private async Task GuestAsync(Uri server, string link, string editor)
    {
        await using var context = await browser.NewUserAsync(server, ColorScheme.Dark, width: 360, height: 740);
        var page = await context.NewPageAsync();
        var faults = Faults(page);
        await page.GotoAsync(link);
        await Expect(page.Locator(".chat-page")).ToBeVisibleAsync();
        await Expect(page.GetByText("Shared with you by a link")).ToBeVisibleAsync();
        await Expect(page.GetByText("How many shares")).ToHaveCountAsync(0);
        var turn = await AskAsync(page, "How many shares of its common stock did Apple repurchase in the nine months ended July 1, 2023?");
        var quote = turn.Locator(".quote").Filter(new() { HasText = "365 million shares" }).First;
        await Expect(quote).ToBeVisibleAsync();
        await Expect(turn).ToHaveAttributeAsync("aria-busy", "false", new() { Timeout = 120_000 });
        await ShootAsync(page, "guest-phone");
        await quote.GetByRole(AriaRole.Button).ClickAsync();
        await ExpectMarkedAsync(page.GetByRole(AriaRole.Dialog, new() { Name = "Source" }), "365 million");
        await ShootAsync(page, "guest-phone-source");
        Assert.Equal(0, await page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth"));
        Assert.Empty(faults);

        // The editor, the file list and any other assistant look the same as what does not exist.
        var assistant = editor.Split('/')[^1];
        var other = Guid.NewGuid().ToString("N");
        await page.GotoAsync(editor);
        Assert.Equal("/sign-in", new Uri(page.Url).AbsolutePath);
        await page.GotoAsync($"/assistants/{other}");
        Assert.Equal("/sign-in", new Uri(page.Url).AbsolutePath);
        var missing = await context.APIRequest.GetAsync($"{server}api/v1/assistants/{other}/documents");
        var files = await context.APIRequest.GetAsync($"{server}api/v1/assistants/{assistant}/documents");
        Assert.False(files.Ok);
        Assert.Equal(missing.Status, files.Status);
        Assert.Equal(await missing.TextAsync(), await files.TextAsync());
        Assert.Equal(404, (await page.GotoAsync($"/chat/{other}"))!.Status);
    }

    private static async Task<ILocator> AskAsync(IPage page, string question)
    {
        var turns = await page.Locator("article.turn").CountAsync();
        var input = page.GetByLabel("Your question");
        await input.FillAsync(question);
        await input.PressAsync("Enter");
        var turn = page.Locator("article.turn").Nth(turns);
        await Expect(turn.Locator(".evidence")).ToBeVisibleAsync(new() { Timeout = 30_000 });
        return turn;
    }

    /// <summary>Drops files on the page as a person's mouse would: one drop event with all of them.</summary>
    private static async Task DropAsync(IPage page, params string[] files)
    {
        var transfer = await page.EvaluateHandleAsync("() => new DataTransfer()");
        foreach (var file in files)
        {
            var bytes = Convert.ToBase64String(await File.ReadAllBytesAsync(TestData.TenQ(file)));
            await page.EvaluateAsync(
                "([transfer, name, bytes]) => transfer.items.add(new File([Uint8Array.from(atob(bytes), c => c.charCodeAt(0))], name, { type: 'application/pdf' }))",
                new object[] { transfer, file, bytes });
        }

        foreach (var step in new[] { "dragenter", "dragover", "drop" })
        {
            await page.Locator("body").DispatchEventAsync(step, new { dataTransfer = transfer });
        }
    }

    /// <summary>The words under the marks, by where they stand on the drawn page.</summary>
    private static async Task ExpectMarkedAsync(ILocator source, string words)
    {
        await Expect(source.Locator(".page-mark").First).ToBeAttachedAsync();
        var marked = await source.Locator("svg.page-drawing").EvaluateAsync<string>(
            """
            svg => {
              const marks = [...svg.querySelectorAll('.page-mark')].map(m => m.getBBox());
              const inside = b => marks.some(m => b.x + b.width / 2 >= m.x && b.x + b.width / 2 <= m.x + m.width && b.y + b.height / 2 >= m.y && b.y + b.height / 2 <= m.y + m.height);
              return [...svg.querySelectorAll('text')].filter(t => inside(t.getBBox())).map(t => t.textContent).join(' ');
            }
            """);
        Assert.Contains(words, marked, StringComparison.Ordinal);
    }

    /// <summary>What a console or a blocked request says: there should be nothing.</summary>
    private static List<string> Faults(IPage page)
    {
        var faults = new List<string>();
        page.Console += (_, message) =>
        {
            if (message.Type == "error")
            {
                faults.Add(message.Text);
            }
        };
        page.PageError += (_, error) => faults.Add(error);
        return faults;
    }

    private static async Task ShootAsync(IPage page, string name)
    {
        if (Screenshots is not null)
        {
            await page.ScreenshotAsync(new() { Path = Path.Combine(Screenshots, name + ".png") });
        }
    }

    [GeneratedRegex("/assistants/[0-9a-f-]+$")]
    private static partial Regex EditorAddress();

    [GeneratedRegex(@"reading page \d+ of \d+|page \d+ of \d+|\d+ of \d+")]
    private static partial Regex Reading();

    [GeneratedRegex(@"p\. (4|10|18|19)\b")]
    private static partial Regex SalesPages();
}
