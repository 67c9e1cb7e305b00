namespace Rag.Web.Models;

public enum ImportState
{
    None,

    /// <summary>A file is being uploaded for it.</summary>
    Receiving,
    Running,
    Done,
    Cancelled,
    Failed,
}

/// <summary>The last import of a model, or the running one.</summary>
/// <param name="File">Name of the file, without its folder.</param>
/// <param name="SecondsLeft">At the rate so far; null while that says nothing.</param>
/// <param name="Model">What came of it; null before its end.</param>
/// <param name="Problem">Why it failed, in a sentence; else null.</param>
public sealed record ImportView(
    ImportState State, string? File = null, string? Stage = null, long Done = 0, long Total = 0, double? SecondsLeft = null, ImportedFolder? Model = null, string? Problem = null)
{
    internal static ImportView None { get; } = new(ImportState.None);

    public bool IsOpen => State is ImportState.Receiving or ImportState.Running;

    /// <summary>0 to 100; null while not known.</summary>
    public int? Percent => Total > 0 ? (int)Math.Clamp(Done * 100.0 / Total, 0, 100) : null;
}

/// <param name="Name">Of the new model's folder; empty: from the file.</param>
public sealed record ImportWish(string? Name = null, int Bits = 8);

public enum ImportProblem
{
    /// <summary>Not the caller's to do.</summary>
    NotAllowed,
    NotAvailable,
    Busy,
    TooLarge,
    WrongType,
    StorageFull,

    /// <summary>What was asked for cannot be: the name, the bits, the path.</summary>
    Invalid,
    Cancelled,
}

/// <summary>Whether an import began. Problem and sentence are null when it did.</summary>
public sealed record ImportStart(ImportProblem? Problem, string? Sentence)
{
    internal static ImportStart Begun { get; } = new(null, null);
}

/// <summary>A file to import, or why there is none.</summary>
/// <param name="IsOurs">Uploaded for this import: deleted at its end.</param>
internal sealed record BroughtFile(string? Path, bool IsOurs, ImportProblem? Problem, string? Sentence)
{
    public static BroughtFile Refused(ImportProblem problem, string sentence) => new(null, false, problem, sentence);
}
