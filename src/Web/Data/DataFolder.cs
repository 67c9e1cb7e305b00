namespace Rag.Web.Data;

/// <summary>The folder that holds everything this server must remember: databases, uploads, keys. One server owns it at a time.</summary>
public sealed class DataFolder : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly FileStream _lock;

    private DataFolder(string path, FileStream ownerLock)
    {
        Path = path;
        _lock = ownerLock;
    }

    /// <summary>Absolute path; exists.</summary>
    public string Path { get; }

    public string AppDatabase => System.IO.Path.Combine(Path, "app.db");

    /// <summary>Data Protection keys: with them, sign-ins and guests survive a restart.</summary>
    public string Keys => System.IO.Path.Combine(Path, "keys");

    /// <summary>Where data goes when <c>--data</c> says nothing.</summary>
    public static string DefaultPath
    {
        get
        {
            var local = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
            return local.Length > 0
                ? System.IO.Path.Combine(local, "Docent")
                : throw new StartRefusedException("This account has no folder for application data. Say where Docent may keep its files: --data DIR.");
        }
    }

    /// <summary>Creates the folder when it is missing and takes its lock. The system frees the lock however this process ends.</summary>
    /// <exception cref="StartRefusedException">Another server owns the folder, or it cannot be written.</exception>
    public static DataFolder Open(string path)
    {
        var full = System.IO.Path.GetFullPath(path);
        try
        {
            if (OperatingSystem.IsWindows())
            {
                Directory.CreateDirectory(full);
            }
            else
            {
                Directory.CreateDirectory(full, OwnerOnly);
                Directory.CreateDirectory(System.IO.Path.Combine(full, "keys"), OwnerOnly);
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new StartRefusedException($"The data folder {full} cannot be created: {failure.Message} Choose another with --data DIR.", failure);
        }

        try
        {
            return new DataFolder(full, new FileStream(
                System.IO.Path.Combine(full, ".lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException failure)
        {
            throw new StartRefusedException(
                $"Another Docent server is using the data folder {full}. Stop it, or start this one with another folder: --data DIR.", failure);
        }
        catch (UnauthorizedAccessException failure)
        {
            throw new StartRefusedException($"The data folder {full} is not writable for this account. Choose another with --data DIR.", failure);
        }
    }

    public void Dispose() => _lock.Dispose();
}
