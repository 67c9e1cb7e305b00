using System.ComponentModel.DataAnnotations;

namespace Rag.Inference.Serving;

/// <summary>The models as an OpenAI-compatible server of their own (<c>dotnet Rag.Inference.dll</c>). Not read by Docent itself.</summary>
public sealed class ModelServerOptions
{
    public const string Section = "Inference:Server";

    /// <summary>What callers send as <c>Authorization: Bearer</c>. Empty: nobody is asked, and only addresses of this machine can be served.</summary>
    [MaxLength(1_000)]
    public string? ApiKey { get; set; }

    /// <summary>Largest request, in bytes.</summary>
    [Range(1_024, 1_000_000_000)]
    public int MaxRequestBytes { get; set; } = 8_000_000;

    /// <summary>Texts in one request for embeddings.</summary>
    [Range(1, 100_000)]
    public int MaxTexts { get; set; } = 2_048;
}
