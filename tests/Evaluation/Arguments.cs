namespace Rag.Evaluation;

/// <param name="Short">Leaves out the sets that take minutes, and half of the questions of another; what <c>eng/test</c> runs.</param>
/// <param name="Accept">Makes the measured figures the baseline.</param>
/// <param name="CacheFolder">Where vectors are kept between runs.</param>
/// <param name="WriteTo">A file for the table.</param>
/// <param name="Sets">Empty for all.</param>
/// <param name="Settings">Of the product, to try others than its defaults.</param>
internal sealed record Arguments(
    bool Short, bool Accept, string? CacheFolder, string? WriteTo, IReadOnlySet<string> Sets, IReadOnlyDictionary<string, string?> Settings)
{
    /// <returns>Null when they cannot be understood.</returns>
    public static Arguments? Parse(IEnumerable<string> words)
    {
        var left = new Queue<string>(words);
        bool quick = false, accept = false;
        string? cache = null, write = null;
        var sets = new HashSet<string>();
        var settings = new Dictionary<string, string?>();
        while (left.TryDequeue(out var word))
        {
            switch (word)
            {
                case "--short":
                    quick = true;
                    break;
                case "--accept":
                    accept = true;
                    break;
                case "--cache" when left.TryDequeue(out cache):
                case "--write" when left.TryDequeue(out write):
                    break;
                case "--set" when left.TryDequeue(out var setting) && setting.Split('=', 2) is [var name, var value]:
                    settings[name] = value;
                    break;
                case "xquad" or "evidence" or "tenq" or "answers" or "ranker" or "chunking" or "cranfield":
                    sets.Add(word);
                    break;
                default:
                    return null;
            }
        }

        return new Arguments(quick, accept, cache, write, sets, settings);
    }
}
