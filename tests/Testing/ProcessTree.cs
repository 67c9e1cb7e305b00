using System.Globalization;

namespace Rag.Testing;

/// <summary>A process and its descendants as /proc shows them (Linux).</summary>
public static class ProcessTree
{
    /// <summary>Sum of resident bytes; processes that end meanwhile count as 0.</summary>
    public static long ResidentBytes(int root) => Descendants(root).Append(root).Sum(Resident);

    /// <summary>Resident bytes of one process; 0 when it has ended.</summary>
    public static long Resident(int id) => Bytes(id, "VmRSS:");

    /// <summary>The most that <see cref="Resident"/> ever was.</summary>
    public static long PeakResident(int id) => Bytes(id, "VmHWM:");

    /// <summary>What it was started with, a blank between the parts; empty when it has ended.</summary>
    public static string CommandLine(int id)
    {
        try
        {
            return File.ReadAllText($"/proc/{id}/cmdline").Replace('\0', ' ');
        }
        catch (IOException)
        {
            return "";
        }
    }

    public static IReadOnlyList<int> Descendants(int root)
    {
        var children = Directory.EnumerateDirectories("/proc")
            .Select(folder => int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var id) ? id : 0)
            .Where(id => id > 0)
            .Select(id => (Id: id, Parent: Parent(id)))
            .ToLookup(process => process.Parent, process => process.Id);
        var found = new List<int>();
        var open = new Queue<int>([root]);
        while (open.TryDequeue(out var parent))
        {
            foreach (var child in children[parent])
            {
                found.Add(child);
                open.Enqueue(child);
            }
        }

        return found;
    }

    private static int Parent(int id) => int.TryParse(Status(id, "PPid:"), CultureInfo.InvariantCulture, out var parent) ? parent : 0;

    private static long Bytes(int id, string field) =>
        long.TryParse(Status(id, field)?.Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture, out var kilobytes) ? kilobytes * 1024 : 0;

    private static string? Status(int id, string field)
    {
        try
        {
            return File.ReadLines($"/proc/{id}/status").FirstOrDefault(line => line.StartsWith(field, StringComparison.Ordinal))?[field.Length..].Trim();
        }
        catch (IOException)
        {
            return null; // it ended
        }
    }
}
