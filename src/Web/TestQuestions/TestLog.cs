using Rag.Web.Assistants;

namespace Rag.Web;

/// <summary>Ids and figures of test questions, never their words.</summary>
internal static partial class Log
{
    [LoggerMessage(401, LogLevel.Information, "Assistant {Assistant}: {Found} of {Questions} test questions find their page")]
    public static partial void TestRunEnded(this ILogger logger, AssistantId assistant, int questions, int found);

    [LoggerMessage(402, LogLevel.Warning, "Test question {Question} could not be asked")]
    public static partial void TestQuestionFailed(this ILogger logger, Exception failure, Guid question);

    [LoggerMessage(403, LogLevel.Error, "Test questions could not be looked at; it will be tried again")]
    public static partial void TestRunFailed(this ILogger logger, Exception failure);
}
