namespace Rag.Web.Assistants;

public readonly record struct AssistantId(Guid Value)
{
    public static AssistantId New() => new(Guid.CreateVersion7());
    public override string ToString() => Value.ToString("N");
}

/// <summary>What guests get of the model's sentences that no passage supports. Owners always see them, greyed.</summary>
public enum UnsupportedForGuests
{
    Grey,

    /// <summary>Left out on the server: they reach no guest's browser and no guest's reply.</summary>
    Drop,
}

/// <summary>What a person made: a name, instructions, conversation starters and one knowledge base.</summary>
public sealed class Assistant
{
    public const int MaxNameLength = 100;
    public const int MaxInstructionsLength = 8_000;
    public const int MaxStarters = 6;
    public const int MaxStarterLength = 200;

    public AssistantId Id { get; init; }

    public required string OwnerId { get; init; }

    public required string Name { get; set; }

    public string Instructions { get; set; } = "";

    public List<string> Starters { get; set; } = [];

    public UnsupportedForGuests UnsupportedForGuests { get; set; }

    /// <summary>Id in the knowledge database; there is no foreign key across databases.</summary>
    public Guid KnowledgeBase { get; init; }

    public DateTime CreatedAt { get; init; }

    public DateTime LastUsedAt { get; set; }
}
