using System.Reflection;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;

namespace Rag.Inference.Runtime;

/// <summary>ONNX Runtime's native side as far as the choice of a provider asks it; tests bring their own.</summary>
internal interface INativeRuntime
{
    NativeFiles Files { get; }

    /// <summary>Takes the library from a folder that has one, for the rest of the process.</summary>
    /// <returns>Null, or why not, as a sentence; the library that was built in is then used.</returns>
    string? Use(string folder);

    /// <summary>The providers that the library was built with.</summary>
    IReadOnlyList<string> Providers();

    /// <summary>Whether the system finds a library by that name.</summary>
    bool CanLoad(string library);

    /// <summary>Loads the CUDA provider and what it needs.</summary>
    /// <returns>Null, or the runtime's own words, which name the library that is missing.</returns>
    string? TryCuda();
}

/// <inheritdoc cref="INativeRuntime"/>
internal sealed unsafe class NativeRuntime : INativeRuntime
{
    private static readonly Lock Gate = new();
    private static string? used;   // one library for the whole process: native code cannot be exchanged

    public NativeFiles Files => NativeFiles.Current;

    public string? Use(string folder)
    {
        var path = Path.Combine(folder, Files.Core);
        lock (Gate)
        {
            if (used is not null)
            {
                return used == path ? null : $"{used} is in use already, so {path} is not.";
            }

            if (!NativeLibrary.TryLoad(path, out var library))
            {
                return $"{path} cannot be loaded: it is damaged, for another system, or lacks a library.";
            }

            if (WrongVersion(library) is { } version)
            {
                return $"{path} is ONNX Runtime {version}; {Managed.ToString(2)} or newer is needed.";
            }

            try
            {
                NativeLibrary.SetDllImportResolver(
                    typeof(OrtEnv).Assembly, (name, _, _) => Path.GetFileNameWithoutExtension(name) is "onnxruntime" or "libonnxruntime" ? library : 0);
            }
            catch (InvalidOperationException)
            {
                return $"ONNX Runtime was in use before {path} could be taken.";
            }

            used = path;
            return null;
        }
    }

    public IReadOnlyList<string> Providers()
    {
        SharedThreads.Create(0);
        return OrtEnv.Instance().GetAvailableProviders();
    }

    public bool CanLoad(string library)
    {
        if (!NativeLibrary.TryLoad(library, out var handle))
        {
            return false;
        }

        NativeLibrary.Free(handle);
        return true;
    }

    public string? TryCuda()
    {
        try
        {
            using var options = new SessionOptions();
            options.AppendExecutionProvider_CUDA();
            return null;
        }
        catch (OnnxRuntimeException error)
        {
            return error.Message;
        }
    }

    private static Version Managed { get; } = Version.Parse(
        (typeof(OrtEnv).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0.0").Split('+', '-')[0]);

    // Asked before the managed side is: it would fail at every call. A library answers for its own version of the interface and for all older ones.
    private static string? WrongVersion(nint library)
    {
        if (!NativeLibrary.TryGetExport(library, "OrtGetApiBase", out var export))
        {
            return "of an unknown version";
        }

        var api = ((delegate* unmanaged<ApiBase*>)export)();
        return api->GetApi((uint)Managed.Minor) == 0 ? Marshal.PtrToStringUTF8(api->GetVersion()) ?? "of an unknown version" : null;
    }

    // The head of OrtApiBase in onnxruntime_c_api.h; it never changes.
    private struct ApiBase
    {
#pragma warning disable CS0649   // native code fills it
        public delegate* unmanaged<uint, nint> GetApi;
        public delegate* unmanaged<nint> GetVersion;
#pragma warning restore CS0649
    }
}
