using System.Buffers;
using Microsoft.Extensions.Options;
using Rag.Web.Data;
using Rag.Web.Documents;

namespace Rag.Web.Models;

/// <summary>Model files on their way: <c>imports/</c> in the data folder, under names of our own. Each is deleted when its import ends, and all when the server starts.</summary>
internal sealed class ModelUploads(DataFolder folder, IOptions<WebOptions> options, ILogger<ModelUploads> log) : IHostedService
{
    public const string Extension = ".gguf";

    /// <summary>What stays free for everything else, in bytes.</summary>
    private const long Reserve = 500_000_000;

    private const int BufferBytes = 1 << 20;
    private const int LookEvery = 64;   // buffers
    private const int HeaderBytes = 24;   // magic, version, counts

    private static ReadOnlySpan<byte> Magic => "GGUF"u8;

    /// <summary>Bytes free on the disk of a folder.</summary>
    internal Func<string, long> FreeSpace { get; set; } = path => new DriveInfo(path).AvailableFreeSpace;

    private string Root => Path.Combine(folder.Path, "imports");

    public static string CleanName(string? fileName) => FileNames.Clean(fileName);

    /// <summary>The sentence why a file cannot be taken, as far as its name and size tell; else null.</summary>
    public string? Refuse(string? fileName, long? bytes) => Refusal(fileName, bytes)?.Sentence;

    /// <summary>Streams a file to disk. Nothing is kept unless the whole file was taken.</summary>
    public async Task<BroughtFile> TakeAsync(string? fileName, Stream content, long? announced, CancellationToken cancel)
    {
        if (Refusal(fileName, announced) is { } refused)
        {
            return refused;
        }

        var peeked = await PeekedStream.OpenAsync(content, HeaderBytes, cancel);
        if (LookAt(peeked.Start) is { } wrong)
        {
            return wrong;
        }

        var path = Path.Combine(Directory.CreateDirectory(Root).FullName, Guid.NewGuid().ToString("N") + Extension);
        var kept = false;
        try
        {
            if (await WriteAsync(peeked, path, cancel) is { } stopped)
            {
                return stopped;
            }

            kept = true;
            return new(path, true, null, null);
        }
        catch (IOException failure) when (!peeked.BrokenOff)
        {
            log.UploadNotKept(failure);
            return Full();
        }
        finally
        {
            if (!kept)
            {
                Delete(path);
            }
        }
    }

    /// <summary>A file on the server's own disk.</summary>
    public static BroughtFile Look(string? path)
    {
        path = path?.Trim();
        if (string.IsNullOrEmpty(path) || path.Contains('\0', StringComparison.Ordinal) || !Path.IsPathFullyQualified(path))
        {
            return BroughtFile.Refused(ImportProblem.Invalid, $"Write the whole path of a {Extension} file on the server, from the root of its disk.");
        }

        try
        {
            var file = new FileInfo(path);
            file = file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? file;
            if (!file.Exists)
            {
                return Missing();
            }

            // Devices and pipes have no length, and reading one might never end.
            if (file.Length == 0)
            {
                return BroughtFile.Refused(ImportProblem.WrongType, "This file is empty.");
            }

            using var stream = file.OpenRead();
            var start = new byte[HeaderBytes];
            var read = stream.ReadAtLeast(start, HeaderBytes, throwOnEndOfStream: false);
            return LookAt(start.AsSpan(0, read)) ?? new(file.FullName, false, null, null);
        }
        catch (Exception failure) when (failure is FileNotFoundException or DirectoryNotFoundException)
        {
            return Missing();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return BroughtFile.Refused(ImportProblem.Invalid, "Docent's account may not read this file. Allow it to, or copy the file elsewhere.");
        }
    }

    public static void Delete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // The next start tries again.
        }
    }

    /// <summary>Deletes what a server left that was killed in the middle.</summary>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (Directory.Exists(Root))
        {
            foreach (var file in Directory.EnumerateFiles(Root))
            {
                Delete(file);
            }
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private BroughtFile? Refusal(string? fileName, long? bytes) =>
        !FileNames.Clean(fileName).EndsWith(Extension, StringComparison.OrdinalIgnoreCase) ? BroughtFile.Refused(ImportProblem.WrongType, $"This is no GGUF file. Choose one whose name ends in {Extension}.")
        : bytes > options.Value.MaxModelBytes ? TooLarge()
        : bytes is { } length && FreeSpace(folder.Path) is var free && free - Reserve < length ? BroughtFile.Refused(
            ImportProblem.StorageFull, $"The file needs {FileSize.Words(length)}, and the disk of the data folder has {FileSize.Words(free)} free, of which {FileSize.Words(Reserve)} are kept for everything else. Free some space, then upload again.")
        : null;

    /// <param name="start">As many of the first bytes as the file has, at most <see cref="HeaderBytes"/>.</param>
    private static BroughtFile? LookAt(ReadOnlySpan<byte> start) =>
        start.Length < HeaderBytes && (start.IsEmpty || Magic.StartsWith(start[..Math.Min(start.Length, Magic.Length)])) ? BroughtFile.Refused(ImportProblem.WrongType, "This file is empty or cut off. Download it again.")
        : !start.StartsWith(Magic) ? BroughtFile.Refused(ImportProblem.WrongType, "The content of this file is not GGUF, whatever its name says.")
        : null;

    private async Task<BroughtFile?> WriteAsync(PeekedStream content, string path, CancellationToken cancel)
    {
        await using var file = new FileStream(path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Options = FileOptions.Asynchronous, BufferSize = 0 });
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            var written = 0L;
            for (var round = 0; ; round++)
            {
                if (round % LookEvery == 0 && FreeSpace(folder.Path) < Reserve)
                {
                    return Full();
                }

                var read = await content.ReadAtLeastAsync(buffer.AsMemory(0, BufferBytes), BufferBytes, throwOnEndOfStream: false, cancel);
                if (read == 0)
                {
                    return null;
                }

                written += read;
                if (written > options.Value.MaxModelBytes)
                {
                    return TooLarge();
                }

                await file.WriteAsync(buffer.AsMemory(0, read), cancel);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private BroughtFile TooLarge() => BroughtFile.Refused(
        ImportProblem.TooLarge, $"This file is larger than {FileSize.Words(options.Value.MaxModelBytes)}. Copy it to the server and give its path below, or raise Docent:MaxModelBytes.");

    private static BroughtFile Missing() =>
        BroughtFile.Refused(ImportProblem.Invalid, "There is no such file on the server, or Docent's account may not see it. Check the path.");

    private static BroughtFile Full() => BroughtFile.Refused(ImportProblem.StorageFull, "The storage is full, nothing was saved. Free some space on the server, then upload again.");
}
