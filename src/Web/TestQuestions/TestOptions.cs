using System.ComponentModel.DataAnnotations;

namespace Rag.Web.TestQuestions;

/// <summary>The owner's test questions. Section <c>TestQuestions</c>.</summary>
public sealed class TestOptions
{
    public const string Section = "TestQuestions";

    /// <summary>Test questions of one assistant.</summary>
    [Range(1, 10_000)] public int MaxQuestions { get; set; } = 100;

    /// <summary>How often files, instructions and models are compared with the last run, in seconds.</summary>
    [Range(1, 3_600)] public int LookSeconds { get; set; } = 5;

    /// <summary>How long nothing may have changed before the questions are asked again, in seconds.</summary>
    [Range(0, 3_600)] public int QuietSeconds { get; set; } = 8;

    /// <summary>Runs that are kept of each assistant.</summary>
    [Range(2, 1_000)] public int KeepRuns { get; set; } = 20;
}
