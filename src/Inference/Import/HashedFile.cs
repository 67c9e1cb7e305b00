using System.Security.Cryptography;
using Rag.Inference.Models;

namespace Rag.Inference.Import;

/// <summary>A new file that is hashed while it is written.</summary>
internal sealed class HashedFile(string path) : IDisposable
{
    private readonly FileStream stream = new(path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 1 << 20 });
    private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public string Name { get; } = Path.GetFileName(path);

    public long Length { get; private set; }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        stream.Write(bytes);
        hash.AppendData(bytes);
        Length += bytes.Length;
    }

    /// <summary>Brings everything to the disk: the folder is not renamed before.</summary>
    public ManifestFile Finish()
    {
        stream.Flush(flushToDisk: true);
        return new(Convert.ToHexStringLower(hash.GetHashAndReset()), Length);
    }

    public void Dispose()
    {
        stream.Dispose();
        hash.Dispose();
    }
}
