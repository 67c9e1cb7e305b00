using System.Globalization;
using Rag.Retrieval.Knowledge;
using Rag.Web.Shell;

namespace Rag.Web.Documents;

/// <summary>One thing that an owner should know of the files before others ask them.</summary>
/// <param name="Warns">It makes answers worse; else a plain fact.</param>
/// <param name="HiddenTextOf">The file whose hidden text can be looked at; else null.</param>
public sealed record ReadinessLine(bool Warns, string Text, DocumentId? HiddenTextOf = null);

/// <summary>What reading the files has shown: what is not searchable and why, what is there twice, what is in another language, what is hidden.</summary>
public static class Readiness
{
    private const int MostFilesInALine = 3;

    public static IReadOnlyList<ReadinessLine> Of(IReadOnlyList<DocumentStatus> files, EmbedderFacts embedder)
    {
        var lines = new List<ReadinessLine>();
        var failed = files.Where(file => file.State == DocumentState.Failed && !file.IsSearchable).ToList();
        if (failed.Count > 0)
        {
            lines.Add(new(true, $"{Words.Count(failed.Count, "file", "files")} could not be read and {(failed.Count == 1 ? "answers" : "answer")} nothing: {Named(failed)}."));
        }

        foreach (var file in files.Where(file => file.IsSearchable))
        {
            lines.AddRange(Pages(file));
            if (file.DuplicateOf is { } other && files.FirstOrDefault(candidate => candidate.Id == other) is { } twin)
            {
                lines.Add(new(true, $"{Quoted(file)} is the same file as {Quoted(twin)}. Quotes from it may come up twice; one of them can go."));
            }

            if (file.Language is { } language && embedder.Languages.Count > 0 && !embedder.Languages.Contains(language))
            {
                lines.Add(new(true,
                    $"{Quoted(file)} is in {LanguageName(language)}; the search model was made for {Listed([.. embedder.Languages.Select(LanguageName)])}. Ask in the words of the file: they are found, what means the same often is not."));
            }

            if (file.HiddenSpans > 0)
            {
                lines.Add(new(true,
                    $"{Quoted(file)} has {Words.Count(file.HiddenSpans, "piece", "pieces")} of text that a reader cannot see. {(file.HiddenSpans == 1 ? "It is" : "They are")} left out of search and answers.", file.Id));
            }
        }

        var tables = files.Where(file => file is { IsSearchable: true, TableCount: > 0 }).ToList();
        if (tables.Count > 0)
        {
            lines.Add(new(false, $"{Words.Count(tables.Sum(file => file.TableCount), "table", "tables")} in {Words.Count(tables.Count, "file", "files")}; each row is found together with its header."));
        }

        return [.. lines.OrderByDescending(line => line.Warns)];
    }

    private static IEnumerable<ReadinessLine> Pages(DocumentStatus file)
    {
        var empty = file.PagesWithoutText.Except(file.ScannedPages).ToList();
        if (file.PagesWithoutText.Count > 0 && file.PagesWithoutText.Count == file.PageCount)
        {
            yield return new(true, file.ScannedPages.Count > 0
                ? $"{Quoted(file)} is a scan: pictures of pages, without text. Nothing in it can be found."
                : $"No text was found in {Quoted(file)}. Nothing in it can be found.");
            yield break;
        }

        if (file.ScannedPages.Count > 0)
        {
            yield return new(true, $"{DocumentWords.Places(file, file.ScannedPages)} of {Quoted(file)} {(file.ScannedPages.Count == 1 ? "is a scan" : "are scans")}, not searchable.");
        }

        if (empty.Count > 0)
        {
            yield return new(false, $"{DocumentWords.Places(file, empty)} of {Quoted(file)} {(empty.Count == 1 ? "has" : "have")} no text.");
        }
    }

    /// <summary>English name of a language code; the code itself where it is unknown.</summary>
    private static string LanguageName(string code)
    {
        try
        {
            return CultureInfo.GetCultureInfo(code, predefinedOnly: true).EnglishName;
        }
        catch (CultureNotFoundException)
        {
            return code;
        }
    }

    private static string Named(List<DocumentStatus> files)
    {
        var names = files.Take(MostFilesInALine).Select(Quoted).ToList();
        return Listed(files.Count > MostFilesInALine ? [.. names, Words.Count(files.Count - MostFilesInALine, "other", "others")] : names);
    }

    private static string Listed(List<string> parts) => parts.Count == 1 ? parts[0] : $"{string.Join(", ", parts[..^1])} and {parts[^1]}";

    private static string Quoted(DocumentStatus file) => $"“{file.FileName}”";
}
