using System.Buffers.Binary;
using System.Security.Cryptography;
using Rag.Retrieval.Knowledge;

namespace Rag.Retrieval.Indexing;

/// <summary>UUID version 5 (RFC 9562 §5.5) with the document as name space: a retried job writes the same ids.</summary>
internal static class ChunkIds
{
    public static ChunkId Of(DocumentId document, int generation, int ordinal)
    {
        Span<byte> name = stackalloc byte[24];
        document.Value.TryWriteBytes(name, bigEndian: true, out _);
        BinaryPrimitives.WriteInt32BigEndian(name[16..], generation);
        BinaryPrimitives.WriteInt32BigEndian(name[20..], ordinal);
        Span<byte> hash = stackalloc byte[SHA1.HashSizeInBytes];
#pragma warning disable CA5350 // UUIDv5 is defined over SHA-1; nothing is protected by it
        SHA1.HashData(name, hash);
#pragma warning restore CA5350
        hash[6] = (byte)((hash[6] & 0x0F) | 0x50);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new ChunkId(new Guid(hash[..16], bigEndian: true));
    }
}
