using System.Collections;
using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;

namespace Rag.Ingestion.Extraction.Isolation;

/// <summary>
/// Misbehaviour on demand, so tests can show that the parent stands it. Reached only when the child was started with
/// <see cref="Switch"/>; then a file that begins with the magic line names the fault.
/// </summary>
internal static class TestFaults
{
    public const string Switch = "--test-faults";

    private const string Magic = "%PDF-1.7\n%docent-test-fault ";

    public static Action<Stream>? Find(byte[] file)
    {
        string head = Encoding.ASCII.GetString(file, 0, Math.Min(file.Length, 100));
        return !head.StartsWith(Magic, StringComparison.Ordinal) ? null : head[Magic.Length..].Trim() switch
        {
            "crash" => _ => Environment.FailFast("test fault"),
            "hang" => _ => Thread.Sleep(Timeout.Infinite),
            "hang-after-page" => output =>
            {
                SendPage(output, "The only page before the extractor hangs.", pages: 2);
                Thread.Sleep(Timeout.Infinite);
            },
            "spin" => _ => Spin(TimeSpan.MaxValue),
            "spin-pages" => SpinPages,
            "flood-errors" => _ => Flood(Pipes.Error()),
            "flood-output" => Flood,
            "fill-memory" => _ => FillManaged(),
            "fill-native-memory" => _ => FillNative(),
            "probe" => output =>
            {
                SendPage(output, Probe(), pages: 1);
                new Frame(FrameKind.Done, []).WriteTo(output);
            },
            _ => null,
        };
    }

    private static void SendPage(Stream output, string text, int pages)
    {
        ExtractedPage page = TextExtractor.Extract(Encoding.UTF8.GetBytes(text), FileKind.PlainText);
        new Frame(FrameKind.Begin, PageCodec.Begin(null, pages)).WriteTo(output);
        new Frame(FrameKind.Page, PageCodec.Page(page)).WriteTo(output);
    }

    private static void Spin(TimeSpan spend)
    {
        TimeSpan begun = Environment.CpuUsage.TotalTime;
        while (Environment.CpuUsage.TotalTime - begun < spend)
        {
            Thread.SpinWait(100_000);
        }
    }

    private static void SpinPages(Stream output)
    {
        const int pages = 200;
        new Frame(FrameKind.Begin, PageCodec.Begin(null, pages)).WriteTo(output);
        int start = 0;
        for (int number = 1; number <= pages; number++)
        {
            Spin(TimeSpan.FromSeconds(0.2));
            ExtractedPage page = TextExtractor.Extract("A page that took its time."u8.ToArray(), FileKind.PlainText);
            new Frame(FrameKind.Page, PageCodec.Page(page with { Text = page.Text with { Number = number, Start = start, Lines = [] }, Blocks = [] })).WriteTo(output);
            start += page.Text.Text.Length;
        }
    }

    private static void Flood(Stream pipe)
    {
        byte[] noise = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("noise ", 10_000)));
        while (true)
        {
            pipe.Write(noise);
        }
    }

    private static void FillManaged()
    {
        var held = new List<byte[]>();
        while (true)
        {
            held.Add(GC.AllocateUninitializedArray<byte>(8 << 20));
            held[^1].AsSpan().Fill(1);
        }
    }

    private static unsafe void FillNative()
    {
        while (true)
        {
            new Span<byte>(NativeMemory.Alloc(8 << 20), 8 << 20).Fill(1);
        }
    }

    private static string Probe()
    {
        var report = new StringBuilder();
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            report.Append(CultureInfo.InvariantCulture, $"env {variable.Key}\n");
        }

        report.Append(CultureInfo.InvariantCulture, $"process {Environment.ProcessId}\n");
        report.Append(CultureInfo.InvariantCulture, $"directory {Environment.CurrentDirectory}\n");
        report.Append(CultureInfo.InvariantCulture, $"memory {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes}\n");
        report.Append(CultureInfo.InvariantCulture, $"connect {Try(Connect)}\n");
        report.Append(CultureInfo.InvariantCulture, $"write {Try(static () => File.WriteAllText(Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()), "probe"))}\n");
        report.Append(CultureInfo.InvariantCulture, $"read system {Try(static () => File.ReadAllBytes("/etc/passwd"))}\n");
        report.Append(CultureInfo.InvariantCulture, $"read beside {Try(static () => File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Rag.Ingestion.runtimeconfig.json")))}\n");
        report.Append(CultureInfo.InvariantCulture, $"list {Try(static () => Directory.GetFileSystemEntries("/"))}\n");
        report.Append(CultureInfo.InvariantCulture, $"read on a pool thread {OnPoolThread(static () => Try(static () => File.ReadAllBytes("/etc/passwd")))}\n");
        report.Append(CultureInfo.InvariantCulture, $"start {Try(static () => Process.Start("/bin/true").Dispose())}\n");
        return report.ToString();
    }

    private static void Connect()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Connect(new IPEndPoint(new IPAddress([192, 0, 2, 1]), 9));   // documentation range; nothing is sent
    }

    private static string OnPoolThread(Func<string> probe)
    {
        string outcome = "";
        using var done = new ManualResetEventSlim();
        ThreadPool.UnsafeQueueUserWorkItem(_ => { outcome = probe(); done.Set(); }, null);
        done.Wait();
        return outcome;
    }

    private static string Try(Action action)
    {
        try
        {
            action();
            return "allowed";
        }
        catch (Exception exception) when (exception is SocketException or Win32Exception or IOException or UnauthorizedAccessException or ArgumentOutOfRangeException)   // the last: "file too large"
        {
            return "denied";
        }
    }
}
