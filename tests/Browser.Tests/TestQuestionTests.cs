using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Rag.Browser.Tests;

/// <summary>
/// Test questions as their owner keeps them: from the form and from an answer, asked by the server, asked again when a file goes. With
/// DOCENT_SCREENSHOTS set, pictures are taken into that folder.
/// </summary>
public sealed class TestQuestionTests(Browser browser, SharedServer shared)
{
    [Theory]
    [InlineData(1280, 1100, ColorScheme.Light, "desktop")]
    [InlineData(360, 740, ColorScheme.Dark, "phone")]
    public Task TestQuestions_SavedAskedAndAskedAgain_ShowBeforeAndAfter(int width, int height, ColorScheme scheme, string name) => browser.UseAsync(() => TestQuestionsSavedAskedAndAskedAgainShowBeforeAndAfterAsync(width, height, scheme, name));

    private async Task TestQuestionsSavedAskedAndAskedAgainShowBeforeAndAfterAsync(int width, int height, ColorScheme scheme, string name)
    {
        var (server, client) = await shared.GetAsync();
        try
        {
            var assistant = await client.CreateAssistantAsync("Lighthouses");
            await client.UploadAsync(assistant, "guide.txt", "The Cape Hollow guide\n\nThe lighthouse at Cape Hollow was built in 1874 by the engineer Anna Weiss.\n\nTickets cost 6 euros and are sold in the harbour office.\n"u8.ToArray());
            await client.UploadAsync(assistant, "museum.txt", "The museum of Cape Hollow\n\nThe old lamp of the lighthouse stands in the museum since 1931. The museum closes on Mondays.\n"u8.ToArray());
            await client.WaitUntilFinalAsync(assistant, TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken);
            await using var owner = await browser.NewUserAsync(server.Address, scheme, width, height);
            var page = await owner.NewPageAsync();
            await Acts.SignInAsync(page);
            await page.GotoAsync($"/assistants/{assistant:N}");
            await Expect(page.GetByLabel("Name", new() { Exact = true })).ToBeEnabledAsync();   // the page is live
            var tests = page.GetByRole(AriaRole.Region, new() { Name = "Test questions" });
            await Expect(tests.GetByText("Save a question with the page that answers it")).ToBeVisibleAsync();
            await tests.ScrollIntoViewIfNeededAsync();
            await Acts.ShootAsync(page, $"tests-empty-{name}");

            await tests.GetByRole(AriaRole.Button, new() { Name = "Add a test question" }).ClickAsync();
            await tests.GetByLabel("Question", new() { Exact = true }).FillAsync("When does the museum close?");
            await tests.GetByLabel("File that answers it").SelectOptionAsync(new SelectOptionValue { Label = "museum.txt" });
            await tests.GetByLabel("Page").FillAsync("1");
            await Acts.ShootAsync(page, $"tests-form-{name}");
            await tests.GetByRole(AriaRole.Button, new() { Name = "Save the question" }).ClickAsync();
            await Expect(tests.Locator("[data-found=yes]")).ToHaveCountAsync(1);
            await Expect(tests.GetByText("1st quote")).ToBeVisibleAsync();

            await page.GotoAsync($"/chat/{assistant:N}");
            var turn = await Acts.AskAsync(page, "Who built the lighthouse at Cape Hollow?");
            await turn.GetByRole(AriaRole.Button, new() { Name = "Save as test question" }).ClickAsync();
            var dialog = page.GetByRole(AriaRole.Dialog, new() { Name = "Save as test question" });
            await Expect(dialog.GetByLabel("The page that answers it")).ToContainTextAsync("guide.txt, p. 1");
            await Acts.ShootAsync(page, $"tests-dialog-{name}");
            await dialog.GetByRole(AriaRole.Button, new() { Name = "Save", Exact = true }).ClickAsync();
            await dialog.GetByRole(AriaRole.Button, new() { Name = "Done" }).ClickAsync();

            await page.GotoAsync($"/assistants/{assistant:N}");
            await Expect(page.GetByLabel("Name", new() { Exact = true })).ToBeEnabledAsync();   // the page is live
            await Expect(tests.GetByText("2 of 2 find their page")).ToBeVisibleAsync();
            await page.GetByLabel("Actions for museum.txt").ClickAsync();
            await page.GetByRole(AriaRole.Button, new() { Name = "Delete", Exact = true }).ClickAsync();
            await page.GetByRole(AriaRole.Button, new() { Name = "Delete the file" }).ClickAsync();
            await Expect(tests.GetByText("1 of 2 find their page, was 2")).ToBeVisibleAsync();
            await Expect(tests.GetByText("Before → after the files changed")).ToBeVisibleAsync();
            await Expect(tests.Locator("[data-found=no]")).ToContainTextAsync("1st quote →");
            await tests.ScrollIntoViewIfNeededAsync();
            await Acts.ShootAsync(page, $"tests-changed-{name}");

            var drop = page.GetByLabel("Leave out what the model says without support in the files");
            await drop.CheckAsync();
            await Expect(page.GetByText("saved", new() { Exact = true })).ToBeVisibleAsync();
            await drop.ScrollIntoViewIfNeededAsync();
            await Acts.ShootAsync(page, $"tests-guests-{name}");
            await page.ReloadAsync();
            await Expect(page.GetByLabel("Name", new() { Exact = true })).ToBeEnabledAsync();
            await Expect(drop).ToBeCheckedAsync();
            Assert.Equal(0, await page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth"));
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            throw new InvalidOperationException($"{failure.Message}\n--- server ---\n{server.Output}", failure);
        }
    }
}
