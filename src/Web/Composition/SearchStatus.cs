using System.Globalization;
using Rag.Retrieval.Indexing;
using Rag.Web.Admin;

namespace Rag.Web.Composition;

/// <summary>The search index on the status page: which one is used, whether it is whole, and how far another embedding model has got.</summary>
internal sealed class SearchStatus(IIndexStatus index) : IStatusSource
{
    public async Task<StatusSection> ReadAsync(CancellationToken cancel)
    {
        var status = await index.ReadAsync(cancel);
        return new StatusSection(20, "Search index",
        [
            new("Index", status.Qdrant is { } used ? $"Qdrant at {used.Url}" : "Embedded: files in the data folder"),
            .. status.Qdrant is { } qdrant ? Lines(qdrant) : [],
            new("Holds", $"{Count(status.Passages, "passage", "passages")} of {Count(status.Files, "file", "files")}"),
            .. status.Model is { } model ? [new StatusLine("Embedded by", model)] : Array.Empty<StatusLine>(),
            .. status.Takeover is { } takeover ? Lines(takeover) : [],
        ]);
    }

    private static IEnumerable<StatusLine> Lines(QdrantStatus qdrant)
    {
        yield return (qdrant.Error, qdrant.ReachedAt) switch
        {
            ({ } error, { } at) => new("State", $"{Sentence(error)} Last in order: {Time(at)}. It is tried again by itself.", StatusLevel.Error),
            ({ } error, null) => new("State", $"{Sentence(error)} It is tried again by itself; until then questions get no answer, and new files wait.", StatusLevel.Error),
            (null, { }) => new("State", "In order"),
            (null, null) => new("State", "Not reached yet since the server started", StatusLevel.Warning),
        };
        if (qdrant.Rebuilt > 0)
        {
            yield return new StatusLine(
                "Being repaired",
                $"{Count(qdrant.Rebuilt, "assistant", "assistants")}: {Number(qdrant.There)} of {Number(qdrant.Expected)} passages were found. Questions there wait until the rest is written again.",
                StatusLevel.Warning);
        }

        if (qdrant.Comparison is { } last)
        {
            yield return new StatusLine("Collection", $"{last.Collection}, {Count(last.Passages, "passage", "passages")}");
            yield return new StatusLine("Compared with the database", last is { Written: 0, Deleted: 0 }
                ? $"{Time(last.At)}: nothing to repair"
                : $"{Time(last.At)}: {Count(last.Written, "passage", "passages")} written, {Number(last.Deleted)} deleted");
        }
    }

    private static IEnumerable<StatusLine> Lines(TakeoverStatus takeover)
    {
        yield return new StatusLine("Next embedding model", takeover.Model);
        yield return new StatusLine("Prepared for it", takeover.Done < takeover.All
            ? $"Passage {Number(takeover.Done)} of {Number(takeover.All)}. Until then search goes by words alone, and new files wait."
            : $"All {Number(takeover.All)} passages. The index is being switched.");
        if (takeover.HeldUp is { } reason)
        {
            yield return new StatusLine("Held up", $"{Sentence(reason)} It is tried again every minute.", StatusLevel.Error);
        }
    }

    private static string Sentence(string message) => message.EndsWith('.') ? message : message + ".";

    private static string Count(long count, string one, string many) => $"{Number(count)} {(count == 1 ? one : many)}";

    private static string Number(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    private static string Time(DateTimeOffset at) => at.ToString("d MMMM yyyy HH:mm 'UTC'", CultureInfo.InvariantCulture);
}
