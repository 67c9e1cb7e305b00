using System.Runtime.InteropServices;

namespace Rag.Ingestion.Extraction.Isolation.Confinement;

/// <summary>Calls of the Linux kernel that .NET has no names for. Results below zero are errors.</summary>
internal static unsafe partial class LinuxCalls
{
    private const int NoNewPrivileges = 38;

    /// <summary>Nothing this process starts may gain rights it lacks; the kernel asks for it before it lets a process confine itself.</summary>
    public static bool GiveUpPrivileges() => Control(NoNewPrivileges, 1, 0, 0, 0) == 0;

    [LibraryImport("libc", EntryPoint = "syscall")]
    public static partial nint Call(nint number, nint one, nint two, nint three, nint four);

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "close")]
    public static partial int Close(int handle);

    /// <param name="limit">Soft and hard limit.</param>
    [LibraryImport("libc", EntryPoint = "setrlimit")]
    public static partial int SetLimit(int resource, nuint* limit);

    [LibraryImport("libc", EntryPoint = "getrlimit")]
    public static partial int GetLimit(int resource, nuint* limit);

    [LibraryImport("libc", EntryPoint = "prctl")]
    private static partial int Control(int option, nint one, nint two, nint three, nint four);
}
