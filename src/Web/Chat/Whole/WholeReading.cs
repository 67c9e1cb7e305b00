namespace Rag.Web.Chat.Whole;

/// <summary>What was done with every passage.</summary>
public enum WholeTask
{
    /// <summary>"Summarise …", "what are the main points".</summary>
    Summary,

    /// <summary>"What is this document about?": a summary of a few sentences.</summary>
    About,

    /// <summary>"List all …", "every mention of …".</summary>
    List,

    /// <summary>"How many different … are mentioned", "how often is … mentioned".</summary>
    Count,
}

/// <param name="Value">A date, an amount, as it is written there; null for sentences found by words or meaning.</param>
/// <param name="Places">How often the same was found.</param>
public sealed record WholePoint(int Citation, string? Value, int Places);

/// <summary>Points under one heading of one file.</summary>
/// <param name="Heading">As it stands in the file; null where there is none.</param>
public sealed record WholeSection(Guid Document, string Title, string? Heading, IReadOnlyList<WholePoint> Points);

/// <summary>A reading of every passage, as part of a stored answer: how much was read, and what was found where.</summary>
/// <param name="Subject">What was listed, or the topic of a summary.</param>
/// <param name="Read">Passages read, of <paramref name="Passages"/> that there were when it began.</param>
/// <param name="Found">Different sentences, rows or values found; fewer may be kept in <paramref name="Sections"/>.</param>
/// <param name="Places">All places found, repetitions included.</param>
/// <param name="HasValues"><paramref name="Found"/> counts values of a known shape, exactly.</param>
/// <param name="Documents">The files that were read; deletion looks for them.</param>
public sealed record WholeReading(
    WholeTask Task, string? Subject, int Read, int Passages, int Files, int Found, int Places, bool HasValues, IReadOnlyList<Guid> Documents,
    IReadOnlyList<WholeSection> Sections)
{
    /// <summary>The same reading after a file was deleted: its headings and values are gone, what was counted stays.</summary>
    public WholeReading Without(Guid document) => this with
    {
        Documents = [.. Documents.Where(d => d != document)],
        Sections = [.. Sections.Where(s => s.Document != document)],
    };
}
