namespace Rag.Retrieval.Knowledge;

/// <summary>Bytes on disk under their SHA-256 (64 lower-case hex digits).</summary>
public sealed record StoredUpload(string ContentHash, long Bytes);

/// <summary>Uploads stored by content. No user-supplied name ever becomes a path.</summary>
public interface IUploadStore
{
    /// <summary>Streams to a temporary file, hashes, flushes to disk, renames. Null when the content is longer than <paramref name="maxBytes"/>.</summary>
    /// <exception cref="IOException">The disk is full or not writable; nothing is kept.</exception>
    Task<StoredUpload?> SaveAsync(Stream content, long maxBytes, CancellationToken cancel);

    /// <exception cref="FileNotFoundException">No such upload.</exception>
    Stream OpenRead(string contentHash);
}
