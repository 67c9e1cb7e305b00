using System.Globalization;
using Rag.Retrieval.Knowledge;

namespace Rag.Web.Chat;

/// <summary>The answers that need no search and no model: small talk, no files, files still being read. Guests never learn file names here.</summary>
internal static class PlainAnswers
{
    private const int MaxTitles = 12;

    /// <summary>Null when the question must be searched.</summary>
    public static StoredAnswer? WithoutSearch(AnswerWork work, IReadOnlyList<DocumentStatus> files)
    {
        if (SmallTalk.Recognise(work.Question) is { } talk)
        {
            return new StoredAnswer { Kind = AnswerKind.SmallTalk, Text = Reply(talk, work, files) };
        }

        if (files.Any(f => f.IsSearchable))
        {
            return null;
        }

        var reading = files.Where(f => !f.IsFinal).ToList();
        return reading.Count > 0
            ? new StoredAnswer { Kind = AnswerKind.FilesBeingRead, Text = NothingReadYet(work, reading) }
            : new StoredAnswer { Kind = AnswerKind.NoFiles, Text = NothingToRead(work, files.Count) };
    }

    /// <summary>A note for an answer from the files that are ready while others are not.</summary>
    public static IReadOnlyList<string> StillReading(AnswerWork work, IReadOnlyList<DocumentStatus> files)
    {
        var reading = files.Where(f => !f.IsFinal && !f.IsSearchable).ToList();
        return reading switch
        {
            [] => [],
            _ when work.Grant.IsOwner => [$"Still being read and not part of this answer: {string.Join("; ", reading.Take(MaxTitles).Select(Progress))}."],
            [_] => ["One file is still being read and is not part of this answer."],
            _ => [string.Create(CultureInfo.InvariantCulture, $"{reading.Count} files are still being read and are not part of this answer.")],
        };
    }

    private static string NothingReadYet(AnswerWork work, List<DocumentStatus> reading) => work.Grant.IsOwner
        ? $"Your files are still being read: {string.Join("; ", reading.Take(MaxTitles).Select(Progress))}. Ask again as soon as the first one is ready."
        : "The files of this assistant are still being read. Ask again in a moment.";

    private static string NothingToRead(AnswerWork work, int failed) => (work.Grant.IsOwner, failed) switch
    {
        (true, 0) => "This assistant has no files yet. Add a PDF or another file, and ask again.",
        (true, _) => "None of the files could be read. The list of files says why for each; retry or replace them, then ask again.",
        (false, _) => "This assistant has no files to answer from yet. Its owner can add some.",
    };

    private static string Progress(DocumentStatus file) => $"{file.FileName} ({Words(file)})";

    private static string Words(DocumentStatus file) => file.State switch
    {
        DocumentState.Stored => "waiting to be read",
        DocumentState.Extracting when file.PageCount is { } pages =>
            string.Create(CultureInfo.InvariantCulture, $"{(file.RecognisingPage is null ? "reading" : "recognising")} page {Math.Min(file.RecognisingPage ?? file.PagesDone + 1, pages)} of {pages}"),
        DocumentState.Extracting => "reading",
        DocumentState.Embedding when file.ChunkCount is { } chunks and > 0 =>
            string.Create(CultureInfo.InvariantCulture, $"preparing for search, {100 * file.ChunksDone / chunks} %"),
        _ => "preparing for search",
    };

    private static string Reply(SmallTalkKind talk, AnswerWork work, IReadOnlyList<DocumentStatus> files) => talk switch
    {
        SmallTalkKind.Thanks => "You are welcome. Ask on whenever you like.",
        SmallTalkKind.Farewell => "Goodbye. This conversation stays here for when you come back.",
        SmallTalkKind.Greeting => $"Hello! {Introduction(work, files)}",
        _ => Introduction(work, files),
    };

    private static string Introduction(AnswerWork work, IReadOnlyList<DocumentStatus> files)
    {
        var ready = files.Where(f => f.IsSearchable).Select(f => f.Title).ToList();
        var what = $"I am {work.Grant.Assistant.Name}. I answer from the files I was given and show the page for each statement; what is not in them, I do not answer.";
        if (!work.Grant.IsOwner)
        {
            return $"{what} Ask me a question about them.";
        }

        return ready.Count == 0
            ? $"{what} There is no file ready to be searched yet."
            : $"{what} My files: {string.Join("; ", ready.Take(MaxTitles))}{(ready.Count > MaxTitles ? " and more" : "")}.";
    }
}
