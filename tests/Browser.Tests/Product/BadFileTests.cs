using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Rag.Retrieval.Knowledge;
using Rag.Testing;
using Rag.Testing.Pdf;
using static Microsoft.Playwright.Assertions;

namespace Rag.Browser.Tests.Product;

/// <summary>Files that crash, hang or flood the extractor, or cannot be read: each ends with its sentence, the others are read, chat goes on.</summary>
public sealed class BadFileTests(Browser browser, SharedServer shared)
{
    private static readonly Dictionary<string, string> Switches = new()
    {
        ["Ingestion__ExtractorTestFaults"] = "true",
        ["Ingestion__PageTimeoutSeconds"] = "8",
    };

    [Fact]
    public Task BadFiles_AmongGoodOnes_EndWithTheirSentenceAndDisturbNothing() => browser.UseAsync(() => BadFilesAmongGoodOnesEndWithTheirSentenceAndDisturbNothingAsync());

    private async Task BadFilesAmongGoodOnesEndWithTheirSentenceAndDisturbNothingAsync()
    {
        var cancel = TestContext.Current.CancellationToken;
        using var folder = new TemporaryFolder();
        await using var server = await DocentServer.StartAsync(folder.Path, Switches);
        using var owner = await DocentClient.SetUpAsync(server);
        var assistant = await owner.CreateAssistantAsync("Handbook");
        var expected = new (string Name, byte[] Bytes, RefusalReason[] Reasons)[]
        {
            ("crash.pdf", FaultFiles.Crash(), [RefusalReason.ExtractorCrashed, RefusalReason.Damaged]),
            ("hang.pdf", FaultFiles.Hang(), [RefusalReason.TimedOut]),
            ("flood.pdf", FaultFiles.FloodErrors(), [RefusalReason.ExtractorCrashed, RefusalReason.Damaged]),
            ("memory.pdf", FaultFiles.FillNativeMemory(), [RefusalReason.OutOfMemory]),
            ("nested.pdf", PdfFiles.StackOverflow(), [RefusalReason.ExtractorCrashed, RefusalReason.Damaged]),
            ("password.pdf", PdfFiles.UserPassword(), [RefusalReason.Encrypted]),
        };
        foreach (var (name, bytes, _) in expected)
        {
            await owner.UploadAsync(assistant, name, bytes);
        }

        await owner.UploadAsync(assistant, "holidays.txt", Encoding.UTF8.GetBytes("Every employee has 28 days of holiday a year.\n\nUnused days move to the next year until March.\n"));
        await owner.UploadAsync(assistant, "scan.pdf", PdfFiles.NoText(2));

        var documents = (await owner.WaitUntilFinalAsync(assistant, TimeSpan.FromMinutes(3), cancel)).ToDictionary(d => d.GetProperty("fileName").GetString()!);
        Assert.Equal("Ready", documents["holidays.txt"].GetProperty("state").GetString());
        Assert.Equal("ReadyWithWarnings", documents["scan.pdf"].GetProperty("state").GetString());
        Assert.Equal(Refusals.NoTextFound, documents["scan.pdf"].GetProperty("message").GetString());
        Assert.All(expected, file =>
        {
            Assert.Equal("Failed", documents[file.Name].GetProperty("state").GetString());
            Assert.Contains(documents[file.Name].GetProperty("message").GetString(), file.Reasons.Select(Refusals.Sentence));
        });

        await using var user = await browser.NewUserAsync(server.Address, ColorScheme.Light, 1280, 1300);
        var page = await user.NewPageAsync();
        await Acts.SignInAsync(page);
        await page.GotoAsync($"/assistants/{assistant:N}");
        await Expect(page.GetByLabel("Name", new() { Exact = true })).ToBeEnabledAsync();
        foreach (var (name, _, _) in expected)
        {
            await Expect(page.Locator("li.file-row", new() { HasText = name })).ToContainTextAsync(documents[name].GetProperty("message").GetString()!);
        }

        await Acts.ShootAsync(page, "files-failed");

        var quotes = new List<string>();
        await owner.AskAsync(assistant, "How many days of holiday does an employee have?", (_, data) => quotes.AddRange(Quotes(data)), cancel);
        Assert.Contains(quotes, quote => quote.Contains("28 days of holiday", StringComparison.Ordinal));
    }

    /// <summary>What a person sees of a long file: the page it is read at, passages done, time left; and that cancelling works at once.</summary>
    [Fact]
    public Task LongFile_ShowsPagesPassagesAndTimeLeft_AndCanBeCancelled() => browser.UseAsync(() => LongFileShowsPagesPassagesAndTimeLeftAndCanBeCancelledAsync());

    private async Task LongFileShowsPagesPassagesAndTimeLeftAndCanBeCancelledAsync()
    {
        var (server, owner) = await shared.GetAsync();
        var assistant = await owner.CreateAssistantAsync("Archive");
        await owner.UploadAsync(assistant, "long.pdf", PdfFiles.Text(150));
        await using var user = await browser.NewUserAsync(server.Address, ColorScheme.Light, 1280, 900);
        var page = await user.NewPageAsync();
        await Acts.SignInAsync(page);
        await page.GotoAsync($"/assistants/{assistant:N}");
        var row = page.Locator("li.file-row", new() { HasText = "long.pdf" });
        await Expect(row).ToContainTextAsync(new Regex(@"making it searchable, [1-9]\d* of \d+ passages · (about|a few)"), new() { Timeout = 60_000 });
        await Expect(page.GetByText(new Regex("1 file being read, (about|a few)"))).ToBeVisibleAsync();
        await Acts.ShootAsync(page, "files-progress");

        await page.GetByLabel("Actions for long.pdf").ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Cancel" }).ClickAsync();
        await Expect(row).ToContainTextAsync("Cancelled.", new() { Timeout = 5_000 });
    }

    private static IEnumerable<string> Quotes(JsonElement data) =>
        data.TryGetProperty("answer", out var answer) && answer.ValueKind == JsonValueKind.Object && answer.TryGetProperty("citations", out var citations)
            ? citations.EnumerateArray().Select(citation => citation.GetProperty("quote").GetString()!)
            : [];
}
