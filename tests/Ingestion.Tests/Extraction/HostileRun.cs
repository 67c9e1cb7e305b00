using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Rag.Ingestion.Extraction;
using Rag.Ingestion.Extraction.Isolation;
using Rag.Retrieval.Knowledge;
using Rag.Testing;
using Rag.Testing.Hostile;

namespace Rag.Ingestion.Tests.Extraction;

/// <summary>How one hostile file ended.</summary>
/// <param name="Reason">Null: it was read.</param>
/// <param name="Wrong">What its generator did not allow; else null.</param>
internal sealed record HostileOutcome(string Kind, RefusalReason? Reason, TimeSpan Took, string? Wrong);

/// <summary>Takes hostile files through the real door: type check, pool, extractor processes with their caps.</summary>
internal static class HostileRun
{
    private const int AtOnce = 2;

    /// <summary>Such files are worth a line of their own.</summary>
    private static readonly TimeSpan Slow = TimeSpan.FromSeconds(5);

    /// <returns>Outcomes, and the largest resident size that an extractor was seen with, in bytes.</returns>
    public static async Task<(IReadOnlyList<HostileOutcome> Outcomes, long PeakChild)> RunAsync(IEnumerable<HostileFile> files, CancellationToken cancel)
    {
        await using ExtractorPool pool = Extractors.Pool(options => options.ParallelJobs = AtOnce);
        using var done = new CancellationTokenSource();
        Task<long> watching = WatchAsync(done.Token);
        var outcomes = new ConcurrentBag<HostileOutcome>();
        KnowledgeBaseId[] owners = [.. Enumerable.Range(0, AtOnce).Select(_ => KnowledgeBaseId.New())];
        using IEnumerator<HostileFile> next = files.GetEnumerator();   // made when they are wanted: not all fit into memory at once
        await Task.WhenAll(owners.Select(owner => Task.Run(
            async () =>
            {
                while (Take() is { } file)
                {
                    HostileOutcome outcome = await OneAsync(pool, owner, file, cancel);
                    outcomes.Add(outcome);
                    if (outcome.Wrong is not null || outcome.Took > Slow)
                    {
                        TestContext.Current.TestOutputHelper!.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{outcome.Kind}: {outcome.Took.TotalSeconds:0.0} s, {outcome.Reason}; {outcome.Wrong}"));
                    }
                }
            },
            cancel)));
        await done.CancelAsync();
        return ([.. outcomes], await watching);

        HostileFile? Take()
        {
            lock (next)
            {
                return next.MoveNext() ? next.Current : null;
            }
        }
    }

    /// <summary>A line for each trick: how many were read, refused for what, how long it took.</summary>
    public static IEnumerable<string> Table(IReadOnlyList<HostileOutcome> outcomes) => outcomes.GroupBy(outcome => outcome.Kind).OrderBy(group => group.Key, StringComparer.Ordinal).Select(group =>
    {
        var ends = group.GroupBy(outcome => outcome.Reason?.ToString() ?? "read").OrderByDescending(end => end.Count()).Select(end => $"{end.Count()} {end.Key}");
        return string.Create(CultureInfo.InvariantCulture, $"| {group.Key} | {group.Count()} | {string.Join(", ", ends)} | {group.Max(outcome => outcome.Took.TotalSeconds):0.0} s |");
    });

    public static TimeSpan Percentile(IReadOnlyList<HostileOutcome> outcomes, double share)
    {
        var sorted = outcomes.Select(outcome => outcome.Took).Order().ToList();
        return sorted[Math.Min(sorted.Count - 1, (int)(share * sorted.Count))];
    }

    private static async Task<HostileOutcome> OneAsync(ExtractorPool pool, KnowledgeBaseId owner, HostileFile file, CancellationToken cancel)
    {
        long start = Stopwatch.GetTimestamp();
        var sink = new CollectingSink();
        RefusalReason? reason = FileKinds.Detect(file.FileName, file.Bytes.AsSpan(0, Math.Min(file.Bytes.Length, FileKinds.HeadLength))) is { } kind
            ? await pool.ExtractAsync(owner, kind, () => new MemoryStream(file.Bytes), file.Bytes.Length, sink, cancel)
            : RefusalReason.WrongType;
        TimeSpan took = Stopwatch.GetElapsedTime(start);
        return new HostileOutcome(file.Kind, reason, took, Wrong(file, reason, string.Concat(sink.Pages.Select(page => page.Text.Text))));
    }

    private static string? Wrong(HostileFile file, RefusalReason? reason, string text) => file.End switch
    {
        HostileEnd.Text when reason is not null => $"{file.Kind}: refused as {reason}, but it can be read",
        HostileEnd.Text when file.Words.FirstOrDefault(words => !text.Contains(words, StringComparison.Ordinal)) is { } missing => $"{file.Kind}: \"{missing}\" is missing in {text.Length} characters",
        HostileEnd.Refused when reason is null => $"{file.Kind}: read ({text.Length} characters), but it should be refused",
        HostileEnd.Refused when !file.Reasons.Contains(reason.ToString()) => $"{file.Kind}: refused as {reason}, expected {string.Join(" or ", file.Reasons)}",
        _ => null,
    };

    /// <summary>The largest child of this process while something runs, in bytes.</summary>
    private static async Task<long> WatchAsync(CancellationToken done)
    {
        long peak = 0;
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        try
        {
            while (await timer.WaitForNextTickAsync(done))
            {
                peak = ProcessTree.Descendants(Environment.ProcessId).Select(id => ProcessTree.ResidentBytes(id)).Append(peak).Max();
            }
        }
        catch (OperationCanceledException)
        {
        }

        return peak;
    }
}
