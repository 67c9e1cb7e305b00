using Microsoft.Extensions.Logging;
using Rag.Inference.Runtime;

namespace Rag.Inference;

internal static partial class Log
{
    [LoggerMessage(101, LogLevel.Information, "Model {Model} is ready after {Seconds:0.0} s on {Provider}: {Reason}")]
    public static partial void ModelLoaded(this ILogger logger, string model, double seconds, ExecutionProvider provider, string reason);

    [LoggerMessage(102, LogLevel.Error, "Model {Model} cannot be used: {Reason}")]
    public static partial void ModelFailed(this ILogger logger, string model, string reason);

    [LoggerMessage(103, LogLevel.Debug, "Generated {OutputTokens} tokens for {PromptTokens} ({ReusedTokens} reused): queue {QueueMs:0} ms, prefill {PrefillMs:0} ms, {TokensPerSecond:0.0} tokens/s")]
    public static partial void Generated(this ILogger logger, int promptTokens, int reusedTokens, int outputTokens, double queueMs, double prefillMs, double tokensPerSecond);

    [LoggerMessage(104, LogLevel.Debug, "Scored {Candidates} candidates for {ContinuationTokens} tokens: queue {QueueMs:0} ms, model {ModelMs:0} ms")]
    public static partial void Scored(this ILogger logger, int candidates, int continuationTokens, double queueMs, double modelMs);

    [LoggerMessage(105, LogLevel.Information, "Importing, {Percent} %: {Stage}")]
    public static partial void Importing(this ILogger logger, int percent, string stage);

    [LoggerMessage(106, LogLevel.Information, "Imported {Title} ({Parameters} parameters, {Megabytes} MB, {ContextLength} tokens of context) into {Folder}. To chat with it, set Inference:ChatModel to {Model}")]
    public static partial void Imported(this ILogger logger, string title, long parameters, long megabytes, int contextLength, string folder, string model);

    [LoggerMessage(107, LogLevel.Error, "{Reason}")]
    public static partial void ImportFailed(this ILogger logger, string reason);
}
