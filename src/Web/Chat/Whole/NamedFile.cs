using System.Collections.Frozen;
using System.Text.RegularExpressions;
using Rag.Retrieval.Knowledge;

namespace Rag.Web.Chat.Whole;

/// <summary>Finds the one file that a question names, by its file name, its title or a word that only it has.</summary>
internal static partial class NamedFile
{
    private const int ShortestWord = 3;
    private const int LeastNaming = 3;
    private const int MuchMore = 4;

    /// <summary>Words about asking and about files in general: they name no file, even where one is called so.</summary>
    private static readonly FrozenSet<string> General = (
        "the this that these those all and for from with what which are about file files document documents doc docs pdf text report reports filing filings paper papers book books " +
        "article articles manual guide contract contracts quarterly annual my our your give show tell list find make write short brief main key points summary summarize summarise " +
        "overview outline topic topics content contents everything please").Split(' ').ToFrozenSet();

    /// <returns>The file and the question's topic without the file's name; no file when none or several are meant.</returns>
    public static (DocumentStatus? File, string? Subject) Find(string question, string? subject, IReadOnlyList<DocumentStatus> files)
    {
        foreach (var file in files.OrderByDescending(f => f.FileName.Length))
        {
            var name = Path.GetFileNameWithoutExtension(file.FileName);
            foreach (var exact in new[] { file.FileName, name, file.Title })
            {
                if (exact.Length >= ShortestWord && !IsOnlyNames(exact, []) && At(question, exact) >= 0 && files.Count(f => f.Title == exact || Path.GetFileNameWithoutExtension(f.FileName) == exact) <= 1)
                {
                    return (file, Without(subject, exact));
                }
            }
        }

        // "the Nvidia 10-Q": words of the question that stand in one file's names alone.
        var names = files.Select(f => Words($"{f.FileName} {f.Title}").ToHashSet()).ToList();
        var own = Words(subject ?? question).Distinct().Where(word => !IsFileWord(word) && names.Count(n => n.Contains(word)) == 1).ToList();
        var named = own.Select(word => names.FindIndex(n => n.Contains(word))).Distinct().ToList();
        return named is [var only] && files.Count > 1 && (subject is null || IsOnlyNames(subject, names[only]))
            ? (files[only], null)
            : (null, subject is null ? null : IsOnlyNames(subject, [.. names.SelectMany(n => n)]) ? null : subject);
    }

    /// <summary>"the Apple report" of files whose names do not say so: what the file must speak of; null where no file is meant.</summary>
    public static IReadOnlyList<string>? Described(string? subject)
    {
        var words = subject is null ? [] : Words(subject).Where(word => !IsFileWord(word)).ToList();
        return words.Count is > 0 and <= 3 && FileNoun().IsMatch(subject!) ? words : null;
    }

    /// <summary>The file that speaks of something far more often than all others; null when none stands out.</summary>
    /// <param name="counts">Passages that name it, for each file.</param>
    public static T? StandsOut<T>(IReadOnlyDictionary<T, int> counts)
        where T : struct
    {
        var ranked = counts.OrderByDescending(pair => pair.Value).Take(2).ToList();
        return ranked is [{ Value: >= LeastNaming } best, ..] && (ranked.Count == 1 || best.Value >= MuchMore * Math.Max(1, ranked[1].Value)) ? best.Key : null;
    }

    /// <summary>Every word is part of a file's name, or says that a file is meant.</summary>
    private static bool IsOnlyNames(string subject, HashSet<string> names) => Words(subject).All(word => names.Contains(word) || IsFileWord(word));

    private static bool IsFileWord(string word) => General.Contains(word);

    /// <summary>Where whole words of <paramref name="name"/> stand in a text; -1 when they do not.</summary>
    private static int At(string text, string name)
    {
        for (var at = text.IndexOf(name, StringComparison.OrdinalIgnoreCase); at >= 0; at = text.IndexOf(name, at + 1, StringComparison.OrdinalIgnoreCase))
        {
            var end = at + name.Length;
            if ((at == 0 || !char.IsLetterOrDigit(text[at - 1])) && (end == text.Length || !char.IsLetterOrDigit(text[end])))
            {
                return at;
            }
        }

        return -1;
    }

    private static string? Without(string? subject, string name)
    {
        if (subject is null || At(subject, name) is not (>= 0 and var at))
        {
            return subject;
        }

        var rest = $"{subject[..at]} {subject[(at + name.Length)..]}".Replace(".pdf", "", StringComparison.OrdinalIgnoreCase);
        return IsOnlyNames(rest, []) ? null : Preposition().Replace(rest.Trim(), "");
    }

    private static IEnumerable<string> Words(string text)
    {
        var start = -1;
        for (var i = 0; i <= text.Length; i++)
        {
            if (i < text.Length && char.IsLetterOrDigit(text[i]))
            {
                start = start < 0 ? i : start;
            }
            else if (start >= 0)
            {
                if (i - start >= ShortestWord || (i - start >= 2 && char.IsDigit(text[start])))
                {
                    yield return text[start..i].ToLowerInvariant();
                }

                start = -1;
            }
        }
    }

    [GeneratedRegex(@"\b(?:reports?|filing|document|file|pdf|paper|book|article|manual|guide|contract|10-?[kq])$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex FileNoun();

    [GeneratedRegex(" (?:in|of|from|for|by|within)$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Preposition();
}
