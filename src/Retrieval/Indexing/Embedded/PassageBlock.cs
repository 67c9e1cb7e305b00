using System.IO.MemoryMappedFiles;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Rag.Retrieval.Knowledge;

namespace Rag.Retrieval.Indexing.Embedded;

/// <summary>
/// Passages of some documents of one knowledge base, ready to be searched: vectors, lengths and posting lists, in memory or mapped from a file.
/// Never changes. The memory goes when nothing refers to the block any more, so a search keeps what it reads.
/// </summary>
internal sealed unsafe class PassageBlock
{
    private readonly SafeBuffer memory;
    private readonly byte* start;
    private readonly BlockLayout layout;

    /// <param name="name">Of its file; null for a block in memory alone.</param>
    private PassageBlock(SafeBuffer memory, string? name)
    {
        this.memory = memory;
        start = (byte*)memory.DangerousGetHandle();
        Header = *(BlockHeader*)start;
        layout = new BlockLayout(Header);
        Name = name;
    }

    public BlockHeader Header { get; }

    public string? Name { get; }

    public BlockOwner Owner => new(new KnowledgeBaseId(Header.KnowledgeBase), Header.Embedder);

    public int Dimensions => Header.Dimensions;

    public int Stride => layout.Stride;

    /// <summary>Memory that a search of all of it touches.</summary>
    public long Bytes => Name is null ? layout.Length : layout.Full;

    public ReadOnlySpan<BlockDocument> Documents => Section<BlockDocument>(layout.Documents, Header.Documents);

    public ReadOnlySpan<long> Rows => Section<long>(layout.Rows, Header.Passages);

    /// <summary>Of each passage, in terms.</summary>
    public ReadOnlySpan<int> Lengths => Section<int>(layout.Lengths, Header.Passages);

    public ReadOnlySpan<float> Scales => Section<float>(layout.Scales, Header.Passages);

    public ReadOnlySpan<uint> Checks => Section<uint>(layout.Checks, Header.Passages);

    public ReadOnlySpan<BlockTerm> Terms => Section<BlockTerm>(layout.Terms, Header.Terms);

    /// <summary>The quantised vectors, (passage, stride). Valid while the block is referred to.</summary>
    public sbyte* Quantised => (sbyte*)(start + layout.Quantised);

    private ReadOnlySpan<int> Slots => Section<int>(layout.Slots, Header.Slots);

    private ReadOnlySpan<char> TermText => Section<char>(layout.TermText, Header.TermChars);

    private ReadOnlySpan<uint> AllPostings => Section<uint>(layout.Postings, Header.Postings);

    /// <summary>Maps a file and checks all of it but the fp32 vectors, which are checked when one is read.</summary>
    /// <exception cref="InvalidDataException">Cut, damaged, of another version, or of another knowledge base.</exception>
    public static PassageBlock Open(string path, KnowledgeBaseId knowledgeBase)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 0);
        var length = file.Length;
        if (length < BlockHeader.Bytes)
        {
            throw new InvalidDataException("The block's file is cut.");
        }

        using var map = MemoryMappedFile.CreateFromFile(file, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
        using var view = map.CreateViewAccessor(0, length, MemoryMappedFileAccess.Read);
        var memory = new MappedMemory(view.SafeMemoryMappedViewHandle);   // outlives the accessor
        try
        {
            CheckHeader((byte*)memory.DangerousGetHandle(), length, knowledgeBase);
            var block = new PassageBlock(memory, Path.GetFileName(path));
            block.CheckBody();
            return block;
        }
        catch
        {
            memory.Dispose();
            throw;
        }
    }

    /// <param name="fill">Writes the sections of a block whose numbers the header gives.</param>
    public static PassageBlock Create(BlockHeader header, Action<BlockWriter> fill)
    {
        (header.Mark, header.Format) = (BlockHeader.ExpectedMark, BlockHeader.ExpectedFormat);
        var layout = new BlockLayout(header);
        header.Length = layout.Length;
        var memory = new NativeBlock(layout.Length);
        var start = (byte*)memory.DangerousGetHandle();
        fill(new BlockWriter(start, layout, header));
        header.BodyCheck = BodyCheck(start, layout);
        header.HeaderCheck = HeaderCheck(header);
        *(BlockHeader*)start = header;
        return new PassageBlock(memory, null);
    }

    /// <summary>Writes the block so that it is on disk when this returns.</summary>
    public void Save(string path)
    {
        using var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, FileOptions.None, layout.Length);
        const int Piece = 1 << 28;
        for (long offset = 0; offset < layout.Length; offset += Piece)
        {
            RandomAccess.Write(file, new ReadOnlySpan<byte>(start + offset, (int)Math.Min(Piece, layout.Length - offset)), offset);
        }

        RandomAccess.FlushToDisk(file);
        GC.KeepAlive(this);
    }

    /// <summary>The passage's fp32 vector. Valid while the block is referred to.</summary>
    public ReadOnlySpan<float> Full(int position) =>
        new(start + layout.Full + ((long)position * Dimensions * sizeof(float)), Dimensions);

    /// <summary>Postings of a term, by position; empty where the block does not hold it.</summary>
    public ReadOnlySpan<uint> Postings(string term)
    {
        var slots = Slots;
        var slot = Hash(term) & (uint)(slots.Length - 1);
        for (var probes = 0; probes < slots.Length; probes++)
        {
            if (slots[(int)slot] is not (> 0 and var number))
            {
                break;
            }

            if (Text(number - 1).SequenceEqual(term))
            {
                return Postings(number - 1);
            }

            slot = (slot + 1) & (uint)(slots.Length - 1);
        }

        return [];
    }

    public ReadOnlySpan<uint> Postings(int term) => AllPostings.Slice(Terms[term].FirstPosting, Terms[term].Postings);

    public ReadOnlySpan<char> Text(int term) => TermText.Slice(Terms[term].TextStart, Terms[term].TextLength);

    /// <summary>FNV-1a over UTF-16 units: the same in every process, unlike .NET's own.</summary>
    public static uint Hash(ReadOnlySpan<char> term)
    {
        var hash = 2166136261u;
        foreach (var c in term)
        {
            hash = (hash ^ c) * 16777619;
        }

        return hash ^ (hash >> 15);
    }

    private ReadOnlySpan<T> Section<T>(long offset, int count)
        where T : unmanaged => new(start + offset, count);

    private static uint HeaderCheck(BlockHeader header)
    {
        header.HeaderCheck = 0;
        return Crc32C.Of(MemoryMarshal.AsBytes(new ReadOnlySpan<BlockHeader>(in header)));
    }

    private static uint BodyCheck(byte* start, in BlockLayout layout)
    {
        // In pieces that a span can hold: the check of the checks.
        const int Piece = 1 << 30;
        var crc = 0u;
        for (long offset = BlockHeader.Bytes; offset < layout.Full; offset += Piece)
        {
            crc = (crc * 31) + Crc32C.Of(new ReadOnlySpan<byte>(start + offset, (int)Math.Min(Piece, layout.Full - offset)));
        }

        return crc;
    }

    private static void CheckHeader(byte* start, long length, KnowledgeBaseId knowledgeBase)
    {
        var header = *(BlockHeader*)start;
        if (header.Mark != BlockHeader.ExpectedMark || header.Format != BlockHeader.ExpectedFormat || header.HeaderCheck != HeaderCheck(header))
        {
            throw new InvalidDataException("The block's header is damaged or of another version.");
        }

        Require(header.KnowledgeBase == knowledgeBase.Value);
        Require(header.Dimensions is >= 0 and <= BlockLayout.MostDimensions);
        Require(header.Passages is >= 0 and <= BlockLayout.MostPassages);
        Require(header.Documents >= 0 && header.Terms >= 0 && header.TermChars >= 0 && header.Postings >= 0);
        Require(header.Slots >= 0 && (header.Slots & (header.Slots - 1)) == 0);
        Require(header.Length == length && new BlockLayout(header).Length == length);
    }

    /// <summary>After this nothing in the file can lead a search outside of it, whoever wrote it.</summary>
    private void CheckBody()
    {
        if (BodyCheck(start, layout) != Header.BodyCheck)
        {
            throw new InvalidDataException("The block is damaged.");
        }

        var next = 0;
        foreach (ref readonly var document in Documents)
        {
            Require(document.First == next && document.Count >= 0 && document.Count <= Header.Passages - next);
            next += document.Count;
        }

        Require(next == Header.Passages);
        foreach (ref readonly var term in Terms)
        {
            Require(Within(term.TextStart, term.TextLength, Header.TermChars) && Within(term.FirstPosting, term.Postings, Header.Postings));
        }

        foreach (var slot in Slots)
        {
            Require(slot >= 0 && slot <= Header.Terms);
        }

        var end = (uint)Header.Passages << BlockLayout.CountBits;
        Require(Header.Passages == BlockLayout.MostPassages || !AllPostings.ContainsAnyInRange(end, uint.MaxValue));
    }

    private static bool Within(int first, int count, int length) => first >= 0 && count >= 0 && count <= length - first;

    private static void Require(bool holds, [CallerArgumentExpression(nameof(holds))] string? what = null)
    {
        if (!holds)
        {
            throw new InvalidDataException($"The block does not hold together: {what}.");
        }
    }

    /// <summary>Gives the view back, and with it the mapping, when the block is gone.</summary>
    private sealed class MappedMemory : SafeBuffer
    {
        private readonly SafeBuffer view;

        public MappedMemory(SafeBuffer view)
            : base(ownsHandle: true)
        {
            this.view = view;
            var added = false;
            view.DangerousAddRef(ref added);
            SetHandle(view.DangerousGetHandle());
        }

        protected override bool ReleaseHandle()
        {
            view.DangerousRelease();
            return true;
        }
    }

    private sealed class NativeBlock : SafeBuffer
    {
        private readonly long length;

        public NativeBlock(long length)
            : base(ownsHandle: true)
        {
            this.length = length;
            var memory = NativeMemory.AlignedAlloc((nuint)length, Int8.Lane);
            NativeMemory.Clear(memory, (nuint)length);
            SetHandle((nint)memory);
            GC.AddMemoryPressure(length);
        }

        protected override bool ReleaseHandle()
        {
            NativeMemory.AlignedFree((void*)handle);
            GC.RemoveMemoryPressure(length);
            return true;
        }
    }
}

/// <summary>The sections of a block that is being made.</summary>
internal readonly unsafe ref struct BlockWriter
{
    private readonly byte* start;
    private readonly BlockLayout layout;
    private readonly BlockHeader header;

    public BlockWriter(byte* start, in BlockLayout layout, in BlockHeader header)
    {
        this.start = start;
        this.layout = layout;
        this.header = header;
    }

    public Span<BlockDocument> Documents => new(start + layout.Documents, header.Documents);
    public Span<long> Rows => new(start + layout.Rows, header.Passages);
    public Span<int> Lengths => new(start + layout.Lengths, header.Passages);
    public Span<float> Scales => new(start + layout.Scales, header.Passages);
    public Span<uint> Checks => new(start + layout.Checks, header.Passages);
    public Span<BlockTerm> Terms => new(start + layout.Terms, header.Terms);
    public Span<int> Slots => new(start + layout.Slots, header.Slots);
    public Span<char> TermText => new(start + layout.TermText, header.TermChars);
    public Span<uint> Postings => new(start + layout.Postings, header.Postings);

    public void SetQuantised(int position, ReadOnlySpan<sbyte> vector) =>
        vector.CopyTo(new Span<sbyte>(start + layout.Quantised + ((long)position * layout.Stride), layout.Stride));

    public void SetFull(int position, ReadOnlySpan<float> vector) =>
        vector.CopyTo(new Span<float>(start + layout.Full + ((long)position * header.Dimensions * sizeof(float)), header.Dimensions));
}
