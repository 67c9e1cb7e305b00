using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Rag.Retrieval.Indexing;

/// <summary>Vectors as they are stored: little-endian float32.</summary>
internal static class VectorBytes
{
    public static byte[] Pack(ReadOnlySpan<float> vector)
    {
        var bytes = new byte[vector.Length * sizeof(float)];
        for (var i = 0; i < vector.Length; i++)
        {
            BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(i * sizeof(float)), vector[i]);
        }

        return bytes;
    }

    public static void Unpack(ReadOnlySpan<byte> bytes, Span<float> vector)
    {
        if (BitConverter.IsLittleEndian)
        {
            MemoryMarshal.Cast<byte, float>(bytes).CopyTo(vector);
            return;
        }

        for (var i = 0; i < vector.Length; i++)
        {
            vector[i] = BinaryPrimitives.ReadSingleLittleEndian(bytes[(i * sizeof(float))..]);
        }
    }
}
