using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Rag.Ingestion.Extraction.Isolation;

/// <summary>
/// How the child is started: an empty environment but for the runtime's own switches, a neutral directory, no core dumps, no writing of
/// files, and no network where the system lets an ordinary user take it away (Linux user namespaces). Other files and programs the child
/// takes from itself (<see cref="Confinement.SmallerWorld"/>).
/// </summary>
internal sealed class ExtractorLaunch
{
    private readonly string[] prefix;   // programs that start the child in a smaller world; may be empty

    private ExtractorLaunch(string[] prefix, bool withoutNetwork, bool withoutFiles)
    {
        this.prefix = prefix;
        (WithoutNetwork, WithoutFiles) = (withoutNetwork, withoutFiles);
    }

    /// <summary>False where the system offers no way to take the network from a child.</summary>
    public bool WithoutNetwork { get; }

    /// <summary>False where the child can read files of the system or start programs.</summary>
    public bool WithoutFiles { get; }

    /// <summary>Tries once what this machine allows.</summary>
    public static async Task<ExtractorLaunch> ProbeAsync(CancellationToken cancel)
    {
        if (OperatingSystem.IsWindows())
        {
            return new ExtractorLaunch([], withoutNetwork: false, withoutFiles: false);
        }

        // No core dumps (they would hold the document) and no file longer than 0 bytes: writing fails, it does not kill. Pipes are not files.
        string[] limits = ["/bin/sh", "-c", "trap '' XFSZ; ulimit -c 0; ulimit -f 0; exec \"$@\"", "sh"];
        string[] unshared = [.. limits, "unshare", "--user", "--map-root-user", "--net", "--"];
        bool withoutNetwork = OperatingSystem.IsLinux() && await WorksAsync(Bare([.. unshared, "true"]), cancel);
        string[] prefix = withoutNetwork ? unshared : await WorksAsync(Bare([.. limits, "true"]), cancel) ? limits : [];
        return new ExtractorLaunch(prefix, withoutNetwork, OperatingSystem.IsLinux() && await WorksAsync(Runtime(prefix, ["confined"]), cancel));
    }

    public ProcessStartInfo StartInfo(IngestionOptions options)
    {
        string seconds = options.FileCpuSeconds.ToString(CultureInfo.InvariantCulture);
        ProcessStartInfo start = Runtime(prefix, ["extract", seconds, .. options.ExtractorTestFaults ? [TestFaults.Switch] : Array.Empty<string>()]);
        long heap = options.ExtractorMemoryMegabytes * 3L / 4 * 1024 * 1024;
        start.Environment["DOTNET_GCHeapHardLimit"] = "0x" + heap.ToString("X", CultureInfo.InvariantCulture);
        start.Environment["DOTNET_gcConcurrent"] = "0";
        start.Environment["DOTNET_GCgen0size"] = "0x4000000";   // 64 MiB: pages are made of short-lived pieces, and a collection stops both readers

        // The process starts from code compiled ahead (Ahead.targets), which is good enough for most of what a file needs. Better code at once for what is called often (0x200 times), as the process
        // never falls quiet, and without the measuring code that comes in between: it pays after some two thousand pages, and most files have fewer.
        start.Environment["DOTNET_TC_CallCountingDelayMs"] = "0";
        start.Environment["DOTNET_TC_CallCountThreshold"] = "200";
        start.Environment["DOTNET_TieredPGO"] = "0";
        return start;
    }

    /// <summary>Another program under the same terms, which parses files as well.</summary>
    /// <param name="megabytes">Its address space, where the system can bound that.</param>
    /// <param name="seconds">Of the processor, after which the system ends it where it can.</param>
    public ProcessStartInfo ProgramInfo(string[] command, long megabytes, int seconds)
    {
        string[] bounded = prefix.Length == 0 ? command
            : ["/bin/sh", "-c", string.Create(CultureInfo.InvariantCulture, $"ulimit -v {megabytes * 1024}; ulimit -t {seconds}; exec \"$@\""), "sh", .. command];
        ProcessStartInfo start = Bare([.. prefix, .. bounded]);
        start.Environment["OMP_THREAD_LIMIT"] = "1";   // its threads take more time than they save on a busy machine
        return start;
    }

    /// <summary>This program in another process.</summary>
    private static ProcessStartInfo Runtime(string[] prefix, string[] arguments)
    {
        ProcessStartInfo start = Bare([.. prefix, DotnetHost(), "exec", Path.Combine(AppContext.BaseDirectory, "Rag.Ingestion.dll"), .. arguments]);
        start.Environment["DOTNET_EnableDiagnostics"] = "0";   // no debugger socket in the temporary folder
        start.Environment["DOTNET_EnableWriteXorExecute"] = "0";   // its double mapping needs a file in memory, which the limit on files forbids
        if (AppContext.TryGetSwitch("System.Globalization.Invariant", out bool invariant) && invariant)
        {
            start.Environment["DOTNET_SYSTEM_GLOBALIZATION_INVARIANT"] = "1";   // no ICU here, and it would not start; else it needs it: accents and Arabic shapes are put together by it
        }

        return start;
    }

    private static ProcessStartInfo Bare(string[] command)
    {
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            UseShellExecute = false,
            CreateNoWindow = true,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = OperatingSystem.IsWindows() ? Path.GetPathRoot(Environment.SystemDirectory) : "/",
        };
        start.Environment.Clear();

        // Windows starts no program without SystemRoot; elsewhere PATH finds unshare.
        string needed = OperatingSystem.IsWindows() ? "SystemRoot" : "PATH";
        start.Environment[needed] = Environment.GetEnvironmentVariable(needed);
        return start;
    }

    /// <summary>The host of the runtime that runs this very program: it stands three levels above shared/Microsoft.NETCore.App/10.0.x/.</summary>
    private static string DotnetHost()
    {
        string name = OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet";
        string host = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", name));
        return File.Exists(host) ? host : name;
    }

    private static async Task<bool> WorksAsync(ProcessStartInfo start, CancellationToken cancel)
    {
        try
        {
            using var process = Process.Start(start);
            if (process is null)
            {
                return false;
            }

            await process.WaitForExitAsync(cancel);
            return process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}
