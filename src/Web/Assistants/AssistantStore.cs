using Microsoft.EntityFrameworkCore;
using Rag.Retrieval.Knowledge;
using Rag.Web.Access;
using Rag.Web.Data;
using Rag.Web.Documents;

namespace Rag.Web.Assistants;

/// <summary>What a person may write about an assistant.</summary>
/// <param name="UnsupportedForGuests">Null leaves it as it is; greyed for a new one.</param>
public sealed record AssistantDraft(string Name, string Instructions, IReadOnlyList<string> Starters, UnsupportedForGuests? UnsupportedForGuests = null)
{
    /// <summary>Sentences that say what is wrong; empty when it can be saved.</summary>
    /// <param name="mayBeUnnamed">A draft without a name may stay without one for now.</param>
    public IReadOnlyList<string> Problems(bool mayBeUnnamed = false) =>
    [
        .. Check(!mayBeUnnamed && string.IsNullOrWhiteSpace(Name), "Give the assistant a name."),
        .. Check(Name.Length > Assistant.MaxNameLength, $"A name has at most {Assistant.MaxNameLength} characters."),
        .. Check(Instructions.Length > Assistant.MaxInstructionsLength, $"Instructions have at most {Assistant.MaxInstructionsLength:N0} characters."),
        .. Check(Starters.Count > Assistant.MaxStarters, $"There are at most {Assistant.MaxStarters} starters."),
        .. Check(Starters.Any(starter => starter.Length > Assistant.MaxStarterLength), $"A starter has at most {Assistant.MaxStarterLength} characters."),
    ];

    private static IEnumerable<string> Check(bool wrong, string sentence) => wrong ? [sentence] : [];
}

public enum SaveOutcome
{
    Saved,
    NotFound,
    Invalid,
}

/// <summary>The caller's own assistants: create, change, delete.</summary>
public sealed class AssistantStore(IDbContextFactory<AppDbContext> contexts, AccessPolicy policy, IDocumentLibrary library, TimeProvider clock)
{
    /// <summary>A private draft without a name; its first file gives it one. Null for callers without an account.</summary>
    public Task<Assistant?> CreateDraftAsync(Caller caller, CancellationToken cancel) => AddAsync(caller, new AssistantDraft("", "", []), cancel);

    /// <summary>Null for callers without an account. The draft must have no <see cref="AssistantDraft.Problems"/>.</summary>
    public Task<Assistant?> CreateAsync(Caller caller, AssistantDraft draft, CancellationToken cancel)
    {
        if (draft.Problems() is [var problem, ..])
        {
            throw new ArgumentException(problem, nameof(draft));
        }

        return AddAsync(caller, draft, cancel);
    }

    public async Task<SaveOutcome> SaveAsync(Caller caller, AssistantId id, AssistantDraft draft, CancellationToken cancel)
    {
        if (caller.User is not { } user || await policy.FindAssistantAsync(caller, id, AssistantRight.Manage, cancel) is null)
        {
            return SaveOutcome.NotFound;
        }

        await using var db = await contexts.CreateDbContextAsync(cancel);
        if (await db.Assistants.FirstOrDefaultAsync(a => a.Id == id && a.OwnerId == user.Value, cancel) is not { } assistant)
        {
            return SaveOutcome.NotFound;
        }

        if (draft.Problems(mayBeUnnamed: assistant.Name.Length == 0).Count > 0)
        {
            return SaveOutcome.Invalid;
        }

        (assistant.Name, assistant.Instructions, assistant.Starters) = (draft.Name.Trim(), draft.Instructions, Cleaned(draft.Starters));
        assistant.UnsupportedForGuests = draft.UnsupportedForGuests ?? assistant.UnsupportedForGuests;
        await db.SaveChangesAsync(cancel);
        return SaveOutcome.Saved;
    }

    /// <summary>Names a draft after its first file, unless it has a name by now.</summary>
    internal async Task SuggestNameAsync(AssistantGrant owned, string fileName, CancellationToken cancel)
    {
        var (id, name) = (owned.Assistant.Id, FileNames.Title(fileName));
        await using var db = await contexts.CreateDbContextAsync(cancel);
        await db.Assistants.Where(a => a.Id == id && a.Name == "").ExecuteUpdateAsync(row => row.SetProperty(a => a.Name, name), cancel);
    }

    /// <summary>Deletes the files first: if the server dies in between, the assistant is still there to be deleted again.</summary>
    public async Task<bool> DeleteAsync(Caller caller, AssistantId id, CancellationToken cancel)
    {
        if (await policy.FindAssistantAsync(caller, id, AssistantRight.Manage, cancel) is not { } grant)
        {
            return false;
        }

        await library.DeleteAllAsync(grant.Scope, cancel);
        await using var db = await contexts.CreateDbContextAsync(cancel);
        await db.Assistants.Where(a => a.Id == id && a.OwnerId == grant.Assistant.OwnerId).ExecuteDeleteAsync(cancel);
        return true;
    }

    private async Task<Assistant?> AddAsync(Caller caller, AssistantDraft draft, CancellationToken cancel)
    {
        if (caller.User is not { } user)
        {
            return null;
        }

        var now = clock.GetUtcNow().UtcDateTime;
        var assistant = new Assistant
        {
            Id = AssistantId.New(),
            OwnerId = user.Value,
            Name = draft.Name.Trim(),
            Instructions = draft.Instructions,
            Starters = Cleaned(draft.Starters),
            UnsupportedForGuests = draft.UnsupportedForGuests ?? UnsupportedForGuests.Grey,
            KnowledgeBase = KnowledgeBaseId.New().Value,
            CreatedAt = now,
            LastUsedAt = now,
        };
        await using var db = await contexts.CreateDbContextAsync(cancel);
        db.Assistants.Add(assistant);
        await db.SaveChangesAsync(cancel);
        return assistant;
    }

    private static List<string> Cleaned(IEnumerable<string> starters) => [.. starters.Select(s => s.Trim()).Where(s => s.Length > 0)];
}
