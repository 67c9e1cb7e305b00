using System.ComponentModel.DataAnnotations;
using Rag.Inference.Models;

namespace Rag.Inference.Remote;

/// <summary>A chat model behind an OpenAI-compatible server (vLLM, Ollama, llama.cpp, another Docent). Without <c>Endpoint</c> the model of this process is used.</summary>
public sealed class ChatEndpointOptions : IValidatableObject
{
    public const string Section = "Inference:Chat";

    /// <summary>Address of the server, e.g. <c>http://127.0.0.1:11434/v1</c>; <c>/v1</c> is added to an address without a path. Empty: the model of this process.</summary>
    public string? Endpoint { get; set; }

    /// <summary>The model's name as the server knows it.</summary>
    public string? Model { get; set; }

    /// <summary>Sent as <c>Authorization: Bearer</c>; never written to a log or a message.</summary>
    public string? ApiKey { get; set; }

    /// <summary>Tokens of prompt and answer together, as the server is set up; a server that cuts longer prompts does not say so. 4,096 is what Ollama takes by itself.</summary>
    [Range(1_024, 2_000_000)]
    public int ContextLength { get; set; } = 4_096;

    /// <summary>How an answer comes to its words: <c>Compose</c>, the model writes; <c>Quote</c>, for models below about a billion parameters.</summary>
    [EnumDataType(typeof(AnswerStyle))]
    public AnswerStyle AnswerStyle { get; set; } = AnswerStyle.Compose;

    /// <summary>How long the server may be silent, before its first word and between two, in seconds.</summary>
    [Range(1, 3_600)]
    public int SilenceSeconds { get; set; } = 60;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => EndpointAddress.Problems(Section, Endpoint, Model);
}

/// <summary>An embedding model behind an OpenAI-compatible server. Without <c>Endpoint</c> the model of this process is used.</summary>
public sealed class EmbeddingEndpointOptions : IValidatableObject
{
    public const string Section = "Inference:Embedding";

    /// <summary>Address of the server, as for the chat model. Empty: the model of this process.</summary>
    public string? Endpoint { get; set; }

    /// <summary>The model's name as the server knows it.</summary>
    public string? Model { get; set; }

    /// <summary>Sent as <c>Authorization: Bearer</c>; never written to a log or a message.</summary>
    public string? ApiKey { get; set; }

    /// <summary>Numbers in a vector, asked of the server; 0: as many as the model gives, found out at the first use.</summary>
    [Range(0, 65_536)]
    public int Dimensions { get; set; }

    /// <summary>Tokens the model reads of one text; what lies behind is not sent.</summary>
    [Range(64, 131_072)]
    public int MaxTokens { get; set; } = 512;

    /// <summary>Put before a question, e.g. <c>query: </c> for E5 models. Changed prefixes need the files to be read anew.</summary>
    [MaxLength(2_000)]
    public string QueryPrefix { get; set; } = "";

    /// <summary>Put before a passage, e.g. <c>passage: </c> for E5 models.</summary>
    [MaxLength(2_000)]
    public string PassagePrefix { get; set; } = "";

    /// <summary>Texts in one request.</summary>
    [Range(1, 2_048)]
    public int BatchTexts { get; set; } = 16;

    /// <summary>How long one request may take, in seconds.</summary>
    [Range(1, 3_600)]
    public int TimeoutSeconds { get; set; } = 120;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => EndpointAddress.Problems(Section, Endpoint, Model);
}
