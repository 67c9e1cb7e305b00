using Microsoft.EntityFrameworkCore;

namespace Rag.Retrieval.Knowledge;

/// <summary>One line of a file's log, in words for its owner.</summary>
/// <param name="Attempt">How often a worker had taken the job by then.</param>
public sealed record DocumentLogLine(DateTime At, int Attempt, string Text);

internal static class DocumentLog
{
    public const int MostLines = 200;

    /// <summary>Adds a line in the caller's transaction, so that the log tells what happened and nothing else. The caller saves; the oldest lines make room.</summary>
    public static async Task NoteAsync(this KnowledgeDbContext db, Document document, DateTime now, string text, CancellationToken cancel)
    {
        db.DocumentLog.Add(new DocumentLogEntry
        {
            Document = document.Id,
            KnowledgeBase = document.KnowledgeBase,
            At = now,
            Attempt = document.Attempt,
            Text = text,
        });
        if (await db.DocumentLog.CountAsync(entry => entry.Document == document.Id, cancel) >= MostLines)
        {
            var oldest = db.DocumentLog.Where(entry => entry.Document == document.Id).OrderBy(entry => entry.Id).Take(MostLines / 4).Select(entry => entry.Id);
            await db.DocumentLog.Where(entry => oldest.Contains(entry.Id)).ExecuteDeleteAsync(cancel);
        }
    }
}
