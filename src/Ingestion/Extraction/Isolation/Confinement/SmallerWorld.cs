using System.Runtime.InteropServices;
using System.Text;

namespace Rag.Ingestion.Extraction.Isolation.Confinement;

/// <summary>
/// What the child takes from itself before it sees a byte of a file: other files, other programs, sockets, endless processor time. It holds whatever a
/// file makes a parser do; where a system has no such means, the parent's caps remain.
/// </summary>
internal static unsafe class SmallerWorld
{
    /// <summary>Processor seconds a file may take over the parent's cap, which is to strike first.</summary>
    public const int Grace = 5;

    private const int ProcessorTime = 0;   // RLIMIT_CPU

    /// <summary>Call on the first thread, before it starts others: they inherit what it may not do.</summary>
    /// <returns>Whether this process can neither read other files nor start programs now.</returns>
    public static bool Enter()
    {
        if (!OperatingSystem.IsLinux())
        {
            return false;
        }

        _ = "e\u0301".Normalize(NormalizationForm.FormC);   // its library lies where the system pleases: it is loaded while it may be read
        bool files = Landlock.AllowReadingOnly(Readable());
        return CallFilter.Install() && files;
    }

    /// <summary>The system ends the process, parent or not, when the file at hand takes more than this.</summary>
    public static void LimitProcessorTime(TimeSpan used, double seconds)
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        nuint* limit = stackalloc nuint[2];
        if (LinuxCalls.GetLimit(ProcessorTime, limit) == 0)
        {
            limit[0] = Math.Min(limit[1], (nuint)Math.Ceiling(used.TotalSeconds + seconds + Grace));
            _ = LinuxCalls.SetLimit(ProcessorTime, limit);
        }
    }

    /// <summary>Code and what the runtime asks the system about itself; of the program's own folder nothing but code, for its settings and data may lie there.</summary>
    private static IEnumerable<string> Readable() =>
    [
        Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..")),
        .. Directory.EnumerateFiles(AppContext.BaseDirectory, "*", SearchOption.TopDirectoryOnly).Where(IsCode),
        "/lib", "/lib64", "/usr/lib", "/usr/lib64", "/etc/ld.so.cache",
        "/usr/share/fonts", "/usr/local/share/fonts", "/usr/share/zoneinfo", "/usr/share/icu",
        "/dev/null", "/dev/zero", "/dev/random", "/dev/urandom",
        "/proc/self", "/proc/meminfo", "/proc/stat", "/proc/cpuinfo", "/sys/fs/cgroup", "/sys/devices/system",
    ];

    private static bool IsCode(string path) => Path.GetExtension(path) is ".dll" or ".so";
}
