using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using Microsoft.Extensions.Logging;
using Rag.Ingestion.Extraction.Isolation;
using Rag.Retrieval.Knowledge;

namespace Rag.Ingestion.Extraction.Ocr;

/// <summary>
/// Runs the Tesseract program on one picture. It parses what strangers made, so it runs like the extractor does: an empty environment, no network
/// where the system allows, no writing of files, capped memory, time and output. The picture goes in by a pipe, a table of words comes out by another.
/// </summary>
internal sealed class OcrProgram(ExtractorLaunch launch, IngestionOptions options, TimeProvider clock, ILogger logger)
{
    private const int MaxOutput = 32 * 1024 * 1024;

    /// <summary>Address space, not resident memory: the program maps its models too.</summary>
    private const int AddressSpaceFactor = 4;

    /// <summary>The system's own limit strikes after ours, should nobody be there to watch.</summary>
    private const int Grace = 5;

    private const int NotFound = 127;
    private const int NotExecutable = 126;

    /// <param name="switches">Beside language and form of the answer.</param>
    /// <param name="patience">Longest time; never more than the option for one picture.</param>
    /// <returns>The table, or why there is none: <see cref="RefusalReason.OcrOff"/> where the program is missing.</returns>
    public async Task<(RefusalReason? Refusal, string Table)> RunAsync(Stream picture, string[] switches, TimeSpan patience, CancellationToken cancel)
    {
        var longest = TimeSpan.FromSeconds(options.OcrPageSeconds);
        using var late = new CancellationTokenSource(patience < longest ? patience : longest, clock);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancel);
        Process? started;
        try
        {
            int seconds = (int)Math.Ceiling(options.OcrPageSeconds) + Grace;
            started = Process.Start(launch.ProgramInfo(
                [options.OcrCommand, "-", "-", "-l", options.OcrLanguages, .. switches, "tsv"], (long)options.ExtractorMemoryMegabytes * AddressSpaceFactor, seconds));
        }
        catch (Win32Exception exception)
        {
            logger.OcrMissing(exception);
            return (RefusalReason.OcrOff, "");
        }

        using Process process = started!;
        await using CancellationTokenRegistration kill = stop.Token.Register(() => Kill(process));
        Task feeding = FeedAsync(process, picture, cancel);
        Task<string?> errors = ReadAsync(process.StandardError.BaseStream, 64 * 1024);
        string? table = await ReadAsync(process.StandardOutput.BaseStream, MaxOutput);
        if (table is null)
        {
            Kill(process);
        }

        await process.WaitForExitAsync(CancellationToken.None);
        await feeding.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await errors;
        cancel.ThrowIfCancellationRequested();
        if (process.ExitCode is NotFound or NotExecutable)
        {
            logger.OcrMissing(null);
        }

        return table is null ? (RefusalReason.TooLarge, "")
            : late.IsCancellationRequested ? (RefusalReason.TimedOut, "")
            : process.ExitCode is NotFound or NotExecutable ? (RefusalReason.OcrOff, "")
            : process.ExitCode == 0 ? (null, table)
            : (RefusalReason.Damaged, "");
    }

    private static async Task FeedAsync(Process process, Stream picture, CancellationToken cancel)
    {
        await using Stream input = process.StandardInput.BaseStream;
        await picture.CopyToAsync(input, cancel);
    }

    /// <returns>Null when more came than is bearable; the rest is drained so that the program can end.</returns>
    private static async Task<string?> ReadAsync(Stream output, int most)
    {
        using var kept = new MemoryStream();
        byte[] buffer = new byte[64 * 1024];
        bool flood = false;
        int read;
        while ((read = await output.ReadAsync(buffer, CancellationToken.None)) > 0)
        {
            flood |= kept.Length + read > most;
            if (!flood)
            {
                kept.Write(buffer, 0, read);
            }
        }

        return flood ? null : Encoding.UTF8.GetString(kept.GetBuffer(), 0, (int)kept.Length);
    }

    private static void Kill(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // already gone
        }
    }
}
