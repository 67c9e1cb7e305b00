using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Rag.Web.Access;
using Rag.Web.Assistants;
using Rag.Web.Data;

namespace Rag.Web.Sharing;

public enum DoorAnswer
{
    Admitted,

    /// <summary>The link is alive and asks for its passphrase.</summary>
    PassphraseNeeded,
    PassphraseWrong,

    /// <summary>Unknown, expired, revoked: one answer for all.</summary>
    Dead,
}

/// <param name="Assistant">Where the guest may go; set when admitted.</param>
internal sealed record Admission(DoorAnswer Answer, AssistantId? Assistant = null);

/// <summary>Lets guests in by a share link's token. Takes a token and a passphrase, nothing else: the link alone says which assistant.</summary>
internal sealed class GuestDoor(IDbContextFactory<AppDbContext> contexts, IPasswordHasher<ShareLink> passphrases, TimeProvider clock)
{
    /// <summary>Whether a link is alive, and whether this guest would have to say its passphrase.</summary>
    public async Task<Admission> LookAsync(string? token, GuestId? guest, CancellationToken cancel)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        return await FindAsync(db, token, cancel) is not { } link ? new Admission(DoorAnswer.Dead)
            : link.PassphraseHash is null || await KnowsAsync(db, guest, link, cancel) ? new Admission(DoorAnswer.Admitted, link.AssistantId)
            : new Admission(DoorAnswer.PassphraseNeeded);
    }

    /// <summary>Writes the visit down; from then on <see cref="AccessPolicy"/> lets this guest chat while the link lives.</summary>
    public async Task<Admission> AdmitAsync(string? token, string? passphrase, GuestId guest, CancellationToken cancel)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        if (await FindAsync(db, token, cancel) is not { } link)
        {
            return new Admission(DoorAnswer.Dead);
        }

        if (await KnowsAsync(db, guest, link, cancel))
        {
            // The link opened last is the one whose terms hold.
            var now = clock.GetUtcNow().UtcDateTime;
            await db.GuestVisits.Where(v => v.GuestId == guest.Value && v.LinkId == link.Id)
                .ExecuteUpdateAsync(row => row.SetProperty(v => v.AdmittedAt, now), cancel);
            return new Admission(DoorAnswer.Admitted, link.AssistantId);
        }

        if (link.PassphraseHash is { } hash
            && passphrases.VerifyHashedPassword(link, hash, passphrase ?? "") == PasswordVerificationResult.Failed)
        {
            return new Admission(DoorAnswer.PassphraseWrong);
        }

        db.GuestVisits.Add(new GuestVisit { GuestId = guest.Value, LinkId = link.Id, AdmittedAt = clock.GetUtcNow().UtcDateTime });
        await db.SaveChangesAsync(cancel);
        return new Admission(DoorAnswer.Admitted, link.AssistantId);
    }

    private async Task<ShareLink?> FindAsync(AppDbContext db, string? token, CancellationToken cancel)
    {
        if (SecretToken.Hash(TokenPurpose.Share, token) is not { } hash)
        {
            return null;
        }

        var now = clock.GetUtcNow().UtcDateTime;
        return await db.ShareLinks.AsNoTracking().FirstOrDefaultAsync(
            l => l.TokenHash == hash && l.RevokedAt == null && (l.ExpiresAt == null || l.ExpiresAt > now), cancel);
    }

    private static async Task<bool> KnowsAsync(AppDbContext db, GuestId? guest, ShareLink link, CancellationToken cancel)
    {
        var id = guest?.Value;
        return id is not null && await db.GuestVisits.AnyAsync(v => v.GuestId == id && v.LinkId == link.Id, cancel);
    }
}
