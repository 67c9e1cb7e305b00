using System.Text;

namespace Rag.Inference.Tokenizers;

/// <summary>What a <c>tokenizer.json</c> does to a text before it is cut: any sequence of the steps that SentencePiece models are exported with.</summary>
internal sealed class TextNormalizer
{
    /// <summary>U+2581, which stands for a space in SentencePiece's vocabularies.</summary>
    public const char Blank = '▁';

    private readonly List<Func<string, TextPlace, string>> steps = [];

    /// <exception cref="FormatException">A step that is not known.</exception>
    public TextNormalizer(TokenizerPart? normalizer)
    {
        if (normalizer is { } found)
        {
            Add(found);
        }
    }

    /// <summary>Every space becomes <see cref="Blank"/>.</summary>
    public bool ReplacesSpaces { get; private set; }

    /// <summary>A lone surrogate becomes U+FFFD.</summary>
    public string Normalize(string text, TextPlace place)
    {
        var normal = WellFormed(text);
        foreach (var step in steps)
        {
            normal = step(normal, place);
        }

        return normal;
    }

    private void Add(TokenizerPart part)
    {
        switch (part.Type)
        {
            case "Sequence":
                part.Only("normalizers");
                foreach (var inner in part.Get("normalizers").List())
                {
                    Add(inner);
                }

                break;
            case "Prepend":
                part.Only("prepend");
                var opening = part.Text("prepend");
                // Before each text between control tokens, as Hugging Face's tokenizers do; not where a text goes on another.
                steps.Add((text, place) => text.Length == 0 || place == TextPlace.Continued ? text : opening + text);
                break;
            case "Replace":
                part.Only("pattern", "content");
                AddReplacement(part);
                break;
            case "Strip":
                part.Only("strip_left", "strip_right");
                var (left, right) = (part.Flag("strip_left", true), part.Flag("strip_right", true));
                steps.Add((text, _) => (left, right) switch { (true, true) => text.Trim(), (true, false) => text.TrimStart(), (false, true) => text.TrimEnd(), _ => text });
                break;
            case "Precompiled":
                part.Only("precompiled_charsmap");
                if (part.FindText("precompiled_charsmap") is { Length: > 0 } map)
                {
                    var characters = CharacterMap.Parse(map);
                    steps.Add((text, _) => characters.Apply(text));
                }

                break;
            default:
                throw part.Unknown();
        }
    }

    private void AddReplacement(TokenizerPart part)
    {
        var (pattern, content) = (part.Get("pattern"), part.Text("content"));
        if (pattern.FindText("String") is { Length: > 0 } plain)
        {
            pattern.Only("String");
            ReplacesSpaces |= plain == " " && content == Blank.ToString();
            steps.Add((text, _) => text.Replace(plain, content, StringComparison.Ordinal));
        }
        else if (pattern.FindText("Regex") == " {2,}")
        {
            pattern.Only("Regex");
            steps.Add((text, _) => Joined(text, content));
        }
        else
        {
            throw part.Unknown();
        }
    }

    // Two spaces or more become one content.
    private static string Joined(string text, string content)
    {
        if (!text.Contains("  ", StringComparison.Ordinal))
        {
            return text;
        }

        var joined = new StringBuilder(text.Length);
        for (var at = 0; at < text.Length;)
        {
            var spaces = text.AsSpan(at).IndexOfAnyExcept(' ');
            spaces = spaces < 0 ? text.Length - at : spaces;
            if (spaces > 1)
            {
                joined.Append(content);
                at += spaces;
            }
            else
            {
                joined.Append(text[at++]);
            }
        }

        return joined.ToString();
    }

    private static string WellFormed(string text)
    {
        if (!text.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF'))
        {
            return text;
        }

        var formed = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            formed.Append(rune);
        }

        return formed.ToString();
    }
}
