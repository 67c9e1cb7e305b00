namespace Rag.Web.Chat;

/// <summary>Model output after parsing, sanitising and link filtering: a tree that is rendered element by element and never as HTML text.</summary>
public abstract record SafeNode
{
    private SafeNode()
    {
    }

    public sealed record Text(string Value) : SafeNode;

    /// <param name="Name">One of <see cref="SafeMarkdown.Elements"/>.</param>
    /// <param name="Href">For "a" only: always our own page that shows the target.</param>
    public sealed record Element(string Name, IReadOnlyList<SafeNode> Children, string? Href = null) : SafeNode;

    /// <summary>A sentence or a piece of one (emphasis cuts it into several).</summary>
    /// <param name="Index">Position in the answer's sentences.</param>
    /// <param name="Last">Its last piece: the citation stands behind it.</param>
    public sealed record Sentence(int Index, string Value, bool Last) : SafeNode;
}
