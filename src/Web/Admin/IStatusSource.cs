namespace Rag.Web.Admin;

public enum StatusLevel
{
    Normal,
    Warning,
    Error,
}

/// <summary>One fact: what it is about, what it is now.</summary>
public sealed record StatusLine(string Name, string Value, StatusLevel Level = StatusLevel.Normal);

/// <param name="Order">Sections are shown by ascending order; the server itself has 0.</param>
public sealed record StatusSection(int Order, string Title, IReadOnlyList<StatusLine> Lines);

/// <summary>
/// Something that the status page reports on: models and device, the queue of files, the index. Register any number of them. A source
/// that throws is shown as failed and hides none of the others.
/// </summary>
public interface IStatusSource
{
    Task<StatusSection> ReadAsync(CancellationToken cancel);
}
