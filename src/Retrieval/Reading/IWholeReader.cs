using Rag.Retrieval.Knowledge;
using Rag.Retrieval.Search;

namespace Rag.Retrieval.Reading;

/// <summary>How far a reading has come. Reported after each batch of passages.</summary>
public readonly record struct ReadingProgress(int Read, int Passages);

/// <param name="Topic">Only what speaks of it; null = everything.</param>
/// <param name="Points">How many sentences, all files together.</param>
public sealed record SummaryRequest(string? Topic, int Points);

/// <param name="Subject">What is asked for: "share repurchases".</param>
/// <param name="Entries">How many of them are returned; all are counted.</param>
public sealed record ListRequest(string Subject, int Entries);

/// <summary>A sentence or table row in its place.</summary>
/// <param name="Source">The passage it stands in.</param>
/// <param name="Quote">Its <see cref="Evidence.Passage"/> is 0: it belongs to <paramref name="Source"/>.</param>
/// <param name="Section">The heading it is grouped under; null where the file has none.</param>
/// <param name="Value">What was looked for, as it is written there: a date, an amount; null for sentences found by words or meaning.</param>
/// <param name="Places">How often the same was found, this place included.</param>
public sealed record ReadingPoint(Passage Source, Evidence Quote, string? Section, string? Value, int Places);

/// <param name="Read">Passages read: fewer than planned when a file was deleted or replaced meanwhile.</param>
/// <param name="Points">In reading order.</param>
/// <param name="Found">All different sentences, rows or values found, also those beyond <paramref name="Points"/>.</param>
/// <param name="Places">All places found, repetitions included.</param>
/// <param name="HasValues">Values of a known shape were looked for (dates, amounts): <paramref name="Found"/> counts different ones exactly.</param>
public sealed record WholeReadingResult(int Read, IReadOnlyList<ReadingPoint> Points, int Found, int Places, bool HasValues);

/// <summary>Answers that need every passage of a knowledge base, without a language model.</summary>
public interface IWholeReader
{
    /// <summary>
    /// The most central sentences: near the middle of what their file and their section say, words that recur, the beginnings a little
    /// preferred, no repetitions; no table rows, no boilerplate.
    /// </summary>
    Task<WholeReadingResult> SummariseAsync(KnowledgeScope scope, ReadingPlan plan, SummaryRequest request, Action<ReadingProgress> progress, CancellationToken cancel);

    /// <summary>Every sentence and table row that speaks of a subject, by its words or by its meaning; repetitions are counted, not repeated.</summary>
    Task<WholeReadingResult> ListAsync(KnowledgeScope scope, ReadingPlan plan, ListRequest request, Action<ReadingProgress> progress, CancellationToken cancel);
}
