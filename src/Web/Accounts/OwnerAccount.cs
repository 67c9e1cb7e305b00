using System.Security.Claims;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Rag.Web.Access;
using Rag.Web.Data;

namespace Rag.Web.Accounts;

/// <summary>What became of a set-up form: signed in, or sentences that say what to change. <see cref="LinkDead"/>: nothing can be changed any more.</summary>
internal sealed record SetupOutcome(bool Done, bool LinkDead, IReadOnlyList<string> Problems)
{
    public static SetupOutcome Success { get; } = new(true, false, []);

    public static SetupOutcome Dead { get; } = new(false, true, []);

    public static SetupOutcome Refused(IdentityResult result) => new(false, false, [.. result.Errors.Select(error => error.Description)]);
}

/// <summary>Creates the owner's account, or gives it a new password; each by a one-time link, used up in the same transaction.</summary>
internal sealed class OwnerAccount(AppDbContext db, UserManager<IdentityUser> users, SignInManager<IdentityUser> signIn, ILogger<OwnerAccount> logger)
{
    /// <summary>The account that set this server up; null before that.</summary>
    public async Task<IdentityUser?> FindAsync() =>
        (await users.GetUsersForClaimAsync(new Claim(CallerClaims.Administrator, "true"))).FirstOrDefault();

    public async Task<bool> ExistsAsync(CancellationToken cancel) => await db.Users.AnyAsync(cancel);

    public async Task<SetupOutcome> CreateAsync(string token, string name, string password, CancellationToken cancel)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        if (!await UseUpAsync(token, SetupPurpose.CreateOwner, cancel))
        {
            return SetupOutcome.Dead;
        }

        var owner = new IdentityUser { UserName = name };
        var created = await users.CreateAsync(owner, password);
        if (!created.Succeeded)
        {
            return SetupOutcome.Refused(created);   // the transaction rolls back: the link lives on
        }

        await users.AddClaimAsync(owner, new Claim(CallerClaims.Administrator, "true"));
        await transaction.CommitAsync(cancel);
        logger.OwnerCreated(owner.Id);
        await signIn.SignInAsync(owner, isPersistent: true);
        return SetupOutcome.Success;
    }

    public async Task<SetupOutcome> ResetAsync(string token, string password, CancellationToken cancel)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        if (!await UseUpAsync(token, SetupPurpose.ResetOwner, cancel) || await FindAsync() is not { } owner)
        {
            return SetupOutcome.Dead;
        }

        await users.RemovePasswordAsync(owner);
        var changed = await users.AddPasswordAsync(owner, password);   // also a new security stamp: other browsers are signed out
        if (!changed.Succeeded)
        {
            return SetupOutcome.Refused(changed);
        }

        await users.SetLockoutEndDateAsync(owner, null);
        await users.ResetAccessFailedCountAsync(owner);
        await transaction.CommitAsync(cancel);
        logger.OwnerReset(owner.Id);
        await signIn.SignInAsync(owner, isPersistent: true);
        return SetupOutcome.Success;
    }

    private async Task<bool> UseUpAsync(string token, SetupPurpose purpose, CancellationToken cancel) =>
        SecretToken.Hash(TokenPurpose.SetUp, token) is { } hash
        && await db.SetupTickets.Where(t => t.TokenHash == hash && t.Purpose == purpose).ExecuteDeleteAsync(cancel) == 1;
}
