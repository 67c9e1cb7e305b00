using System.Runtime.InteropServices;

namespace Rag.Ingestion.Extraction.Isolation.Confinement;

/// <summary>
/// Refuses calls of the kernel that no parser needs, on all threads of the process: starting programs, sockets, other processes.
/// Source: https://docs.kernel.org/userspace-api/seccomp_filter.html
/// </summary>
internal static unsafe class CallFilter
{
    private const ushort Load = 0x20, JumpIfEqual = 0x15, JumpIfAtLeast = 0x35, JumpIfAnyBit = 0x45, Return = 0x06;
    private const uint Allowed = 0x7FFF_0000, KillProcess = 0x8000_0000, Refused = 0x0005_0001, Unknown = 0x0005_0026;   // EPERM, ENOSYS
    private const uint NumberAt = 0, ProcessorAt = 4, FirstArgumentAt = 16;
    private const uint NewThread = 0x10000;          // CLONE_THREAD
    private const uint OtherNumbering = 0x4000_0000; // x32, the same calls under numbers of their own
    private const nint SetFilter = 1, AllThreads = 1;

    /// <returns>False where the system or the processor is not one it knows; then nothing has changed.</returns>
    public static bool Install()
    {
        if (Kernel.Of(RuntimeInformation.ProcessArchitecture) is not { } kernel || !LinuxCalls.GiveUpPrivileges())
        {
            return false;
        }

        Step[] program = Program(kernel);
        fixed (Step* steps = program)
        {
            var filter = new Filter { Length = (ushort)program.Length, Steps = steps };
            return LinuxCalls.Call(kernel.Seccomp, SetFilter, AllThreads, (nint)(&filter), 0) == 0;
        }
    }

    private static Step[] Program(Kernel kernel)
    {
        List<Step> steps =
        [
            new(Load, 0, 0, ProcessorAt),
            new(JumpIfEqual, 1, 0, kernel.Processor),
            new(Return, 0, 0, KillProcess),
            new(Load, 0, 0, NumberAt),
            new(JumpIfAtLeast, 0, 1, OtherNumbering),
            new(Return, 0, 0, Refused),
        ];
        foreach (uint call in kernel.Refused)
        {
            steps.Add(new(JumpIfEqual, 0, 1, call));
            steps.Add(new(Return, 0, 0, Refused));
        }

        // Threads are made by clone too; clone3 hides its flags behind a pointer, and the C library does without it when told that there is none.
        steps.AddRange(
        [
            new(JumpIfEqual, 0, 1, Kernel.MakeThread3),
            new(Return, 0, 0, Unknown),
            new(JumpIfEqual, 0, 3, kernel.MakeThread),
            new(Load, 0, 0, FirstArgumentAt),
            new(JumpIfAnyBit, 1, 0, NewThread),
            new(Return, 0, 0, Refused),
            new(Return, 0, 0, Allowed),
        ]);
        return [.. steps];
    }

    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct Step(ushort Code, byte IfTrue, byte IfFalse, uint Value);

    [StructLayout(LayoutKind.Sequential)]
    private struct Filter
    {
        public ushort Length;
        public Step* Steps;
    }

    /// <summary>Numbers of calls, by processor. Source: the kernel's syscall tables.</summary>
    private sealed record Kernel(uint Processor, nint Seccomp, uint MakeThread, uint[] Refused)
    {
        public const uint MakeThread3 = 435;

        // pidfd_send_signal, io_uring_setup, pidfd_open
        private static readonly uint[] Everywhere = [424, 425, 434];

        public static Kernel? Of(Architecture processor) => processor switch
        {
            // socket, socketpair, fork, vfork, execve, kill, ptrace, tkill, mount, unshare, setns, process_vm_readv, process_vm_writev, bpf, execveat
            Architecture.X64 => new(0xC000_003E, 317, 56, [41, 53, 57, 58, 59, 62, 101, 200, 165, 272, 308, 310, 311, 321, 322, .. Everywhere]),
            Architecture.Arm64 => new(0xC000_00B7, 277, 220, [198, 199, 221, 129, 117, 130, 40, 97, 268, 270, 271, 280, 281, .. Everywhere]),
            _ => null,
        };
    }
}
