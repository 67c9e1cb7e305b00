using System.Globalization;
using System.Reflection;
using Microsoft.EntityFrameworkCore;
using Rag.Web.Data;
using Rag.Web.Documents;

namespace Rag.Web.Admin;

/// <summary>The server itself: version, uptime, memory, data folder, what it holds.</summary>
internal sealed class ServerStatus(IDbContextFactory<AppDbContext> contexts, DataFolder folder, TimeProvider clock) : IStatusSource
{
    /// <summary>The version, with the first digits of the commit it was built from.</summary>
    private static readonly string Version =
        (typeof(ServerStatus).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown").Split('+') is [var number, var commit]
            ? $"{number} ({commit[..Math.Min(9, commit.Length)]})"
            : "unknown";

    private readonly DateTimeOffset _started = clock.GetUtcNow();

    public async Task<StatusSection> ReadAsync(CancellationToken cancel)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        var free = new DriveInfo(folder.Path).AvailableFreeSpace;
        return new StatusSection(0, "Server",
        [
            new("Version", Version),
            new("Running since", _started.ToString("d MMMM yyyy HH:mm 'UTC'", CultureInfo.InvariantCulture)),
            new("Memory in use", FileSize.Words(Environment.WorkingSet)),
            new("Data folder", folder.Path),
            new("Free space there", FileSize.Words(free), free < 2_000_000_000 ? StatusLevel.Warning : StatusLevel.Normal),
            new("Assistants", Number(await db.Assistants.CountAsync(cancel))),
            new("Chats", Number(await db.Conversations.CountAsync(cancel))),
            new("Links that work", Number(await LiveLinksAsync(db, cancel))),
        ]);
    }

    private Task<int> LiveLinksAsync(AppDbContext db, CancellationToken cancel)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        return db.ShareLinks.CountAsync(l => l.RevokedAt == null && (l.ExpiresAt == null || l.ExpiresAt > now), cancel);
    }

    private static string Number(int count) => count.ToString("N0", CultureInfo.InvariantCulture);
}
