using System.Text.Json;
using Microsoft.Playwright;
using Rag.Testing;
using static Microsoft.Playwright.Assertions;

namespace Rag.Browser.Tests;

/// <summary>
/// Questions about everything on a real filing with the shipped models: a summary whose sentences open on their pages, and a list. With
/// DOCENT_SCREENSHOTS set, pictures are taken into that folder.
/// </summary>
public sealed class WholeDocumentTests(Browser browser, SharedServer shared, WholeDocumentTests.Filing filing) : IClassFixture<WholeDocumentTests.Filing>
{
    [Fact]
    public async Task WholeDocument_List_ReadsEveryPassageAndSaysSoMeanwhile()
    {
        var (_, client) = await shared.GetAsync();
        var assistant = await filing.ReadyAsync(client);
        var events = new List<(string Name, JsonElement Data)>();
        await client.AskAsync(assistant, "List all percentages", (kind, data) => events.Add((kind, data)), TestContext.Current.CancellationToken);
        Assert.Equal(["accepted", "searching", "reading"], events.Take(3).Select(e => e.Name));
        Assert.True(events.Count(e => e.Name == "reading") > 2);
        var whole = events[^1].Data.GetProperty("answer").GetProperty("whole");
        Assert.Equal(whole.GetProperty("passages").GetInt32(), whole.GetProperty("read").GetInt32());
        Assert.Contains(whole.GetProperty("sections").EnumerateArray().SelectMany(s => s.GetProperty("points").EnumerateArray()), p => p.GetProperty("value").GetString() is "8%" or "6%" or "10%");
    }

    [Theory]
    [InlineData(1280, 900, ColorScheme.Light, "desktop")]
    [InlineData(360, 740, ColorScheme.Dark, "phone")]
    public Task WholeDocument_SummaryAndList_SayWhatWasReadAndOpenTheirPages(int width, int height, ColorScheme scheme, string name) => browser.UseAsync(() => WholeDocumentSummaryAndListSayWhatWasReadAndOpenTheirPagesAsync(width, height, scheme, name));

    private async Task WholeDocumentSummaryAndListSayWhatWasReadAndOpenTheirPagesAsync(int width, int height, ColorScheme scheme, string name)
    {
        var (server, client) = await shared.GetAsync();
        try
        {
            var assistant = await filing.ReadyAsync(client);
            await using var owner = await browser.NewUserAsync(server.Address, scheme, width, height);
            var page = await owner.NewPageAsync();
            await Acts.SignInAsync(page);
            await page.GotoAsync($"/chat/{assistant:N}");

            var summary = await Acts.AskAsync(page, "Summarise this document");
            await Expect(summary.Locator(".coverage")).ToHaveTextAsync(new System.Text.RegularExpressions.Regex(@"read (\d+) of \1 passages in 1 file"));
            await Expect(summary.Locator(".point")).ToHaveCountAsync(12);
            await Acts.ShootAsync(page, $"whole-summary-{name}");
            var point = summary.Locator(".point").First;
            var words = (await point.Locator(".quote-text").InnerTextAsync()).Split(' ').Skip(1).Take(3);
            await point.GetByRole(AriaRole.Button).ClickAsync();
            var source = page.GetByRole(AriaRole.Dialog, new() { Name = "Source" });
            await Expect(source.Locator(".page-mark").First).ToBeAttachedAsync();
            var marked = await Acts.MarkedAsync(source);
            Assert.All(words, word => Assert.Contains(word, marked, StringComparison.Ordinal));
            await Acts.ShootAsync(page, $"whole-source-{name}");
            await page.Keyboard.PressAsync("Escape");

            var list = await Acts.AskAsync(page, "List all dates");
            await Expect(list.Locator(".own")).ToContainTextAsync("different values");
            await Expect(list.Locator(".point")).ToHaveCountAsync(20);
            await Acts.ShootAsync(page, $"whole-list-{name}");
            await list.GetByRole(AriaRole.Button, new() { NameRegex = new("Show .* more") }).ClickAsync();
            await Expect(list.Locator(".point").Nth(20)).ToBeVisibleAsync();

            await page.ReloadAsync();
            await Expect(page.Locator(".coverage")).ToHaveCountAsync(2);
            Assert.Equal(0, await page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth"));
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            throw new InvalidOperationException($"{failure.Message}\n--- server ---\n{server.Output}", failure);
        }
    }

    /// <summary>An assistant with one 10-Q, read once for all tests of the class.</summary>
    public sealed class Filing
    {
        private Guid? ready;

        public async Task<Guid> ReadyAsync(DocentClient client) => ready ??= await ReadAsync(client);

        private static async Task<Guid> ReadAsync(DocentClient client)
        {
            var assistant = await client.CreateAssistantAsync("Apple");
            await client.UploadAsync(assistant, TestData.Apple, await File.ReadAllBytesAsync(TestData.TenQ(TestData.Apple), TestContext.Current.CancellationToken));
            await client.WaitUntilFinalAsync(assistant, TimeSpan.FromMinutes(3), TestContext.Current.CancellationToken);
            return assistant;
        }
    }
}
