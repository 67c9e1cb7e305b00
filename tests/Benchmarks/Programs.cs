using System.Diagnostics;
using System.Text;

namespace Rag.Benchmarks;

/// <summary>Other people's programs, run to be compared with.</summary>
internal static class Programs
{
    /// <returns>What it wrote, and seconds from start to exit.</returns>
    /// <exception cref="InvalidOperationException">It failed; the message holds the beginning of what it said.</exception>
    /// <exception cref="System.ComponentModel.Win32Exception">It is not installed.</exception>
    public static async Task<(string Output, double Seconds)> RunAsync(string program, IEnumerable<string> arguments, CancellationToken cancel, string folder = "")
    {
        var watch = Stopwatch.StartNew();
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
        })!;
        var errors = process.StandardError.ReadToEndAsync(cancel);
        var output = await process.StandardOutput.ReadToEndAsync(cancel);
        await process.WaitForExitAsync(cancel);
        var seconds = watch.Elapsed.TotalSeconds;
        var said = await errors;
        return process.ExitCode == 0 ? (output, seconds) : throw new InvalidOperationException($"{program} failed: {said[..Math.Min(said.Length, 300)]}");
    }
}
