using Rag.Web.Chat;

namespace Rag.Web;

/// <summary>Ids and figures, never words of a question, a file or an answer.</summary>
internal static partial class Log
{
    [LoggerMessage(301, LogLevel.Information, "Turn {Turn}: {Kind}, {State}; search {SearchMs:0} ms, first token {FirstTokenMs:0} ms, total {TotalMs:0} ms")]
    public static partial void Answered(this ILogger logger, TurnId turn, AnswerKind kind, TurnState state, double? searchMs, double? firstTokenMs, double? totalMs);

    [LoggerMessage(302, LogLevel.Error, "Turn {Turn}: the search failed")]
    public static partial void SearchFailed(this ILogger logger, Exception failure, TurnId turn);

    [LoggerMessage(303, LogLevel.Warning, "Turn {Turn}: the model failed: {Failure}")]
    public static partial void ModelFailed(this ILogger logger, Exception? cause, TurnId turn, ModelFailure failure);

    [LoggerMessage(304, LogLevel.Error, "Turn {Turn}: the answer could not be stored")]
    public static partial void AnswerLost(this ILogger logger, Exception failure, TurnId turn);

    [LoggerMessage(305, LogLevel.Information, "{Count} answers that the last run left unfinished are marked as interrupted")]
    public static partial void MarkedInterrupted(this ILogger logger, int count);
}
