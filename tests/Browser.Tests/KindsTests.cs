using System.Text;
using Microsoft.Playwright;
using Rag.Testing.Office;
using static Microsoft.Playwright.Assertions;

namespace Rag.Browser.Tests;

/// <summary>
/// A file of each kind on one assistant: dropped, read, asked about, its place named as a reader would, its source opened with the words
/// marked. With DOCENT_SCREENSHOTS set, pictures are taken into that folder.
/// </summary>
public sealed class KindsTests(Browser browser, SharedServer shared)
{
    private const string Page = """
        <!doctype html><title>Opening hours of the museum</title><nav><a href=/>Home</a></nav><main><h1>Museum</h1><p>Old things.</p>
        <h2>Opening hours</h2><p>The museum is closed on Mondays and opens at ten o'clock on all other days.</p></main>
        """;

    private static readonly (string Name, byte[] Content, string Question, string Words, string Place)[] Files =
    [
        ("manual.docx", OfficeFiles.Word(), "When does the warranty end?", "after five years", "Warranty"),
        ("review.pptx", OfficeFiles.Slides(), "How much did sales grow in spring?", "eight percent", "slide 1"),
        ("prices.xlsx", OfficeFiles.Sheets(), "What is the price of the Boiler 40?", "1,234.50", "sheet Prices, rows 1–9"),
        ("parts.csv", "Article;Weight;Colour\nGarden hose;4 kg;green\nWatering can;1 kg;blue\n"u8.ToArray(), "What is the weight of the garden hose?", "4 kg", "rows 1–3"),
        ("book.epub", ZipFiles.Book(), "How long must the red button be pressed?", "four seconds", "Lighting the boiler"),
        ("order.eml", ZipFiles.Mail(), "When does the replacement pump arrive?", "12 March", "Order 4711"),
        ("museum.html", Encoding.UTF8.GetBytes(Page), "On which day is the museum closed?", "Mondays", "Opening hours"),
        ("notes.md", "# Garden\n\nRoses.\n\n## Frost\n\nThe lemon tree must come inside before the first frost in October.\n"u8.ToArray(), "When must the lemon tree come inside?", "first frost", "Frost"),
        ("memo.txt", Encoding.Latin1.GetBytes("Der Schlüssel für den Fahrradkeller hängt hinter der Tür im Büro.\n"), "Wo hängt der Schlüssel für den Fahrradkeller?", "hinter der Tür", "text file"),
    ];

    [Fact]
    public Task AFileOfEachKind_IsReadCitedByItsPlaceAndOpened() => browser.UseAsync(() => AFileOfEachKindIsReadCitedByItsPlaceAndOpenedAsync());

    private async Task AFileOfEachKindIsReadCitedByItsPlaceAndOpenedAsync()
    {
        var (server, client) = await shared.GetAsync();
        try
        {
            var assistant = await client.CreateAssistantAsync("Everything");
            await using var owner = await browser.NewUserAsync(server.Address);
            var page = await owner.NewPageAsync();
            await Acts.SignInAsync(page);
            await page.GotoAsync($"/assistants/{assistant:N}");
            await page.Locator("input[type=file]").First.SetInputFilesAsync(Files.Select(file => new FilePayload { Name = file.Name, MimeType = "application/octet-stream", Buffer = file.Content }));
            await Expect(page.Locator("li[data-file-state^=Ready]")).ToHaveCountAsync(Files.Length, new() { Timeout = 180_000 });
            await Acts.ShootAsync(page, "kinds-editor");

            await page.GotoAsync($"/chat/{assistant:N}");
            foreach (var file in Files)
            {
                var turn = await Acts.AskAsync(page, file.Question);
                var source = turn.Locator("button.source").First;
                await Expect(source).ToContainTextAsync($"· {file.Place}");
                await Expect(turn).ToContainTextAsync(file.Words);
                await source.ClickAsync();
                var opened = page.GetByRole(AriaRole.Dialog, new() { Name = "Source" });
                await Expect(opened.Locator(".source-what")).ToContainTextAsync(file.Place);
                await Expect(opened.Locator("mark").First).ToBeVisibleAsync();
                Assert.Contains(file.Words, string.Join(' ', await opened.Locator("mark").AllInnerTextsAsync()), StringComparison.Ordinal);
                await Acts.ShootAsync(page, $"kinds-{Path.GetExtension(file.Name)[1..]}");
                await page.Keyboard.PressAsync("Escape");
                await Expect(opened).Not.ToBeVisibleAsync();
            }
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            throw new InvalidOperationException($"{failure.Message}\n--- server ---\n{server.Output}", failure);
        }
    }
}
