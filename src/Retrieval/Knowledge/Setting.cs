namespace Rag.Retrieval.Knowledge;

/// <summary>A fact about the database itself, such as the embedding model its vectors come from.</summary>
internal sealed class Setting
{
    public required string Key { get; set; }
    public required string Value { get; set; }
}
