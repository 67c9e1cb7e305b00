using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Rag.Retrieval.Indexing.Qdrant;

/// <summary>Settings under "Storage:Qdrant"; read only when <c>Storage:Index</c> is <c>Qdrant</c>.</summary>
internal sealed class QdrantOptions
{
    public const string Section = "Storage:Qdrant";

    /// <summary>Address of Qdrant's REST API. Plain HTTP only on a private network: key and vectors are sent in the clear.</summary>
    public string Url { get; set; } = "http://localhost:6333";

    /// <summary>Key that Qdrant was started with; empty where it has none. It must allow writing.</summary>
    public string ApiKey { get; set; } = "";

    /// <summary>First part of the collections' names, one per embedding model; the alias <c>(name)_live</c> points at the one in use.</summary>
    [RegularExpression("^[a-z0-9_-]{1,60}$")]
    public string Name { get; set; } = "passages";

    /// <summary>How long one search may take, its repetition included.</summary>
    [Range(typeof(TimeSpan), "00:00:00.5", "00:00:05")]
    public TimeSpan SearchTimeout { get; set; } = TimeSpan.FromSeconds(4);

    /// <summary>How long Qdrant may take for one write or one count before it is asked again.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:01:00")]
    public TimeSpan WriteTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Passages in one write.</summary>
    [Range(1, 512)]
    public int BatchPoints { get; set; } = 128;

    /// <summary>Writes on their way at the same time.</summary>
    [Range(1, 4)]
    public int ParallelWrites { get; set; } = 2;

    /// <summary>How often the collection is compared with the database; what differs is repaired.</summary>
    [Range(typeof(TimeSpan), "00:00:10", "01:00:00")]
    public TimeSpan CompareEvery { get; set; } = TimeSpan.FromMinutes(4);

    /// <summary>How long ingestion waits before it tries an unreachable Qdrant again; doubled up to sixteen times.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:00:10")]
    public TimeSpan RetryPause { get; set; } = TimeSpan.FromSeconds(1);

    public string Alias => Name + "_live";
}

internal sealed class QdrantOptionsValidator(IOptions<StorageOptions> storage, IOptions<RetrievalOptions> retrieval) : IValidateOptions<QdrantOptions>
{
    public ValidateOptionsResult Validate(string? name, QdrantOptions options)
    {
        if (storage.Value.Index != IndexKind.Qdrant)
        {
            return ValidateOptionsResult.Success;
        }

        if (!Uri.TryCreate(options.Url, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https") || url.Query.Length > 0 || url.UserInfo.Length > 0)
        {
            return ValidateOptionsResult.Fail("Storage:Qdrant:Url must be an address such as http://localhost:6333, without a query and without a user name.");
        }

        return retrieval.Value.ListLength > QdrantLimits.MaxQueryLimit
            ? ValidateOptionsResult.Fail($"Retrieval:ListLength is {retrieval.Value.ListLength}; with Storage:Index=Qdrant it must not be above {QdrantLimits.MaxQueryLimit}.")
            : ValidateOptionsResult.Success;
    }
}

/// <summary>What our collections' strict mode allows; the client keeps to it.</summary>
internal static class QdrantLimits
{
    public const int MaxQueryLimit = 200;
    public const int MaxTimeoutSeconds = 60;
    public const int MaxBatchPoints = 512;
    public const int MaxConditions = 64;
    public const int MaxConditionSize = 1_000;

    /// <summary>Bytes of a request's body that are meant not to be passed; the server refuses above 32 MiB.</summary>
    public const int BodyBytes = 4 << 20;
}
