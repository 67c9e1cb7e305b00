using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Rag.Inference.Runtime;

/// <summary>
/// Official ONNX Runtime packages report to their maker: on Linux and macOS since 1.29, on Windows through the system's tracing. Nothing may
/// leave this machine, so it is switched off before the runtime starts: <c>ORT_DISABLE_TELEMETRY=1</c> makes it create no sender, no device
/// id and no cache (github.com/microsoft/onnxruntime/pull/27379).
/// </summary>
internal static partial class NoTelemetry
{
    private const string Switch = "ORT_DISABLE_TELEMETRY";

    [ModuleInitializer]
    [SuppressMessage("Usage", "CA2255", Justification = "It has to come before the first native call, whoever makes it.")]
    internal static void SwitchOff()
    {
        Environment.SetEnvironmentVariable(Switch, "1");
        if (!OperatingSystem.IsWindows())
        {
            // .NET keeps its own copy of the environment; native code reads the C library's.
            _ = SetNative(Switch, "1", 1);
        }
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetNative(string name, string value, int overwrite);
}
