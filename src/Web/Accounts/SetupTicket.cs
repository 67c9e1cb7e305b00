using Microsoft.EntityFrameworkCore;
using Rag.Web.Access;
using Rag.Web.Data;

namespace Rag.Web.Accounts;

public enum SetupPurpose
{
    /// <summary>Creates the owner's account on a fresh server.</summary>
    CreateOwner,

    /// <summary>Sets a new password for the owner's account (<c>--reset-owner</c>).</summary>
    ResetOwner,
}

/// <summary>The one set-up link that is alive, if any. Deleted when used.</summary>
public sealed class SetupTicket
{
    public int Id { get; init; }

    public SetupPurpose Purpose { get; init; }

    /// <summary>SHA-256 of purpose prefix and token.</summary>
    public required byte[] TokenHash { get; init; }

    public DateTime CreatedAt { get; init; }
}

/// <summary>Issues and finds set-up links.</summary>
internal sealed class SetupTickets(IDbContextFactory<AppDbContext> contexts, TimeProvider clock)
{
    /// <summary>A new token; every earlier one is dead.</summary>
    public async Task<string> IssueAsync(SetupPurpose purpose, CancellationToken cancel)
    {
        var token = SecretToken.Create();
        await using var db = await contexts.CreateDbContextAsync(cancel);
        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        await db.SetupTickets.ExecuteDeleteAsync(cancel);
        db.SetupTickets.Add(new SetupTicket
        {
            Purpose = purpose,
            TokenHash = SecretToken.Hash(TokenPurpose.SetUp, token)!,
            CreatedAt = clock.GetUtcNow().UtcDateTime,
        });
        await db.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        return token;
    }

    /// <summary>What a token is good for; null when it is dead or was never alive.</summary>
    public async Task<SetupPurpose?> FindAsync(string? token, CancellationToken cancel)
    {
        if (SecretToken.Hash(TokenPurpose.SetUp, token) is not { } hash)
        {
            return null;
        }

        await using var db = await contexts.CreateDbContextAsync(cancel);
        return await db.SetupTickets.AsNoTracking().Where(t => t.TokenHash == hash).Select(t => (SetupPurpose?)t.Purpose).FirstOrDefaultAsync(cancel);
    }

    public async Task ClearAsync(CancellationToken cancel)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        await db.SetupTickets.ExecuteDeleteAsync(cancel);
    }
}
