using Microsoft.Extensions.DependencyInjection;
using Rag.Retrieval.Knowledge;
using Rag.Web.Access;
using Rag.Web.Assistants;
using Rag.Web.Chat;
using Rag.Web.Documents;
using Rag.Web.Sharing;
using Rag.Web.TestQuestions;

namespace Rag.Web.Tests.Hosting;

/// <summary>Ids that fill a route: of things that exist, or of nothing.</summary>
internal sealed record RouteIds(Guid Assistant, Guid Document, Guid Link, Guid Conversation, Guid Turn, Guid Test, string Token)
{
    public static RouteIds Missing() =>
        new(Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid(), SecretToken.Create());

    public string Fill(string pattern) => pattern
        .Replace("{assistant}", Assistant.ToString("N"), StringComparison.Ordinal)
        .Replace("{document}", Document.ToString("N"), StringComparison.Ordinal)
        .Replace("{link}", Link.ToString("N"), StringComparison.Ordinal)
        .Replace("{conversation}", Conversation.ToString("N"), StringComparison.Ordinal)
        .Replace("{turn}", Turn.ToString("N"), StringComparison.Ordinal)
        .Replace("{test}", Test.ToString("N"), StringComparison.Ordinal)
        .Replace("{model}", "no-such-model", StringComparison.Ordinal)   // the models folder is the repository's own
        .Replace("{token}", Token, StringComparison.Ordinal)
        .Replace("{**path}", "nothing.css", StringComparison.Ordinal)
        .Replace("{number}", "1", StringComparison.Ordinal);

    /// <summary>The text with every id of these made the same, to compare what two answers say beside them.</summary>
    public string Blank(string text)
    {
        foreach (var id in new[] { Assistant, Document, Link, Conversation, Turn, Test })
        {
            text = text.Replace(id.ToString("N"), "ID", StringComparison.OrdinalIgnoreCase).Replace(id.ToString("D"), "ID", StringComparison.OrdinalIgnoreCase);
        }

        return text.Replace(Token, "TOKEN", StringComparison.Ordinal);
    }
}

/// <summary>An assistant with one of everything, made through the services and the database of a running server.</summary>
internal sealed class Household(DocentServer server)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Assistant, file, link, and one answered conversation of its owner or of a guest.</summary>
    /// <param name="guest">Null: the conversation is the owner's, and nobody was let in.</param>
    public async Task<RouteIds> MakeAsync(string ownerId, GuestId? guest)
    {
        var caller = new Caller(new UserId(ownerId), null);
        await using var scope = server.Services.CreateAsyncScope();
        var services = scope.ServiceProvider;
        var assistant = (await services.GetRequiredService<AssistantStore>().CreateAsync(caller, new AssistantDraft("Reports", "Be brief.", []), Cancel))!;
        var upload = await services.GetRequiredService<DocumentShelf>().UploadAsync(
            caller, assistant.Id, "report.pdf", new MemoryStream("%PDF-1.7 and so on"u8.ToArray()), Cancel);
        var link = (await services.GetRequiredService<ShareLinkStore>().CreateAsync(caller, assistant.Id, new ShareLinkTerms(null, null, null, true), Cancel))!;
        if (guest is not null)
        {
            await services.GetRequiredService<GuestDoor>().AdmitAsync(link.Token, null, guest.Value, Cancel);
        }

        var turn = await AddConversationAsync(assistant, upload.Document!, ownerId, guest, link.Link.Id);
        var test = await services.GetRequiredService<TestQuestionStore>().SaveAsync(
            caller, assistant.Id, new TestQuestionDraft("What were the net sales?", upload.Document!.Id.Value, null), Cancel);
        return new RouteIds(assistant.Id.Value, upload.Document!.Id.Value, link.Link.Id, turn.ConversationId.Value, turn.Id.Value, test.Id!.Value, link.Token);
    }

    private async Task<Turn> AddConversationAsync(Assistant assistant, DocumentStatus file, string ownerId, GuestId? guest, Guid link)
    {
        var now = server.Clock.GetUtcNow().UtcDateTime;
        var conversation = new Conversation
        {
            Id = ConversationId.New(),
            AssistantId = assistant.Id,
            OwnerId = guest is null ? ownerId : null,
            GuestId = guest?.Value,
            LinkId = guest is null ? null : link,
            Title = "Net sales",
            CreatedAt = now,
            LastMessageAt = now,
        };
        var answer = new StoredAnswer
        {
            Kind = AnswerKind.FromFiles,
            Quotes = 1,
            Citations = [new StoredCitation(1, file.Id.Value, 1, file.ContentHash, file.Title, file.FileName, 1, null, 0, 9, "Net sales", null, [new PageBox(72, 72, 90, 12)])],
        };
        var turn = new Turn
        {
            Id = TurnId.New(), ConversationId = conversation.Id, Ordinal = 1, Question = "What were the net sales?", AskedAt = now, State = TurnState.Done, AnswerJson = answer.ToJson(),
        };
        await server.WithDatabaseAsync(async db =>
        {
            db.Conversations.Add(conversation);
            db.Turns.Add(turn);
            return await db.SaveChangesAsync(Cancel);
        });
        return turn;
    }
}
