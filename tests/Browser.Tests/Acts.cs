using Microsoft.Playwright;
using Rag.Testing;
using static Microsoft.Playwright.Assertions;

namespace Rag.Browser.Tests;

/// <summary>What a person does on the pages, again and again.</summary>
internal static class Acts
{
    private static readonly string? Screenshots = Environment.GetEnvironmentVariable("DOCENT_SCREENSHOTS");

    public static async Task SignInAsync(IPage page, string name = "owner")
    {
        await page.GotoAsync("/sign-in");
        await page.GetByLabel("Name").FillAsync(name);
        await page.GetByLabel("Password").FillAsync(DocentClient.Password);
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "My assistants" })).ToBeVisibleAsync();
    }

    /// <summary>Asks and waits until the answer is complete.</summary>
    public static async Task<ILocator> AskAsync(IPage page, string question)
    {
        var turns = await page.Locator("article.turn").CountAsync();
        var input = page.GetByLabel("Your question");
        await input.FillAsync(question);
        await input.PressAsync("Enter");
        var turn = page.Locator("article.turn").Nth(turns);
        await Expect(turn).ToHaveAttributeAsync("aria-busy", "false", new() { Timeout = 120_000 });
        return turn;
    }

    /// <summary>Drops a file or a folder of the disk onto the page. A script cannot make a folder, the browser itself can.</summary>
    public static async Task DropAsync(IPage page, string path)
    {
        var browsing = await page.Context.NewCDPSessionAsync(page);
        foreach (var type in new[] { "dragEnter", "dragOver", "drop" })
        {
            await browsing.SendAsync("Input.dispatchDragEvent", new Dictionary<string, object>
            {
                ["type"] = type,
                ["x"] = 300,
                ["y"] = 400,
                ["data"] = new { items = Array.Empty<object>(), files = new[] { path }, dragOperationsMask = 1 },
            });
        }
    }

    /// <summary>The words under the marks, by where they stand on the drawn page.</summary>
    public static Task<string> MarkedAsync(ILocator source) => source.Locator("svg.page-drawing").EvaluateAsync<string>(
        """
        svg => {
          const marks = [...svg.querySelectorAll('.page-mark')].map(m => m.getBBox());
          const inside = b => marks.some(m => b.x + b.width / 2 >= m.x && b.x + b.width / 2 <= m.x + m.width && b.y + b.height / 2 >= m.y && b.y + b.height / 2 <= m.y + m.height);
          return [...svg.querySelectorAll('text')].filter(t => inside(t.getBBox())).map(t => t.textContent).join(' ');
        }
        """);

    /// <summary>Where DOCENT_SCREENSHOTS names a folder, takes a picture into it.</summary>
    public static async Task ShootAsync(IPage page, string name)
    {
        if (Screenshots is not null)
        {
            await page.ScreenshotAsync(new() { Path = Path.Combine(Screenshots, name + ".png") });
        }
    }

    /// <summary>As <see cref="ShootAsync"/>, of the whole page: wide and light, then narrow and dark.</summary>
    public static async Task ShootBothAsync(IPage page, string name)
    {
        if (Screenshots is not null && page.ViewportSize is { } before)
        {
            await page.ScreenshotAsync(new() { Path = Path.Combine(Screenshots, name + "-desktop.png"), FullPage = true });
            await page.SetViewportSizeAsync(360, 740);
            await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark });
            await page.ScreenshotAsync(new() { Path = Path.Combine(Screenshots, name + "-phone.png"), FullPage = true });
            await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Light });
            await page.SetViewportSizeAsync(before.Width, before.Height);
        }
    }
}
