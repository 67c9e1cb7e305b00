namespace Rag.Inference.Models;

/// <summary>How an answer comes to its words.</summary>
public enum AnswerStyle
{
    /// <summary>Small models: the answer is the chosen sentences; the model's own wording follows.</summary>
    Quote,

    /// <summary>About 1B parameters and up: the model writes, the server checks.</summary>
    Compose,
}

/// <summary>Facts of the configured chat model, known before it is loaded. From <c>chatClient.GetService&lt;ChatModelInfo&gt;()</c>; null when its folder is missing.</summary>
/// <param name="ContextLength">Tokens of prompt and answer together.</param>
/// <param name="MaxOutputTokens">Tokens of an answer where the request does not say.</param>
/// <param name="Languages">ISO 639-1 codes the model was made for; empty where unknown.</param>
public sealed record ChatModelInfo(
    string Id, string DisplayName, int ContextLength, AnswerStyle AnswerStyle, int MaxOutputTokens, long Parameters, string License, IReadOnlyList<string> Languages);

/// <summary>Facts of the configured embedding model. From <c>generator.GetService&lt;EmbeddingModelInfo&gt;()</c>; null when its folder is missing.</summary>
/// <param name="Dimensions">Numbers in a vector; vectors have length 1 when <paramref name="Normalized"/>.</param>
/// <param name="MaxTokens">Word pieces the model reads, its two special ones included; what lies behind is not embedded.</param>
/// <param name="Languages">ISO 639-1 codes the model was made for; empty where unknown.</param>
public sealed record EmbeddingModelInfo(
    string Id, string DisplayName, int Dimensions, int MaxTokens, bool Normalized, string License, IReadOnlyList<string> Languages);
