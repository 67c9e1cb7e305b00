using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Rag.Retrieval;

/// <summary>Settings under "Retrieval". <see cref="DataFolder"/> is set by the composition root.</summary>
public sealed class RetrievalOptions
{
    public const string Section = "Retrieval";

    /// <summary>Folder of <c>knowledge.db</c>, <c>uploads/</c> and <c>index/</c>; created when missing.</summary>
    [Required(AllowEmptyStrings = false)]
    public string DataFolder { get; set; } = "";

    /// <summary>How long a worker may stay silent before another takes its job.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:00:30")]
    public TimeSpan MaxLease { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Crashes on one document after which it is set aside.</summary>
    [Range(1, 10)]
    public int MaxCrashes { get; set; } = 3;

    /// <summary>How often a file is tried, with growing pauses of 5 s to 5 min, where a full disk, a busy database or a missing model stops it.</summary>
    [Range(1, 20)]
    public int MaxTries { get; set; } = 7;

    /// <summary>How long a waiting worker sleeps at most; jobs of other processes are seen after this time.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00")]
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Uploaded bytes that no document came to own are deleted after this time.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "1.00:00:00")]
    public TimeSpan OrphanAge { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How many passages each of the two lists, dense and lexical, contributes to the fusion.</summary>
    [Range(1, 1_000)]
    public int ListLength { get; set; } = 50;

    /// <summary>Weight of the dense list in reciprocal rank fusion.</summary>
    [Range(0.0, 10.0)]
    public double DenseWeight { get; set; } = 1;

    /// <summary>Weight of the lexical list in reciprocal rank fusion.</summary>
    [Range(0.0, 10.0)]
    public double LexicalWeight { get; set; } = 1;

    /// <summary>Passages in a result, after neighbours were merged.</summary>
    [Range(1, 50)]
    public int MaxPassages { get; set; } = 6;

    /// <summary>Of these, how many one file may give while others have nearly as good ones.</summary>
    [Range(1, 50)]
    public int MaxPassagesPerDocument { get; set; } = 4;

    /// <summary>Sentences and table rows that are embedded to find the evidence.</summary>
    [Range(1, 200)]
    public int EvidenceCandidates { get; set; } = 20;

    /// <summary>Sentences and table rows shown as evidence.</summary>
    [Range(1, 20)]
    public int EvidenceCount { get; set; } = 3;

    /// <summary>The best of these that are ranked again by the chat model, where it is fast enough; 0 switches that off.</summary>
    [Range(0, 50)]
    public int RerankCandidates { get; set; } = 8;

    /// <summary>How long ranking again may delay the quotes. Where the model would need longer, quotes are shown without it.</summary>
    [Range(typeof(TimeSpan), "00:00:00.01", "00:01:00")]
    public TimeSpan RerankBudget { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// Three times the best sentence's cosine plus the weighted share of question terms, below which the files do not answer. Unset: the
    /// value known for the embedding model, and for an unknown model a floor on the terms alone.
    /// </summary>
    [Range(0.0, 4.0)]
    public double? RelevanceFloor { get; set; }

    /// <summary>Sentence embeddings kept per process, about 2 kB each.</summary>
    [Range(0, 1_000_000)]
    public int SentenceCacheEntries { get; set; } = 4_096;

    /// <summary>Bytes of the embedded index kept open, in memory or mapped; the knowledge bases unused for longest leave first.</summary>
    [Range(1L << 20, 1L << 40)]
    public long VectorMemoryBytes { get; set; } = 512L << 20;

    /// <summary>Passages of one knowledge base that may be in memory alone; with that many they are written to index files.</summary>
    [Range(1, 1_000_000)]
    public int IndexFileFrom { get; set; } = 1_024;
}

internal sealed class RetrievalOptionsValidator : IValidateOptions<RetrievalOptions>
{
    public ValidateOptionsResult Validate(string? name, RetrievalOptions options) =>
        options.DenseWeight + options.LexicalWeight > 0
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail("Retrieval: DenseWeight and LexicalWeight must not both be 0.");
}
