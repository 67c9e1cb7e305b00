using System.Collections.Concurrent;
using Microsoft.Playwright;
using Rag.Browser.Tests.Product;
using static Microsoft.Playwright.Assertions;

namespace Rag.Browser.Tests;

/// <summary>Files that come in great numbers, before the page is ready for them, or too large.</summary>
public sealed class DropTests(Browser browser, SharedServer shared)
{
    private const int Many = 460;   // more than the page lists at once,
    private const int Taken = 40;   // until some have room

    [Fact]
    public Task ManyFiles_WithLongNames_AllReachTheServer() => OwnAsync(ManyFilesWithLongNamesAllReachTheServerAsync);

    [Fact]
    public Task Drop_OnAPageThatIsNotLiveYet_IsNotLost() => OwnAsync(DropOnAPageThatIsNotLiveYetIsNotLostAsync);

    [Fact]
    public Task FileThatWouldBeRefused_IsNotSent_AndTheOthersAre() => OwnAsync(FileThatWouldBeRefusedIsNotSentAndTheOthersAreAsync);

    /// <summary>For the owner of an assistant without files.</summary>
    private Task OwnAsync(Func<IPage, Guid, Task> test) => browser.UseAsync(async () =>
    {
        var (server, client) = await shared.GetAsync();
        var assistant = await client.CreateAssistantAsync("Files");
        await using var owner = await browser.NewUserAsync(server.Address);
        var page = await owner.NewPageAsync();
        await Acts.SignInAsync(page);
        await test(page, assistant);
    });

    private static async Task FileThatWouldBeRefusedIsNotSentAndTheOthersAreAsync(IPage page, Guid assistant)
    {
        var sent = new ConcurrentBag<string>();
        page.Request += (_, request) => sent.Add($"{request.Method} {request.Url}");
        await page.GotoAsync($"/assistants/{assistant:N}");
        var input = page.Locator("input[type=file][data-ready=true]").First;
        var large = new FilePayload { Name = "log.txt", MimeType = "text/plain", Buffer = new byte[9 << 20] };
        await input.SetInputFilesAsync([large]);
        await Expect(page.GetByText("This file is larger than 8.4 MB, the most for text, Markdown, CSV and HTML. Split it and upload the parts.")).ToBeVisibleAsync();

        await input.SetInputFilesAsync([large, new FilePayload { Name = "note.txt", MimeType = "text/plain", Buffer = "Berth nine is open."u8.ToArray() }]);
        await Expect(page.Locator(".file-row[data-file-state=Ready]")).ToHaveCountAsync(1, new() { Timeout = 60_000 });
        await Expect(page.GetByText("This file is larger than 8.4 MB")).ToHaveCountAsync(2);
        Assert.EndsWith("note.txt", Assert.Single(sent, request => request.StartsWith("POST", StringComparison.Ordinal) && request.Contains("/documents?name=", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    private static async Task ManyFilesWithLongNamesAllReachTheServerAsync(IPage page, Guid assistant)
    {
        // The server's part is played here, and it takes no more than a few: what is to be seen is that every file is named, in messages that a circuit takes.
        var sent = new ConcurrentBag<string>();
        var requests = 0;
        await page.RouteAsync("**/documents?name=*", async route =>
        {
            if (Interlocked.Increment(ref requests) <= Taken)
            {
                sent.Add(Uri.UnescapeDataString(new Uri(route.Request.Url).Query["?name=".Length..]));
                await route.FulfillAsync(new() { Status = 201 });
            }
        });
        await page.GotoAsync($"/assistants/{assistant:N}");
        var names = Enumerable.Range(0, Many).Select(i => $"{i:000}{new string('字', 190)}.txt").ToList();   // 577 bytes each
        await page.Locator("input[type=file][data-ready=true]").First.SetInputFilesAsync(
            names.Select(name => new FilePayload { Name = name, MimeType = "text/plain", Buffer = "x"u8.ToArray() }));

        await Expect(page.GetByText(names[^1], new() { Exact = true })).ToBeAttachedAsync();
        await Expect(page.Locator(".file-row")).ToHaveCountAsync(Many - Taken);
        var waiting = await page.Locator(".file-name").AllInnerTextsAsync();
        Assert.Equal(names, sent.Concat(waiting).Order());
    }

    private static async Task DropOnAPageThatIsNotLiveYetIsNotLostAsync(IPage page, Guid assistant)
    {
        using var folder = new TemporaryFolder();
        var quays = Directory.CreateDirectory(Path.Combine(folder.Path, "quays")).FullName;
        await File.WriteAllTextAsync(Path.Combine(quays, "berths.txt"), "Berth seven is closed until the end of May.\n", TestContext.Current.CancellationToken);
        var dropped = new TaskCompletionSource();
        await page.RouteAsync("**/_framework/blazor.web*.js", async route =>
        {
            await dropped.Task;
            await route.ContinueAsync();
        });
        await page.GotoAsync($"/assistants/{assistant:N}", new() { WaitUntil = WaitUntilState.Commit });
        await Expect(page.Locator(".drop-zone")).ToBeVisibleAsync();
        await Acts.DropAsync(page, quays);
        await Expect(page.Locator("input[type=file][data-ready=true]")).ToHaveCountAsync(0);
        dropped.SetResult();

        await Expect(page.Locator(".file-row[data-file-state=Ready]")).ToHaveCountAsync(1, new() { Timeout = 60_000 });
        await Expect(page.GetByText("berths.txt", new() { Exact = true })).ToBeVisibleAsync();

        // A page that takes no files turns them away; left alone, the browser would go away for them.
        await page.GotoAsync($"/chat/{assistant:N}");
        Assert.True(await page.EvaluateAsync<bool>(
            """
            () => {
              const dataTransfer = new DataTransfer();
              dataTransfer.items.add(new File(["x"], "berths.txt"));
              return !document.body.dispatchEvent(new DragEvent("dragover", { dataTransfer, bubbles: true, cancelable: true }));
            }
            """));
    }
}
