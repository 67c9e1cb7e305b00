using System.Text.Json.Serialization;

namespace Rag.Inference.Tokenizers;

/// <summary>A token that stands beside the vocabulary of a <c>tokenizer.json</c>.</summary>
/// <param name="Special">False for texts such as <c>&lt;tool_call&gt;</c> that a model may write as part of its answer.</param>
/// <param name="StripsBefore">Blanks before it belong to it.</param>
/// <param name="StripsBehind">Blanks behind it belong to it (Phi-3, Phi-4).</param>
internal sealed record AddedToken(
    [property: JsonPropertyName("id")] int Id,
    [property: JsonPropertyName("content")] string Content,
    [property: JsonPropertyName("special")] bool Special = true,
    [property: JsonPropertyName("lstrip")] bool StripsBefore = false,
    [property: JsonPropertyName("rstrip")] bool StripsBehind = false);

/// <summary>The added tokens of one tokenizer, by name and by id.</summary>
internal sealed class AddedTokens
{
    private readonly Dictionary<string, int> byName = new(StringComparer.Ordinal);
    private readonly Dictionary<int, (bool Before, bool Behind)> strips = [];
    private readonly HashSet<int> special = [];

    /// <exception cref="FormatException">A token without a name.</exception>
    public AddedTokens(IReadOnlyList<AddedToken> tokens)
    {
        All = tokens;
        foreach (var token in tokens)
        {
            if (string.IsNullOrEmpty(token?.Content))
            {
                throw new FormatException("An added token has no text.");
            }

            byName[token.Content] = token.Id;
            if (token.Special)
            {
                special.Add(token.Id);
            }

            if (token.StripsBefore || token.StripsBehind)
            {
                strips[token.Id] = (token.StripsBefore, token.StripsBehind);
            }
        }
    }

    public IReadOnlyList<AddedToken> All { get; }

    /// <summary>Ids of the special ones.</summary>
    public IReadOnlySet<int> Special => special;

    public bool Contains(string name) => byName.ContainsKey(name);

    /// <exception cref="KeyNotFoundException">There is no such token.</exception>
    public int Id(string name) => byName[name];

    public int? Find(string name) => byName.TryGetValue(name, out var id) ? id : null;

    public (bool Before, bool Behind) Strips(int id) => strips.GetValueOrDefault(id);

    /// <summary>Whether a text may give this token: runs of blanks (Gemma) are added only so that they stay whole, everything else could be a control token written by a user.</summary>
    public bool MayCome(string token) => !byName.TryGetValue(token, out var id) || (!special.Contains(id) && token.All(c => c is TextNormalizer.Blank || char.IsWhiteSpace(c)));
}
