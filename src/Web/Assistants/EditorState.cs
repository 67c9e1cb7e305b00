using Rag.Web.Access;

namespace Rag.Web.Assistants;

/// <summary>The form of the assistant editor: what is typed, whether it is saved, what is wrong with it.</summary>
internal sealed class EditorState(AssistantStore store, Assistant assistant)
{
    private AssistantDraft _saved = DraftOf(assistant);

    public AssistantId Id { get; } = assistant.Id;

    public string Name { get; set; } = assistant.Name;

    public string Instructions { get; set; } = assistant.Instructions;

    /// <summary>One more than there are, up to the most: the last field is where the next one is typed.</summary>
    public List<string> Starters { get; } = WithRoom(assistant.Starters);

    public UnsupportedForGuests UnsupportedForGuests { get; set; } = assistant.UnsupportedForGuests;

    public bool Gone { get; private set; }

    public IReadOnlyList<string> Problems { get; private set; } = [];

    public bool Changed => !Same(Draft, _saved);

    private AssistantDraft Draft => new(Name.Trim(), Instructions, [.. Starters.Select(s => s.Trim()).Where(s => s.Length > 0)], UnsupportedForGuests);

    public void SetStarter(int index, string text)
    {
        Starters[index] = text;
        if (index == Starters.Count - 1 && text.Length > 0 && Starters.Count < Assistant.MaxStarters)
        {
            Starters.Add("");
        }
    }

    public void RemoveStarter(int index)
    {
        Starters.RemoveAt(index);
        if (Starters.Count == 0 || Starters[^1].Length > 0)
        {
            Starters.Add("");
        }
    }

    public async Task SaveAsync(Caller caller, CancellationToken cancel)
    {
        var draft = Draft;
        switch (await store.SaveAsync(caller, Id, draft, cancel))
        {
            case SaveOutcome.Saved:
                (_saved, Problems) = (draft, []);
                break;
            case SaveOutcome.Invalid:
                Problems = draft.Problems();
                break;
            default:
                Gone = true;
                break;
        }
    }

    /// <summary>Takes the name that the first file suggested, unless one is being typed.</summary>
    public void TakeName(string suggested)
    {
        if (Name.Length == 0)
        {
            Name = suggested;
            _saved = _saved with { Name = suggested };
        }
    }

    private static AssistantDraft DraftOf(Assistant assistant) => new(assistant.Name, assistant.Instructions, assistant.Starters, assistant.UnsupportedForGuests);

    private static bool Same(AssistantDraft a, AssistantDraft b) =>
        a.Name == b.Name && a.Instructions == b.Instructions && a.UnsupportedForGuests == b.UnsupportedForGuests && a.Starters.SequenceEqual(b.Starters);

    private static List<string> WithRoom(List<string> starters) => starters.Count < Assistant.MaxStarters ? [.. starters, ""] : [.. starters];
}
