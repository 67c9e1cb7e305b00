using Microsoft.Playwright;
using Rag.Browser.Tests;

[assembly: AssemblyFixture(typeof(Browser))]

namespace Rag.Browser.Tests;

/// <summary>Chromium from the system (CHROMIUM names another), headless. One for all tests; each user gets a context of its own.</summary>
public sealed class Browser : IAsyncDisposable
{
    /// <summary>How long a page may take to show what is expected of it, in milliseconds: other tests use the processor too.</summary>
    private const float Patience = 30_000;

    private readonly SemaphoreSlim launching = new(1);
    private IPlaywright? playwright;
    private IBrowser? browser;

    public Browser() => Assertions.SetDefaultExpectTimeout(Patience);

    /// <summary>
    /// Runs a test; once more, in a new browser, where the browser itself died under it. What fails in a living browser, or twice, fails.
    /// </summary>
    public async Task UseAsync(Func<Task> test)
    {
        var used = await LivingAsync();
        try
        {
            await test();
        }
        catch (Exception) when (!used.IsConnected)
        {
            await LivingAsync();
            TestContext.Current.SendDiagnosticMessage("Chromium died; the test is run once more.");
            await test();
        }
    }

    /// <summary>The browser of all tests, which run side by side: started where none lives.</summary>
    private async Task<IBrowser> LivingAsync()
    {
        await launching.WaitAsync();
        try
        {
            if (browser is not { IsConnected: true })
            {
                playwright ??= await Playwright.CreateAsync();
                browser = await LaunchAsync(playwright);
            }

            return browser;
        }
        finally
        {
            launching.Release();
        }
    }

    private static Task<IBrowser> LaunchAsync(IPlaywright playwright) =>
        playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Environment.GetEnvironmentVariable("CHROMIUM") is { Length: > 0 } path ? path : "/usr/bin/chromium",
            Args = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-breakpad", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
        });

    /// <summary>A clean browser profile: no cookies, own storage.</summary>
    public async Task<IBrowserContext> NewUserAsync(Uri address, ColorScheme scheme = ColorScheme.Light, int width = 1280, int height = 900)
    {
        var context = await browser!.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = address.ToString(),
            ColorScheme = scheme,
            ReducedMotion = ReducedMotion.Reduce,   // pictures show where things end up
            ViewportSize = new ViewportSize { Width = width, Height = height },
        });
        context.SetDefaultTimeout(Patience);
        return context;
    }

    public async ValueTask DisposeAsync()
    {
        if (browser is not null)
        {
            await browser.DisposeAsync();
        }

        playwright?.Dispose();
        launching.Dispose();
    }
}
