using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;

namespace Rag.Testing;

/// <summary>
/// The real server as its own process on a free port, with its data in a folder that outlives it: it can be killed and started again.
/// Needs the built <c>Rag.Web.dll</c>, which stands beside the tests that reference the project.
/// </summary>
public sealed partial class DocentServer : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(3);   // some seconds, unless the machine has much else to do
    private readonly Process process;
    private readonly StringBuilder output = new();
    private readonly TaskCompletionSource<Uri> address = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<string> setupLink = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private DocentServer(Process process) => this.process = process;

    public Uri Address => address.Task.GetAwaiter().GetResult();

    public int ProcessId => process.Id;

    /// <summary>Everything the server printed so far, for a failing test's message.</summary>
    public string Output
    {
        get
        {
            lock (output)
            {
                return output.ToString();
            }
        }
    }

    /// <param name="environment">Settings as environment variables, e.g. <c>Ingestion__PageStall=00:00:02</c>.</param>
    public static async Task<DocentServer> StartAsync(string dataFolder, IReadOnlyDictionary<string, string>? environment = null, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = AppContext.BaseDirectory,
        };
        foreach (var argument in new[] { Path.Combine(AppContext.BaseDirectory, "Rag.Web.dll"), "--data", dataFolder, "--urls", "http://127.0.0.1:0" }.Concat(arguments))
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        var server = new DocentServer(new Process { StartInfo = start, EnableRaisingEvents = true });
        server.process.OutputDataReceived += (_, line) => server.Read(line.Data);
        server.process.ErrorDataReceived += (_, line) => server.Read(line.Data);
        server.process.Exited += (_, _) => server.address.TrySetException(new InvalidOperationException("The server ended:\n" + server.Output));
        server.process.Start();
        server.process.BeginOutputReadLine();
        server.process.BeginErrorReadLine();
        try
        {
            await server.address.Task.WaitAsync(StartLimit);
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }

        return server;
    }

    /// <summary>The one-time link that the console shows while there is no owner, on this server's own address.</summary>
    public async Task<Uri> SetupLinkAsync() => new(Address, new Uri(await setupLink.Task.WaitAsync(StartLimit)).PathAndQuery);

    /// <summary>kill -9: nothing is flushed, no handler runs. Its extractor processes end with their pipes.</summary>
    public async Task KillAsync()
    {
        if (!process.HasExited)
        {
            process.Kill(entireProcessTree: false);
            await process.WaitForExitAsync();
        }
    }

    /// <summary>Resident bytes of the server and the processes it started.</summary>
    public long ResidentBytes() => ProcessTree.ResidentBytes(process.Id);

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
        }

        process.Dispose();
    }

    private void Read(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (output)
        {
            output.AppendLine(line);
        }

        if (Listening().Match(line) is { Success: true } listening)
        {
            address.TrySetResult(new Uri(listening.Groups[1].Value));
        }

        if (Setup().Match(line) is { Success: true } setup)
        {
            setupLink.TrySetResult(setup.Value);
        }
    }

    [GeneratedRegex(@"Docent is ready: open (http://[^\s]+)")]
    private static partial Regex Listening();

    [GeneratedRegex(@"http://[^\s]+/setup[^\s]*")]
    private static partial Regex Setup();
}
