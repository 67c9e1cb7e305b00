using Rag.Inference.Tokenizers;

namespace Rag.Inference.Chat;

internal enum ChatPieceKind
{
    Control,
    Text,

    /// <summary>The message itself.</summary>
    Content,
}

/// <summary>One piece of a turn: a control token, words of the template, or the message.</summary>
internal readonly record struct ChatPiece(ChatPieceKind Kind, string Value);

/// <summary>One way to write a conversation down. A template of another way is refused: a model that is addressed wrongly still answers, only badly.</summary>
/// <param name="First">Control token at the very beginning.</param>
/// <param name="Trims">Contents lose the blanks around them.</param>
/// <param name="HasSystem">False: the system's words open the first user's message.</param>
/// <param name="Turn">A whole turn of that role.</param>
/// <param name="Answer">What opens the answer.</param>
internal sealed record ChatFamily(
    string Name, string? First, bool Trims, bool HasSystem, Func<string, IReadOnlyList<ChatPiece>> Turn, IReadOnlyList<ChatPiece> Answer)
{
    private static readonly ChatPiece Message = new(ChatPieceKind.Content, "");

    private static readonly ChatFamily[] Known =
    [
        new("chatml", null, false, true, role => [Control("<|im_start|>"), Text(role + "\n"), Message, Control("<|im_end|>"), Text("\n")], [Control("<|im_start|>"), Text("assistant\n")]),
        new("llama3", "<|begin_of_text|>", true, true,
            role => [Control("<|start_header_id|>"), Text(role), Control("<|end_header_id|>"), Text("\n\n"), Message, Control("<|eot_id|>")],
            [Control("<|start_header_id|>"), Text("assistant"), Control("<|end_header_id|>"), Text("\n\n")]),
        new("phi4", null, false, true,
            role => [Control("<|im_start|>"), Text(role), Control("<|im_sep|>"), Message, Control("<|im_end|>")],
            [Control("<|im_start|>"), Text("assistant"), Control("<|im_sep|>")]),
        new("phi3", null, false, true, role => [Control($"<|{role}|>"), Text("\n"), Message, Control("<|end|>"), Text("\n")], [Control("<|assistant|>"), Text("\n")]),
        new("gemma", "<bos>", true, false,
            role => [Control("<start_of_turn>"), Text((role == "assistant" ? "model" : role) + "\n"), Message, Control("<end_of_turn>"), Text("\n")],
            [Control("<start_of_turn>"), Text("model\n")]),
        new("mistral", "<s>", false, false,
            role => role == "assistant" ? [Text(" "), Message, Control("</s>")] : [Control("[INST]"), Text(" "), Message, Control("[/INST]")], []),
    ];

    public static IEnumerable<string> Names => Known.Select(family => family.Name);

    public static ChatFamily? Find(string? name) => Known.FirstOrDefault(family => family.Name == name);

    /// <summary>The family that a Jinja template writes, found by its control tokens; null where there is no or more than one such family.</summary>
    public static string? Detect(string template)
    {
        bool Has(string text) => template.Contains(text, StringComparison.Ordinal);
        string[] found =
        [
            .. Has("<|im_start|>") ? [Has("<|im_sep|>") ? "phi4" : "chatml"] : Array.Empty<string>(),
            .. Has("<|start_header_id|>") && Has("<|eot_id|>") ? ["llama3"] : Array.Empty<string>(),
            .. Has("<start_of_turn>") ? ["gemma"] : Array.Empty<string>(),
            // Phi-4-mini's has no line's end behind <|end|>, Llama 2's a part <<SYS>>: other ways of writing.
            .. Has("<|end|>\n") || Has("<|end|>\\n") ? ["phi3"] : Array.Empty<string>(),
            .. Has("[INST]") && !Has("<<SYS>>") ? ["mistral"] : Array.Empty<string>(),
        ];
        return found is [var only] ? only : null;
    }

    /// <exception cref="KeyNotFoundException">The tokenizer lacks one of the control tokens.</exception>
    public void Check(IChatTokenizer tokenizer)
    {
        var roles = HasSystem ? new[] { "system", "user", "assistant" } : ["user", "assistant"];
        foreach (var piece in roles.SelectMany(Turn).Concat(Answer).Where(piece => piece.Kind == ChatPieceKind.Control))
        {
            _ = tokenizer.Control(piece.Value);
        }
    }

    /// <summary>The conversation with the system's words before the first user's.</summary>
    public static List<(string Role, string Text)> WithoutSystem(IReadOnlyList<(string Role, string Text)> turns)
    {
        var rules = string.Join("\n\n", turns.Where(turn => turn.Role == "system").Select(turn => turn.Text.Trim()));
        var others = turns.Where(turn => turn.Role != "system").ToList();
        if (rules.Length > 0)
        {
            var user = others.FindIndex(turn => turn.Role == "user");
            if (user < 0)
            {
                others.Insert(0, ("user", rules));
            }
            else
            {
                others[user] = ("user", $"{rules}\n\n{others[user].Text}");
            }
        }

        return others;
    }

    private static ChatPiece Control(string name) => new(ChatPieceKind.Control, name);

    private static ChatPiece Text(string text) => new(ChatPieceKind.Text, text);
}
