using System.Diagnostics;

namespace Rag.Evaluation;

/// <summary>Reads pages of a PDF with <c>pdftotext</c> (Poppler), a program that shares nothing with ours.</summary>
internal sealed class PageReader
{
    private readonly Dictionary<(string File, int Page), string> pages = [];

    /// <returns>The quotes that do not stand on their page, blanks aside.</returns>
    public async Task<IReadOnlyList<(string File, int Page, string Text)>> AstrayAsync(IReadOnlyList<(string File, int Page, string Text)> quotes, CancellationToken cancel)
    {
        var astray = new List<(string, int, string)>();
        foreach (var quote in quotes.Distinct())
        {
            var text = Plain(quote.Text);
            if (!(await ReadAsync(quote.File, quote.Page, cancel)).Split('\f').Any(page => page.Contains(text, StringComparison.Ordinal)))
            {
                astray.Add(quote);
            }
        }

        return astray;
    }

    /// <summary>The page in reading order and, since rows of tables come apart there, laid out as printed.</summary>
    private async Task<string> ReadAsync(string file, int page, CancellationToken cancel)
    {
        if (!pages.TryGetValue((file, page), out var text))
        {
            text = $"{Plain(await RunAsync(file, page, [], cancel))}\f{Plain(await RunAsync(file, page, ["-layout"], cancel))}";
            pages[(file, page)] = text;
        }

        return text;
    }

    private static async Task<string> RunAsync(string file, int page, IEnumerable<string> options, CancellationToken cancel)
    {
        var start = new ProcessStartInfo("pdftotext", ["-f", $"{page}", "-l", $"{page}", .. options, file, "-"]) { RedirectStandardOutput = true };
        using var process = Process.Start(start) ?? throw new InvalidOperationException("pdftotext does not start.");
        var text = await process.StandardOutput.ReadToEndAsync(cancel);
        await process.WaitForExitAsync(cancel);
        return process.ExitCode == 0 ? text : throw new InvalidOperationException($"pdftotext ended with {process.ExitCode}.");
    }

    private static string Plain(string text) => string.Concat(text.Where(c => !char.IsWhiteSpace(c)));
}
