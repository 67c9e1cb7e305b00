using System.Numerics;
using System.Runtime.InteropServices;

namespace Rag.Retrieval.Indexing.Embedded;

/// <summary>Gathers documents, new ones or those of other blocks, into one block of at most <see cref="BlockLayout.MostPassages"/> passages.</summary>
/// <param name="dimensions">Length of every vector; 0 while only documents without passages are added.</param>
internal sealed class BlockBuilder(BlockOwner owner, int dimensions)
{
    private readonly List<BlockDocument> documents = [];
    private readonly List<long> rows = [];
    private readonly List<int> lengths = [];
    private readonly List<float> scales = [];
    private readonly List<uint> checks = [];
    private readonly List<sbyte> quantised = [];
    private readonly List<float> full = [];
    private readonly Dictionary<string, int> terms = new(StringComparer.Ordinal);
    private readonly List<int> documentFrequencies = [];   // by term
    private readonly List<int> lastPostings = [];   // by term: where in the list below its last posting stands
    private readonly List<(int Term, uint Posting)> postings = [];

    public int Dimensions { get; } = dimensions;

    public int Passages => rows.Count;

    public int Documents => documents.Count;

    /// <summary>The passages that follow belong to this document.</summary>
    public void Begin(LiveDocument document) => documents.Add(new BlockDocument
    {
        Id = document.Id.Value,
        Generation = document.Generation,
        First = Passages,
        LivePassages = document.Passages,
        LiveTerms = document.Terms,
    });

    /// <param name="words">Terms of the passage, repeated as often as they occur.</param>
    /// <exception cref="ArgumentException">The vector has other dimensions, or the block is full.</exception>
    public void Add(long row, IReadOnlyList<string> words, ReadOnlySpan<float> vector)
    {
        Require(vector.Length == Dimensions, "The vector has other dimensions than the block.");
        Require(Passages < BlockLayout.MostPassages, "The block is full.");
        var position = (uint)Passages;
        var firstPosting = postings.Count;
        foreach (var word in words)
        {
            var term = Number(word);
            if (lastPostings[term] is var last && last >= firstPosting)
            {
                // The count saturates: as BM25 does, long before.
                postings[last] = (term, Math.Min(postings[last].Posting + 1, (position << BlockLayout.CountBits) | BlockLayout.MostCount));
            }
            else
            {
                AddPosting(term, (position << BlockLayout.CountBits) | 1);
            }
        }

        rows.Add(row);
        lengths.Add(words.Count);
        var start = quantised.Count;
        CollectionsMarshal.SetCount(quantised, start + Int8.Stride(Dimensions));
        scales.Add(Int8.Quantise(vector, CollectionsMarshal.AsSpan(quantised)[start..]));
        checks.Add(Crc32C.Of(vector));
        full.AddRange(vector);
        CollectionsMarshal.AsSpan(documents)[^1].Count++;
    }

    /// <summary>Copies documents of another block.</summary>
    /// <param name="chosen">Their places there, ascending.</param>
    /// <exception cref="ArgumentException">The block's vectors have other dimensions, or this block is full.</exception>
    public unsafe void Add(PassageBlock block, IReadOnlyList<int> chosen)
    {
        var positions = new int[block.Header.Passages];
        Array.Fill(positions, -1);
        foreach (var index in chosen)
        {
            var document = block.Documents[index];
            Require(document.Count == 0 || block.Dimensions == Dimensions, "The vectors have other dimensions than the block.");
            Require(document.Count <= BlockLayout.MostPassages - Passages, "The block is full.");
            for (var i = 0; i < document.Count; i++)
            {
                positions[document.First + i] = Passages + i;
            }

            rows.AddRange(block.Rows.Slice(document.First, document.Count));
            lengths.AddRange(block.Lengths.Slice(document.First, document.Count));
            scales.AddRange(block.Scales.Slice(document.First, document.Count));
            checks.AddRange(block.Checks.Slice(document.First, document.Count));
            for (var i = document.First; i < document.First + document.Count; i++)
            {
                quantised.AddRange(new ReadOnlySpan<sbyte>(block.Quantised + ((long)i * block.Stride), block.Stride));
                full.AddRange(block.Full(i));
            }

            document.First = Passages - document.Count;
            documents.Add(document);
        }

        for (var i = 0; i < block.Header.Terms; i++)
        {
            var term = -1;
            foreach (var posting in block.Postings(i))
            {
                if (positions[(int)(posting >> BlockLayout.CountBits)] is >= 0 and var position)
                {
                    term = term >= 0 ? term : Number(block.Text(i));
                    AddPosting(term, ((uint)position << BlockLayout.CountBits) | (posting & BlockLayout.MostCount));
                }
            }
        }

        GC.KeepAlive(block);
    }

    public PassageBlock Build() => PassageBlock.Create(
        new BlockHeader
        {
            KnowledgeBase = owner.KnowledgeBase.Value,
            Embedder = owner.Embedder,
            Dimensions = Dimensions,
            Passages = Passages,
            Documents = documents.Count,
            Terms = terms.Count,
            Slots = (int)BitOperations.RoundUpToPowerOf2((uint)terms.Count * 2),
            TermChars = checked((int)terms.Keys.Sum(term => (long)term.Length)),
            Postings = postings.Count,
        },
        Write);

    private void Write(BlockWriter block)
    {
        CollectionsMarshal.AsSpan(documents).CopyTo(block.Documents);
        CollectionsMarshal.AsSpan(rows).CopyTo(block.Rows);
        CollectionsMarshal.AsSpan(lengths).CopyTo(block.Lengths);
        CollectionsMarshal.AsSpan(scales).CopyTo(block.Scales);
        CollectionsMarshal.AsSpan(checks).CopyTo(block.Checks);
        var stride = Int8.Stride(Dimensions);
        for (var i = 0; i < Passages; i++)
        {
            block.SetQuantised(i, CollectionsMarshal.AsSpan(quantised).Slice(i * stride, stride));
            block.SetFull(i, CollectionsMarshal.AsSpan(full).Slice(i * Dimensions, Dimensions));
        }

        WriteTerms(block);
    }

    private void WriteTerms(BlockWriter block)
    {
        var text = 0;
        var next = new int[terms.Count];   // where each term's next posting goes
        var first = 0;
        foreach (var (term, number) in terms)
        {
            term.CopyTo(block.TermText[text..]);
            block.Terms[number] = new BlockTerm { TextStart = text, TextLength = term.Length, Postings = documentFrequencies[number] };
            text += term.Length;
            var slot = PassageBlock.Hash(term) & (uint)(block.Slots.Length - 1);
            while (block.Slots[(int)slot] != 0)
            {
                slot = (slot + 1) & (uint)(block.Slots.Length - 1);
            }

            block.Slots[(int)slot] = number + 1;
        }

        for (var number = 0; number < next.Length; number++)
        {
            block.Terms[number].FirstPosting = next[number] = first;
            first += documentFrequencies[number];
        }

        foreach (var (term, posting) in postings)
        {
            block.Postings[next[term]++] = posting;
        }
    }

    private int Number(string term)
    {
        ref var number = ref CollectionsMarshal.GetValueRefOrAddDefault(terms, term, out var known);
        if (!known)
        {
            number = AddTerm();
        }

        return number;
    }

    private int Number(ReadOnlySpan<char> term)
    {
        ref var number = ref CollectionsMarshal.GetValueRefOrAddDefault(terms.GetAlternateLookup<ReadOnlySpan<char>>(), term, out var known);
        if (!known)
        {
            number = AddTerm();
        }

        return number;
    }

    private int AddTerm()
    {
        documentFrequencies.Add(0);
        lastPostings.Add(-1);
        return documentFrequencies.Count - 1;
    }

    private void AddPosting(int term, uint posting)
    {
        lastPostings[term] = postings.Count;
        documentFrequencies[term]++;
        postings.Add((term, posting));
    }

    private static void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new ArgumentException(otherwise);
        }
    }
}
