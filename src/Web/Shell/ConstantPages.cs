namespace Rag.Web.Shell;

/// <summary>A page that is the same bytes for everyone: what happened, what is safe, what to do.</summary>
internal sealed record ConstantPage(string Title, string Text, string Action, string Target);

/// <summary>Pages for answers that must not differ (nothing here, or nothing here for you) or that cannot rely on rendering (errors).</summary>
internal static class ConstantPages
{
    public static ConstantPage NotFound { get; } = new(
        "There is no such page", "The address may be mistyped, or what it led to was deleted or is not yours to see.", "Go to the start page", "/");

    public static ConstantPage DeadLink { get; } = new(
        "This link does not work", "It may have expired, been withdrawn or been copied in part. Ask the person who sent it for a new one.", "Go to the start page", "/");

    public static ConstantPage TooManyTries { get; } = new(
        "Too many tries", "Nothing is lost. Wait a minute, then go back and try again.", "Go to the start page", "/");

    public static ConstantPage BadRequest { get; } = new(
        "That form was out of date", "Nothing was changed. Go back, load the page again and repeat the last step.", "Go to the start page", "/");

    public static ConstantPage Error { get; } = new(
        "The server could not finish that", "What was saved before is safe. Load the page again; if it happens again, the server's log says why.", "Go to the start page", "/");

    /// <summary>Writes the page; status and headers stay as they are.</summary>
    public static Task WriteAsync(HttpResponse response, ConstantPage page, CancellationToken cancel)
    {
        response.ContentType = "text/html; charset=utf-8";
        return response.WriteAsync($"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>{page.Title} · Docent</title>
            <base href="/">
            <script src="/theme.js"></script>
            <link rel="icon" href="/icon.svg" type="image/svg+xml">
            <link rel="stylesheet" href="/app.css">
            </head>
            <body>
            <div class="shell">
            <main class="content content-narrow">
            <section class="panel">
            <h1>{page.Title}</h1>
            <p>{page.Text}</p>
            <a class="button" href="{page.Target}" data-enhance-nav="false">{page.Action}</a>
            </section>
            </main>
            </div>
            </body>
            </html>
            """, cancel);
    }
}
