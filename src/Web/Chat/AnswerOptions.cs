using System.ComponentModel.DataAnnotations;

namespace Rag.Web.Chat;

/// <summary>Limits of asking and answering. Section <c>Answers</c>.</summary>
public sealed class AnswerOptions
{
    public const string Section = "Answers";

    /// <summary>UTF-16 characters of one question; checked before anything reads it.</summary>
    public const int MaxQuestionLength = 4_000;

    /// <summary>How long an answer that nobody watches goes on, in seconds.</summary>
    [Range(1, 3_600)] public int GraceSeconds { get; set; } = 60;

    /// <summary>How long the model may be silent before its answer fails, in seconds. Waiting in the queue does not count.</summary>
    [Range(5, 3_600)] public int SilenceSeconds { get; set; } = 60;

    /// <summary>How long an answer may wait in the queue, in seconds.</summary>
    [Range(5, 3_600)] public int QueueSeconds { get; set; } = 300;

    /// <summary>Questions of one signed-in user in a minute.</summary>
    [Range(1, 10_000)] public int UserQuestionsPerMinute { get; set; } = 20;

    /// <summary>Questions of one guest in a minute.</summary>
    [Range(1, 10_000)] public int GuestQuestionsPerMinute { get; set; } = 8;

    /// <summary>Questions of all guests of one link in a minute: a new cookie is no new allowance.</summary>
    [Range(1, 100_000)] public int LinkQuestionsPerMinute { get; set; } = 60;

    /// <summary>Answers that one caller may have in the making.</summary>
    [Range(1, 100)] public int AnswersAtOnce { get; set; } = 2;

    /// <summary>Passages that a question about everything ("summarise", "list all") reads at most; more, and the reader is asked to name a file.</summary>
    [Range(100, 1_000_000)] public int WholePassages { get; set; } = 20_000;

    /// <summary>Sentences of a summary, all files together; with more files than that, one for each file.</summary>
    [Range(1, 100)] public int SummaryPoints { get; set; } = 12;

    /// <summary>Places that a list keeps; all are counted.</summary>
    [Range(1, 1_000)] public int ListEntries { get; set; } = 200;

    /// <summary>The same for guests: fewer, or a list of "every sentence" would hand out the files.</summary>
    [Range(1, 1_000)] public int GuestListEntries { get; set; } = 40;

    /// <summary>Calls of a composing model for one question about everything. Where more were needed, it is given the passages that were found instead of all.</summary>
    [Range(1, 1_000)] public int WholeModelCalls { get; set; } = 24;
}
