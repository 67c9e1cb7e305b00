using System.Buffers;
using System.Security.Cryptography;
using Microsoft.Extensions.Options;

namespace Rag.Retrieval.Knowledge;

/// <summary>
/// Uploads under <c>uploads/ab/cdef…</c>, named by their SHA-256. A saved upload is pinned until a document owns it, so that
/// deleting the last other document with the same bytes does not take them away in between.
/// </summary>
internal sealed class UploadStore(IOptions<RetrievalOptions> options, TimeProvider clock) : IUploadStore
{
    private const int BufferBytes = 128 * 1024;
    private readonly Lock gate = new();
    private readonly Dictionary<string, (int Count, DateTime Since)> pins = [];

    private string Root => Path.Combine(options.Value.DataFolder, "uploads");

    public async Task<StoredUpload?> SaveAsync(Stream content, long maxBytes, CancellationToken cancel)
    {
        var folder = Directory.CreateDirectory(Path.Combine(Root, "tmp")).FullName;
        var temporary = Path.Combine(folder, Guid.NewGuid().ToString("N"));
        try
        {
            if (await WriteAsync(content, temporary, maxBytes, cancel) is not { } upload)
            {
                return null;
            }

            Keep(temporary, upload.ContentHash);
            return upload;
        }
        finally
        {
            File.Delete(temporary);   // does nothing once renamed
        }
    }

    public Stream OpenRead(string contentHash) => new FileStream(
        PathOf(contentHash), FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, BufferBytes, FileOptions.Asynchronous);

    /// <exception cref="ArgumentException">Not 64 lower-case hex digits.</exception>
    public bool Exists(string contentHash) => File.Exists(PathOf(contentHash));

    /// <summary>A document owns the bytes now.</summary>
    public void Unpin(string contentHash)
    {
        lock (gate)
        {
            if (pins.TryGetValue(contentHash, out var pin))
            {
                if (pin.Count > 1)
                {
                    pins[contentHash] = (pin.Count - 1, pin.Since);
                }
                else
                {
                    pins.Remove(contentHash);
                }
            }
        }
    }

    /// <summary>Deletes bytes that no document refers to, unless they were saved a moment ago. The caller holds the database's write lock.</summary>
    public bool Remove(string contentHash)
    {
        lock (gate)
        {
            if (pins.TryGetValue(contentHash, out var pin))
            {
                if (clock.GetUtcNow().UtcDateTime - pin.Since < options.Value.OrphanAge)
                {
                    return false;
                }

                pins.Remove(contentHash);
            }

            var path = PathOf(contentHash);
            var existed = File.Exists(path);
            File.Delete(path);
            return existed;
        }
    }

    /// <summary>Hashes of stored uploads that are older than <see cref="RetrievalOptions.OrphanAge"/>; half-written files of that age are deleted.</summary>
    public IReadOnlyList<string> ListOld()
    {
        var root = new DirectoryInfo(Root);
        if (!root.Exists)
        {
            return [];
        }

        var before = clock.GetUtcNow().UtcDateTime - options.Value.OrphanAge;
        var hashes = new List<string>();
        foreach (var file in root.EnumerateFiles("*", SearchOption.AllDirectories).Where(file => file.LastWriteTimeUtc < before))
        {
            var hash = file.Directory!.Name + file.Name;
            if (IsHash(hash))
            {
                hashes.Add(hash);
            }
            else if (file.Directory.Name == "tmp")
            {
                file.Delete();
            }
        }

        return hashes;
    }

    private static async Task<StoredUpload?> WriteAsync(Stream content, string path, long maxBytes, CancellationToken cancel)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            await using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 0, FileOptions.Asynchronous);
            long length = 0;
            int read;
            while ((read = await content.ReadAsync(buffer, cancel)) > 0)
            {
                length += read;
                if (length > maxBytes)
                {
                    return null;
                }

                hash.AppendData(buffer, 0, read);
                await file.WriteAsync(buffer.AsMemory(0, read), cancel);
            }

            cancel.ThrowIfCancellationRequested();   // whoever goes away with the last byte takes them all along
            file.Flush(flushToDisk: true);
            return new StoredUpload(Convert.ToHexStringLower(hash.GetHashAndReset()), length);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private void Keep(string temporary, string contentHash)
    {
        var path = PathOf(contentHash);
        var now = clock.GetUtcNow().UtcDateTime;
        lock (gate)
        {
            var folder = Directory.CreateDirectory(Path.GetDirectoryName(path)!).FullName;
            if (!File.Exists(path))
            {
                File.Move(temporary, path);
            }

            File.SetLastWriteTimeUtc(path, now);
            FolderSync.Flush(folder);
            pins[contentHash] = (pins.TryGetValue(contentHash, out var pin) ? pin.Count + 1 : 1, now);
        }
    }

    private string PathOf(string contentHash) => IsHash(contentHash)
        ? Path.Combine(Root, contentHash[..2], contentHash[2..])
        : throw new ArgumentException("Not a content hash.", nameof(contentHash));

    private static bool IsHash(string text) => text.Length == 64 && text.All(char.IsAsciiHexDigitLower);
}
