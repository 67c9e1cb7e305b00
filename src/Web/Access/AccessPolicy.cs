using Microsoft.EntityFrameworkCore;
using Rag.Retrieval.Knowledge;
using Rag.Web.Assistants;
using Rag.Web.Chat;
using Rag.Web.Data;
using Rag.Web.Sharing;

namespace Rag.Web.Access;

/// <summary>What a caller wants to do with an assistant.</summary>
public enum AssistantRight
{
    /// <summary>Ask, and see the answers: the owner, and guests of a live link.</summary>
    Chat,

    /// <summary>Everything else: instructions, files, links, deletion. The owner alone.</summary>
    Manage,
}

/// <param name="Link">The link a guest comes by; null for the owner.</param>
public sealed record AssistantGrant(Assistant Assistant, KnowledgeScope Scope, ShareLink? Link)
{
    public bool IsOwner => Link is null;

    /// <summary>The caller gets no sentence that the files do not support.</summary>
    public bool DropsUnsupported => !IsOwner && Assistant.UnsupportedForGuests == UnsupportedForGuests.Drop;

    public bool SourcesAllowed => Link is null || Link.SourcesAllowed;

    /// <summary>Who takes turns with others for the model: a link's guests together, or the owner.</summary>
    public string Share => Link is null ? "user:" + Assistant.OwnerId : "link:" + Link.Id;
}

public sealed record ConversationGrant(Conversation Conversation, AssistantGrant Assistant);

/// <summary>
/// The one authorization function: every object is reached through it, by pages, endpoints and streams alike, and it alone turns a
/// caller into a <see cref="KnowledgeScope"/>. Ownership is part of each query, so foreign and missing ids give the same null.
/// </summary>
public sealed class AccessPolicy(IDbContextFactory<AppDbContext> contexts, TimeProvider clock)
{
    public async Task<AssistantGrant?> FindAssistantAsync(Caller caller, AssistantId id, AssistantRight right, CancellationToken cancel)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        if (caller.User is { } user
            && await db.Assistants.AsNoTracking().FirstOrDefaultAsync(a => a.Id == id && a.OwnerId == user.Value, cancel) is { } own)
        {
            return Grant(own, null);
        }

        if (right != AssistantRight.Chat || caller.Guest is not { } guest)
        {
            return null;
        }

        var now = clock.GetUtcNow().UtcDateTime;
        var link = await db.GuestVisits.AsNoTracking()
            .Where(v => v.GuestId == guest.Value && v.Link!.AssistantId == id && v.Link.RevokedAt == null
                && (v.Link.ExpiresAt == null || v.Link.ExpiresAt > now))
            .OrderByDescending(v => v.AdmittedAt)
            .Select(v => v.Link)
            .FirstOrDefaultAsync(cancel);
        return link is null ? null : Grant(await db.Assistants.AsNoTracking().FirstAsync(a => a.Id == id, cancel), link);
    }

    /// <summary>A conversation of this caller with an assistant that this caller may still use.</summary>
    public async Task<ConversationGrant?> FindConversationAsync(Caller caller, ConversationId id, CancellationToken cancel)
    {
        var user = caller.User?.Value;
        var guest = caller.Guest?.Value;
        Conversation? conversation;
        await using (var db = await contexts.CreateDbContextAsync(cancel))
        {
            conversation = await db.Conversations.AsNoTracking().FirstOrDefaultAsync(
                c => c.Id == id && ((user != null && c.OwnerId == user) || (guest != null && c.GuestId == guest)), cancel);
        }

        return conversation is not null
            && await FindAssistantAsync(caller, conversation.AssistantId, AssistantRight.Chat, cancel) is { } grant
                ? new ConversationGrant(conversation, grant)
                : null;
    }

    /// <summary>The caller's own assistants, newest use first.</summary>
    public async Task<IReadOnlyList<AssistantGrant>> ListOwnAsync(Caller caller, CancellationToken cancel)
    {
        if (caller.User is not { } user)
        {
            return [];
        }

        await using var db = await contexts.CreateDbContextAsync(cancel);
        var own = await db.Assistants.AsNoTracking().Where(a => a.OwnerId == user.Value)
            .OrderByDescending(a => a.LastUsedAt).ToListAsync(cancel);
        return [.. own.Select(a => Grant(a, null))];
    }

    /// <summary>Whether the caller looks after the server itself. Asked of the database: a cookie may be older than the right.</summary>
    public async Task<bool> IsAdministratorAsync(Caller caller, CancellationToken cancel)
    {
        if (caller.User is not { } user)
        {
            return false;
        }

        await using var db = await contexts.CreateDbContextAsync(cancel);
        return await db.UserClaims.AnyAsync(c => c.UserId == user.Value && c.ClaimType == CallerClaims.Administrator && c.ClaimValue == "true", cancel);
    }

    private static AssistantGrant Grant(Assistant assistant, ShareLink? link) =>
        new(assistant, KnowledgeScope.For(new KnowledgeBaseId(assistant.KnowledgeBase)), link);
}
