namespace Rag.Ingestion.Extraction.Isolation.Confinement;

/// <summary>
/// Takes the file system from this thread and from every thread it starts, but for what may still be read. Linux 5.13 and later.
/// Source: https://docs.kernel.org/userspace-api/landlock.html
/// </summary>
internal static unsafe class Landlock
{
    private const int CreateRuleset = 444, AddRule = 445, RestrictSelf = 446;   // the same numbers on every processor
    private const nint AskVersion = 1, PathBeneath = 1;
    private const ulong ReadFile = 1 << 2, ReadFolder = 1 << 3;
    private const int PathOnly = 0x20_0000, CloseOnExec = 0x8_0000;   // O_PATH, O_CLOEXEC

    /// <returns>False where the system has no Landlock; then nothing has changed.</returns>
    public static bool AllowReadingOnly(IEnumerable<string> paths)
    {
        nint version = LinuxCalls.Call(CreateRuleset, 0, 0, AskVersion, 0);
        if (version < 1)
        {
            return false;
        }

        // What is handled is denied unless a rule allows it: each way to touch files that this version knows, TCP (4), other processes' sockets and signals (6).
        ulong* handled = stackalloc ulong[3]
        {
            (1UL << (version switch { 1 => 13, 2 => 14, 3 or 4 => 15, _ => 16 })) - 1,
            version >= 4 ? 0b11UL : 0,
            version >= 6 ? 0b11UL : 0,
        };
        int rules = (int)LinuxCalls.Call(CreateRuleset, (nint)handled, version < 4 ? 8 : version < 6 ? 16 : 24, 0, 0);
        if (rules < 0)
        {
            return false;
        }

        try
        {
            foreach (string path in paths)
            {
                Allow(rules, path);
            }

            return LinuxCalls.GiveUpPrivileges() && LinuxCalls.Call(RestrictSelf, rules, 0, 0, 0) == 0;
        }
        finally
        {
            _ = LinuxCalls.Close(rules);
        }
    }

    private static void Allow(int rules, string path)
    {
        int handle = LinuxCalls.Open(path, PathOnly | CloseOnExec);
        if (handle < 0)
        {
            return;   // not on this system
        }

        byte* rule = stackalloc byte[12];   // packed: rights, then the open path
        *(ulong*)rule = Directory.Exists(path) ? ReadFile | ReadFolder : ReadFile;
        *(int*)(rule + 8) = handle;
        _ = LinuxCalls.Call(AddRule, rules, PathBeneath, (nint)rule, 0);   // a path that is refused stays denied
        _ = LinuxCalls.Close(handle);
    }
}
