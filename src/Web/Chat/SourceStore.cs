using Microsoft.EntityFrameworkCore;
using Rag.Retrieval.Knowledge;
using Rag.Web.Access;
using Rag.Web.Data;

namespace Rag.Web.Chat;

/// <summary>A cited page as the reader opens it.</summary>
/// <param name="Page">The page's text and geometry; null when the file was deleted since: then only the quote is left.</param>
/// <param name="PageCount">Null when the file was deleted since.</param>
/// <param name="Marks">Rectangles of the quote on the page; empty for files without pages, whose text is marked by the quote's offsets.</param>
public sealed record SourceView(StoredCitation Citation, PageText? Page, int? PageCount, IReadOnlyList<PageBox> Marks, bool CanOpenOriginal);

/// <summary>
/// Opens what an answer cites, by turn and citation number only: there is no way to name a file or a page that was not cited in one's own
/// chat.
/// </summary>
internal sealed class SourceStore(AccessPolicy policy, IDbContextFactory<AppDbContext> contexts, IDocumentLibrary library)
{
    /// <summary>Null alike for foreign turns, missing numbers, and guests whose link does not open sources.</summary>
    public async Task<SourceView?> FindPageAsync(Caller caller, TurnId turn, int number, CancellationToken cancel)
    {
        if (await FindAsync(caller, turn, number, cancel) is not { } found)
        {
            return null;
        }

        var (citation, grant) = found;
        var document = new DocumentId(citation.Document);
        var page = await library.FindPageAsync(grant.Scope, document, citation.Generation, citation.Page, cancel);
        var status = await library.FindAsync(grant.Scope, document, cancel);
        var marks = citation.Boxes.Count > 0 || page is null ? citation.Boxes : TextLocator.Boxes(page, citation.Start, citation.End);
        return new SourceView(citation, page, status?.PageCount, marks, grant.IsOwner && status is not null);
    }

    /// <summary>The uploaded file. The owner's alone: it holds every page, and a guest may see only cited ones.</summary>
    public async Task<(Stream Content, string FileName)?> OpenOriginalAsync(Caller caller, TurnId turn, int number, CancellationToken cancel) =>
        await FindAsync(caller, turn, number, cancel) is { Grant.IsOwner: true } found
        && await library.OpenOriginalAsync(found.Grant.Scope, new DocumentId(found.Citation.Document), found.Citation.Generation, cancel) is { } content
            ? (content, found.Citation.FileName)
            : null;

    private async Task<(StoredCitation Citation, AssistantGrant Grant)?> FindAsync(Caller caller, TurnId id, int number, CancellationToken cancel)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        return await db.Turns.AsNoTracking().Where(t => t.Id == id).Select(t => new { t.ConversationId, t.AnswerJson }).FirstOrDefaultAsync(cancel) is { } turn
            && await policy.FindConversationAsync(caller, turn.ConversationId, cancel) is { Assistant: { SourcesAllowed: true } grant }
            && StoredAnswer.Parse(turn.AnswerJson)?.FindCitation(number) is { } citation
                ? (citation, grant)
                : null;
    }
}
