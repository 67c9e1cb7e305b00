using System.Text.Json;

namespace Rag.Inference.Tokenizers;

/// <summary>
/// A part of a <c>tokenizer.json</c>, read strictly: what is not of the wanted kind is a <see cref="FormatException"/>, and so is a setting that nobody asked for, as it might change the result.
/// </summary>
/// <param name="Path">For messages.</param>
internal readonly record struct TokenizerPart(JsonElement Json, string Path)
{
    /// <summary>Tokens and merges of any vocabulary; a damaged file must not take all memory.</summary>
    private const int MostTokens = 1 << 22;

    public string Type => Text("type");

    /// <summary>Reads a whole file and lets go of it.</summary>
    /// <exception cref="FormatException">Not a tokenizer this library knows. The sentence names what is not known.</exception>
    /// <exception cref="JsonException">Damaged.</exception>
    public static T Read<T>(ReadOnlyMemory<byte> json, Func<TokenizerPart, T> read)
    {
        using var file = JsonDocument.Parse(json);
        try
        {
            return file.RootElement.ValueKind == JsonValueKind.Object ? read(new(file.RootElement, "")) : throw new FormatException("It holds no object.");
        }
        catch (InvalidOperationException error)
        {
            throw new FormatException($"A text in it is damaged ({error.Message}).", error);   // half a surrogate pair
        }
    }

    /// <summary>null where it is missing or null.</summary>
    public TokenizerPart? Find(string name) =>
        Json.ValueKind != JsonValueKind.Object ? throw Wrong("an object")
        : Json.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? new(value, Path.Length == 0 ? name : $"{Path}.{name}")
        : null;

    public TokenizerPart Get(string name) => Find(name) ?? throw new FormatException($"It states no {(Path.Length == 0 ? name : $"{Path}.{name}")}.");

    public string? FindText(string name) => Find(name) is not { } found ? null : found.Json.ValueKind == JsonValueKind.String ? found.Json.GetString() : throw found.Wrong("a text");

    public string Text(string name) => FindText(name) ?? throw new FormatException($"It states no {Path}.{name}.");

    public bool Flag(string name, bool otherwise) => Find(name) is not { } found ? otherwise : found.Json.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw found.Wrong("true or false"),
    };

    public int? FindNumber(string name) => Find(name)?.Number();

    public int Number() => Json.ValueKind == JsonValueKind.Number && Json.TryGetInt32(out var number) && number is >= 0 and < MostTokens ? number : throw Wrong("a small number");

    public double Score() => Json.ValueKind == JsonValueKind.Number && Json.TryGetDouble(out var number) && double.IsFinite(number) ? number : throw Wrong("a number");

    public TokenizerPart[] List()
    {
        if (Json.ValueKind != JsonValueKind.Array || Json.GetArrayLength() > MostTokens)
        {
            throw Wrong("a list");
        }

        var path = Path;
        return [.. Json.EnumerateArray().Select(item => new TokenizerPart(item, path))];
    }

    /// <summary>Numbers by name; of one name twice, the last.</summary>
    public Dictionary<string, int> Numbers()
    {
        if (Json.ValueKind != JsonValueKind.Object)
        {
            throw Wrong("an object");
        }

        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var property in Json.EnumerateObject())
        {
            numbers[property.Name] = new TokenizerPart(property.Value, Path).Number();
        }

        return numbers;
    }

    public AddedToken[] AddedTokens() => Find("added_tokens") is { } added ? [.. added.List().Select(token => token.Json.ValueKind == JsonValueKind.Object
        ? new AddedToken(token.Get("id").Number(), token.Text("content"), token.Flag("special", true), token.Flag("lstrip", false), token.Flag("rstrip", false))
        : throw token.Wrong("an object"))] : [];

    /// <summary>Refuses every setting but these.</summary>
    public void Only(params string[] names)
    {
        foreach (var property in Json.EnumerateObject())
        {
            if (property.Name != "type" && property.Value.ValueKind != JsonValueKind.Null && !names.Contains(property.Name))
            {
                throw new FormatException($"The setting {Path}.{property.Name} is not known.");
            }
        }
    }

    /// <summary>A part of a kind that this library does not have.</summary>
    public FormatException Unknown() => new($"The {Path} {Brief()} is not known.");

    private FormatException Wrong(string wanted) => new($"{(Path.Length == 0 ? "It" : Path)} is not {wanted}.");

    private string Brief() => Json.GetRawText() is { Length: > 200 } text ? text[..200] + "…" : Json.GetRawText();
}
