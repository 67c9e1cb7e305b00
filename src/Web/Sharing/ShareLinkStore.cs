using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Rag.Web.Access;
using Rag.Web.Assistants;
using Rag.Web.Data;

namespace Rag.Web.Sharing;

/// <summary>What the owner decides about a link.</summary>
/// <param name="ExpiresAt">UTC; null = no end.</param>
/// <param name="MessageCap">Messages of all its guests together; null = no cap.</param>
public sealed record ShareLinkTerms(DateTime? ExpiresAt, string? Passphrase, int? MessageCap, bool SourcesAllowed)
{
    public const int MaxPassphraseLength = 128;
    public const int MaxMessageCap = 1_000_000;

    /// <summary>Sentences that say what is wrong; empty when a link can have these terms.</summary>
    public IReadOnlyList<string> Problems(DateTime now)
    {
        var problems = new List<string>();
        if (ExpiresAt <= now)
        {
            problems.Add("The link would be expired already. Choose a later date.");
        }

        if (Passphrase is { Length: > MaxPassphraseLength })
        {
            problems.Add($"A passphrase has at most {MaxPassphraseLength} characters.");
        }

        if (MessageCap is < 1 or > MaxMessageCap)
        {
            problems.Add($"The number of messages must be between 1 and {MaxMessageCap:N0}.");
        }

        return problems;
    }
}

/// <summary>A new link. <paramref name="Token"/> is nowhere else: shown once.</summary>
public sealed record CreatedShareLink(ShareLink Link, string Token);

/// <summary>The share links of an assistant, for its owner. Unknown and foreign ids give null or false alike.</summary>
public sealed class ShareLinkStore(
    IDbContextFactory<AppDbContext> contexts, AccessPolicy policy, IPasswordHasher<ShareLink> passphrases, TimeProvider clock)
{
    /// <summary>Null when the assistant is not the caller's. The terms must have no <see cref="ShareLinkTerms.Problems"/>.</summary>
    public async Task<CreatedShareLink?> CreateAsync(Caller caller, AssistantId assistant, ShareLinkTerms terms, CancellationToken cancel)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        if (terms.Problems(now) is [var problem, ..])
        {
            throw new ArgumentException(problem, nameof(terms));
        }

        if (await policy.FindAssistantAsync(caller, assistant, AssistantRight.Manage, cancel) is null)
        {
            return null;
        }

        var token = SecretToken.Create();
        var link = new ShareLink
        {
            Id = Guid.CreateVersion7(),
            AssistantId = assistant,
            TokenHash = SecretToken.Hash(TokenPurpose.Share, token)!,
            CreatedAt = now,
            ExpiresAt = terms.ExpiresAt,
            MessageCap = terms.MessageCap,
            SourcesAllowed = terms.SourcesAllowed,
        };
        link.PassphraseHash = string.IsNullOrEmpty(terms.Passphrase) ? null : passphrases.HashPassword(link, terms.Passphrase);
        await using var db = await contexts.CreateDbContextAsync(cancel);
        db.ShareLinks.Add(link);
        await db.SaveChangesAsync(cancel);
        return new CreatedShareLink(link, token);
    }

    /// <summary>Links that are not revoked, newest first; null when the assistant is not the caller's.</summary>
    public async Task<IReadOnlyList<ShareLink>?> ListAsync(Caller caller, AssistantId assistant, CancellationToken cancel)
    {
        if (await policy.FindAssistantAsync(caller, assistant, AssistantRight.Manage, cancel) is null)
        {
            return null;
        }

        await using var db = await contexts.CreateDbContextAsync(cancel);
        return await db.ShareLinks.AsNoTracking().Where(l => l.AssistantId == assistant && l.RevokedAt == null)
            .OrderByDescending(l => l.CreatedAt).ToListAsync(cancel);
    }

    /// <summary>From now on the link lets nobody in, and nobody it let in may go on.</summary>
    public async Task<bool> RevokeAsync(Caller caller, AssistantId assistant, Guid link, CancellationToken cancel)
    {
        if (await policy.FindAssistantAsync(caller, assistant, AssistantRight.Manage, cancel) is null)
        {
            return false;
        }

        var now = clock.GetUtcNow().UtcDateTime;
        await using var db = await contexts.CreateDbContextAsync(cancel);
        return await db.ShareLinks.Where(l => l.Id == link && l.AssistantId == assistant && l.RevokedAt == null)
            .ExecuteUpdateAsync(row => row.SetProperty(l => l.RevokedAt, now), cancel) == 1;
    }

    /// <summary>Which of the caller's assistants have a live link.</summary>
    public async Task<IReadOnlySet<AssistantId>> ListSharedAsync(Caller caller, CancellationToken cancel)
    {
        if (caller.User is not { } user)
        {
            return new HashSet<AssistantId>();
        }

        var now = clock.GetUtcNow().UtcDateTime;
        await using var db = await contexts.CreateDbContextAsync(cancel);
        return (await db.ShareLinks.Where(l => l.RevokedAt == null && (l.ExpiresAt == null || l.ExpiresAt > now)
                && db.Assistants.Any(a => a.Id == l.AssistantId && a.OwnerId == user.Value))
            .Select(l => l.AssistantId).Distinct().ToListAsync(cancel)).ToHashSet();
    }
}
