using System.Globalization;
using Rag.Retrieval.Knowledge;
using Rag.Web.Shell;

namespace Rag.Web.Documents;

public enum DocumentTone
{
    Waiting,
    Working,
    Good,
    Warning,
    Bad,
}

/// <summary>The state of a file in the reader's words.</summary>
public static class DocumentWords
{
    public static DocumentTone Tone(DocumentStatus file) => file.State switch
    {
        DocumentState.Ready => DocumentTone.Good,
        DocumentState.ReadyWithWarnings => DocumentTone.Warning,
        DocumentState.Failed => file.Reason == RefusalReason.Cancelled ? DocumentTone.Waiting : DocumentTone.Bad,
        DocumentState.Stored => DocumentTone.Waiting,
        _ => DocumentTone.Working,
    };

    public static string State(DocumentStatus file) => file.State switch
    {
        DocumentState.Stored when file is { RetryAt: not null, Message: { } cause } => $"{cause} Trying again in a while.",
        DocumentState.Stored when file is { RetryAt: null, Message: { } cause } => cause,
        DocumentState.Stored when file is { IsSearchable: true, NextName: { } next } => $"waiting to be replaced by {next}; answers go on",
        DocumentState.Stored when file.IsSearchable => "waiting to be read again; answers go on",
        DocumentState.Stored => file.Attempt > 0 ? "waiting to start again" : "waiting for its turn",
        DocumentState.Extracting when file is { RecognisingPage: { } scan, PageCount: > 1 and var all } => Invariant($"recognising page {Math.Min(scan, all):N0} of {all:N0}"),
        DocumentState.Extracting when file.RecognisingPage is not null => "recognising text",
        DocumentState.Extracting when file.PageCount is > 1 and { } pages && file.PagesDone > 0 => Invariant($"reading {Unit(file)} {Math.Min(file.PagesDone, pages):N0} of {pages:N0}"),
        DocumentState.Extracting => "reading",
        DocumentState.Chunking => "dividing into passages",
        DocumentState.Embedding when file.ChunkCount is > 0 and { } chunks => Invariant($"making it searchable, {Math.Min(file.ChunksDone, chunks):N0} of {chunks:N0} passages"),
        DocumentState.Embedding or DocumentState.Indexing => "making it searchable",
        DocumentState.Ready => "ready",
        DocumentState.ReadyWithWarnings => "ready, " + Warning(file),
        DocumentState.Failed => file.Message ?? (file.Reason is { } reason ? Refusals.Sentence(reason) : "This file could not be read."),
        _ => throw new ArgumentOutOfRangeException(nameof(file), file.State, null),
    };

    /// <summary>"12 pages · 1.4 MB"; without pages while their number is not known, and for files that have none.</summary>
    public static string Facts(DocumentStatus file) =>
        file.PageCount is { } pages && FileNames.Kind(file.FileName) is FileKind.Pdf or FileKind.Slides
            ? $"{Words.Count(pages, Unit(file), Unit(file) + "s")} · {FileSize.Words(file.Bytes)}"
            : FileSize.Words(file.Bytes);

    /// <summary>How much of the work on one file is done, 0 to 1. Reading is taken for a fifth, making it searchable for the rest.</summary>
    public static double Done(DocumentStatus file) => file.State switch
    {
        DocumentState.Stored => 0,
        DocumentState.Extracting => 0.2 * Part(file.PagesDone, file.PageCount),
        DocumentState.Chunking => 0.2,
        DocumentState.Embedding => 0.2 + (0.78 * Part(file.ChunksDone, file.ChunkCount)),
        DocumentState.Indexing => 0.98,
        _ => 1,
    };

    /// <summary>"Page 3", "Slides 7–19 and 21", "Part 2".</summary>
    public static string Places(DocumentStatus file, IReadOnlyList<int> places)
    {
        var unit = Unit(file);
        return Words.Pages(places, char.ToUpperInvariant(unit[0]) + unit[1..]);
    }

    private static string Unit(DocumentStatus file) => FileNames.Kind(file.FileName) is null ? "page" : PlaceUnit.Of(file.FileName);

    private static double Part(int done, int? all) => all is > 0 and { } total ? Math.Clamp((double)done / total, 0, 1) : 0;

    private static string Warning(DocumentStatus file) => file.PagesWithoutText.Count switch
    {
        0 => file.Message ?? "with a remark",
        var empty when empty == file.PageCount => "but no text was found: it may be a scan",
        1 => Invariant($"{Unit(file)} {file.PagesWithoutText[0]} has no text"),
        var empty => Invariant($"{empty:N0} {Unit(file)}s have no text"),
    };

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
