using System.Runtime.InteropServices;

namespace Rag.Retrieval.Knowledge;

/// <summary>Makes a rename survive a power cut: on Unix a file's new name is on disk only when its folder is. Windows needs no such step.</summary>
internal static partial class FolderSync
{
    public static void Flush(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var descriptor = Open(folder, 0);   // O_RDONLY
        if (descriptor < 0)
        {
            throw new IOException($"The uploads folder cannot be opened (error {Marshal.GetLastPInvokeError()}).");
        }

        try
        {
            // Some file systems cannot flush a folder (EINVAL); everything else is a real fault.
            if (Synchronize(descriptor) != 0 && Marshal.GetLastPInvokeError() is var error && error != InvalidArgument)
            {
                throw new IOException($"The uploads folder cannot be written to disk (error {error}).");
            }
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    private const int InvalidArgument = 22;

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Synchronize(int descriptor);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int descriptor);
}
