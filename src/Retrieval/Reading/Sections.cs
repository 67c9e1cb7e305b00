namespace Rag.Retrieval.Reading;

/// <summary>Groups a file's passages by the headings above them, at the level that parts it best.</summary>
internal static class Sections
{
    private const int Deepest = 4;

    /// <summary>A level where one section holds more than this parts little: the title of the whole, "Part I".</summary>
    private const double TooMuch = 0.4;

    /// <param name="paths">Heading path of each passage, parts parted by " › "; null where there is none.</param>
    /// <returns>Section of each passage; null where there is no heading.</returns>
    public static IReadOnlyList<string?> Of(IReadOnlyList<string?> paths)
    {
        List<string?> best = [.. paths.Select(path => Part(path, 1))];
        for (var level = 1; level <= Deepest; level++)
        {
            List<string?> sections = [.. paths.Select(path => Part(path, level))];
            if (sections.Distinct().Count() > best.Distinct().Count() || level == 1)
            {
                best = sections;
            }

            if (best.CountBy(section => section ?? "").Max(pair => pair.Value) <= TooMuch * paths.Count)
            {
                break;
            }
        }

        return best;
    }

    /// <summary>The heading at a level, or the deepest one above it.</summary>
    private static string? Part(string? path, int level)
    {
        if (string.IsNullOrWhiteSpace(path))
        {
            return null;
        }

        var parts = path.Split(" › ", StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return parts.Length == 0 ? null : parts[Math.Min(level, parts.Length) - 1];
    }
}
