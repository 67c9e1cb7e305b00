namespace Rag.Web.Documents;

/// <summary>A file on its way from the browser, as the script announced it.</summary>
public sealed record UploadAnnouncement(int Key, string? Name, long Size);

/// <param name="Path">Null: none of the files goes anywhere.</param>
/// <param name="Refused">The keys of files that are not sent.</param>
public sealed record UploadTarget(string? Path, IReadOnlyList<int> Refused);

/// <summary>A file on its way, or one that the server did not take (then with the sentence why).</summary>
public sealed class UploadRow(int key, string name, long size)
{
    public int Key { get; } = key;

    public string Name { get; } = name;

    public long Size { get; } = size;

    public long Sent { get; internal set; }

    public string? Problem { get; internal set; }

    public bool Sending => Problem is null;

    /// <summary>0 to 100.</summary>
    public int Percent => Size <= 0 ? 0 : (int)Math.Clamp(Sent * 100 / Size, 0, 100);
}

/// <summary>The uploads that a page knows of. What the script says is shown, never trusted.</summary>
public sealed class UploadQueue
{
    private const int MaxRows = 500;

    private readonly List<UploadRow> _rows = [];

    public IReadOnlyList<UploadRow> Rows => _rows;

    public bool Sending => _rows.Exists(row => row.Sending);

    public void Begin(IEnumerable<UploadAnnouncement> files)
    {
        foreach (var file in files.Take(MaxRows - _rows.Count).Where(file => !_rows.Exists(row => row.Key == file.Key)))
        {
            _rows.Add(new UploadRow(file.Key, FileNames.Clean(file.Name), Math.Max(0, file.Size)));
        }
    }

    /// <summary>False when nothing changed that a person could see.</summary>
    public bool Progress(int key, long sent)
    {
        if (_rows.Find(row => row.Key == key && row.Sending) is not { } known)
        {
            return false;
        }

        var before = known.Percent;
        known.Sent = Math.Clamp(sent, 0, known.Size);
        return known.Percent != before;
    }

    /// <summary>Taken by the server: the row goes, the document list has it. Not taken: the row stays with its sentence.</summary>
    public void End(int key, string? problem)
    {
        if (problem is null)
        {
            _rows.RemoveAll(row => row.Key == key);
        }
        else if (_rows.Find(row => row.Key == key) is { } known)
        {
            known.Problem = problem;
        }
    }

    public void Dismiss(int key) => _rows.RemoveAll(row => row.Key == key && !row.Sending);
}
