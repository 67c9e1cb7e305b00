using System.Diagnostics;
using System.Text;
using System.Threading.Channels;

namespace Rag.Ingestion.Tests.Pipeline;

/// <summary>A worker in a process of its own, as the README starts it; it can be killed, frozen and thawed.</summary>
internal sealed class WorkerProcess : IAsyncDisposable
{
    private readonly Process process;
    private readonly StringBuilder output = new();
    private readonly Channel<string> lines = Channel.CreateUnbounded<string>();

    private WorkerProcess(Process process)
    {
        this.process = process;
        process.OutputDataReceived += (_, line) => Take(line.Data);
        process.ErrorDataReceived += (_, line) => Take(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public int Id => process.Id;

    public bool HasExited => process.HasExited;

    public int ExitCode => process.ExitCode;

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

    public static WorkerProcess Start(string folder, string name, params (string Key, string Value)[] settings)
    {
        var start = new ProcessStartInfo("dotnet",
        [
            Path.Combine(AppContext.BaseDirectory, "Rag.Ingestion.dll"), "work", "--data", folder, "--name", name,
            .. settings.Select(setting => $"--{setting.Key}={setting.Value}"),
        ])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return new WorkerProcess(Process.Start(start)!);
    }

    public async Task SaysAsync(string words, TimeSpan limit)
    {
        using var patience = new CancellationTokenSource(limit);
        try
        {
            while (!(await lines.Reader.ReadAsync(patience.Token)).Contains(words, StringComparison.Ordinal))
            {
            }
        }
        catch (Exception failure) when (failure is OperationCanceledException or ChannelClosedException)
        {
            throw new InvalidOperationException($"The worker did not say \"{words}\":\n{Output}", failure);
        }
    }

    /// <summary>SIGKILL: nothing of it runs any more when this returns.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
    }

    /// <summary>STOP, CONT or TERM.</summary>
    public async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
        Assert.Equal(0, kill.ExitCode);
    }

    public Task ExitedAsync() => process.WaitForExitAsync();

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            await KillAsync();
        }

        process.Dispose();
    }

    private void Take(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (output)
        {
            output.AppendLine(line);
        }

        lines.Writer.TryWrite(line);
    }
}
