using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Rag.Retrieval.Knowledge;

namespace Rag.Retrieval.Indexing.Embedded;

/// <summary>The first 128 bytes of a block. Numbers are the machine's; a file from the other byte order fails by its mark.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1, Size = Bytes)]
internal struct BlockHeader
{
    public const int Bytes = 128;
    public const ulong ExpectedMark = 0x4B434F4C424D4344;   // "DCMBLOCK"

    /// <summary>Grows with each change to the layout or to what <see cref="Rag.Retrieval.Text.Terms"/> makes of a text; older files are then built anew.</summary>
    public const int ExpectedFormat = 1;

    public ulong Mark;
    public int Format;
    public int Dimensions;
    public int Passages;
    public int Documents;
    public int Terms;
    public int Slots;
    public int TermChars;
    public int Postings;
    public Guid KnowledgeBase;

    /// <summary>Names the embedding model of the vectors: <see cref="BlockOwner.Embedder"/>.</summary>
    public ulong Embedder;
    public long Length;

    /// <summary>CRC-32C of everything between the header and the fp32 vectors; those have one each, as a search touches few of them.</summary>
    public uint BodyCheck;

    /// <summary>CRC-32C of the header with 0 in this place.</summary>
    public uint HeaderCheck;
}

/// <summary>A document's part of a block: its passages stand one after the other, in the order of their ordinals.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal struct BlockDocument
{
    public Guid Id;
    public int Generation;
    public int First;
    public int Count;

    /// <summary>What SQL said of this generation when it was read. Another value means other rows, such as after a restored backup.</summary>
    public int LivePassages;
    public long LiveTerms;

    public readonly bool Is(LiveDocument live) =>
        Id == live.Id.Value && Generation == live.Generation && LivePassages == live.Passages && LiveTerms == live.Terms;
}

/// <summary>A term's place in the text of all terms, and its posting list.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal struct BlockTerm
{
    public int TextStart;
    public int TextLength;
    public int FirstPosting;
    public int Postings;
}

/// <summary>What a block belongs to; both stand in its header.</summary>
/// <param name="Embedder">The first bytes of SHA-256 over the name of the embedding model that made the vectors.</param>
internal readonly record struct BlockOwner(KnowledgeBaseId KnowledgeBase, ulong Embedder)
{
    public static BlockOwner Of(KnowledgeBaseId knowledgeBase, string? embedder) =>
        new(knowledgeBase, BinaryPrimitives.ReadUInt64LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(embedder ?? ""))));
}

/// <summary>A document whose live generation search must find, as SQL has it.</summary>
internal sealed record LiveDocument(DocumentId Id, int Generation, int Passages, long Terms, string Title);

/// <summary>
/// Where the sections of a block begin, in bytes; each at a cache line. In their order: documents, rows (int64), lengths in terms (int32),
/// scales (fp32), checks of the fp32 vectors (CRC-32C), int8 vectors (passage, stride), terms, hash slots (int32, term + 1),
/// text of the terms (UTF-16), postings, fp32 vectors (passage, dimension).
/// </summary>
internal readonly record struct BlockLayout
{
    /// <summary>A posting is position * 4096 + count: it holds this many passages, and counts up to 4095.</summary>
    public const int MostPassages = 1 << 20;
    public const int CountBits = 12;
    public const int MostCount = (1 << CountBits) - 1;
    public const int MostDimensions = 1 << 16;

    /// <exception cref="OverflowException">Numbers that no block can have.</exception>
    public BlockLayout(in BlockHeader header)
    {
        checked
        {
            Stride = Int8.Stride(header.Dimensions);
            Documents = BlockHeader.Bytes;
            Rows = Next(Documents, header.Documents, Marshal.SizeOf<BlockDocument>());
            Lengths = Next(Rows, header.Passages, sizeof(long));
            Scales = Next(Lengths, header.Passages, sizeof(int));
            Checks = Next(Scales, header.Passages, sizeof(float));
            Quantised = Next(Checks, header.Passages, sizeof(uint));
            Terms = Next(Quantised, header.Passages, Stride);
            Slots = Next(Terms, header.Terms, Marshal.SizeOf<BlockTerm>());
            TermText = Next(Slots, header.Slots, sizeof(int));
            Postings = Next(TermText, header.TermChars, sizeof(char));
            Full = Next(Postings, header.Postings, sizeof(uint));
            Length = Next(Full, (long)header.Passages * header.Dimensions, sizeof(float));
        }
    }

    public int Stride { get; }
    public long Documents { get; }
    public long Rows { get; }
    public long Lengths { get; }
    public long Scales { get; }
    public long Checks { get; }
    public long Quantised { get; }
    public long Terms { get; }
    public long Slots { get; }
    public long TermText { get; }
    public long Postings { get; }
    public long Full { get; }
    public long Length { get; }

    private static long Next(long start, long count, int size) => checked((start + (count * size) + Int8.Lane - 1) / Int8.Lane * Int8.Lane);
}

/// <summary>CRC-32C (Castagnoli), by the processor's own instruction where there is one.</summary>
internal static class Crc32C
{
    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var word in MemoryMarshal.Cast<byte, ulong>(bytes))
        {
            crc = BitOperations.Crc32C(crc, word);
        }

        foreach (var rest in bytes[(bytes.Length / sizeof(ulong) * sizeof(ulong))..])
        {
            crc = BitOperations.Crc32C(crc, rest);
        }

        return ~crc;
    }

    public static uint Of(ReadOnlySpan<float> vector) => Of(MemoryMarshal.AsBytes(vector));
}
