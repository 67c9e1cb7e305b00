using Microsoft.Extensions.AI;
using Rag.Inference.Models;
using Rag.Inference.Tokenizers;

namespace Rag.Inference.Chat;

/// <summary>
/// Messages as the model was trained to see them. Control tokens are put in by id; roles and contents are plain text, so <c>&lt;|im_start|&gt;</c>
/// in a user's message or a file stays eleven letters and signs. Families:
/// <c>chatml</c> <c>&lt;|im_start|&gt;role\ncontent&lt;|im_end|&gt;\n</c> (SmolLM2, Qwen);
/// <c>llama3</c> <c>&lt;|start_header_id|&gt;role&lt;|end_header_id|&gt;\n\ncontent&lt;|eot_id|&gt;</c>;
/// <c>phi4</c> <c>&lt;|im_start|&gt;role&lt;|im_sep|&gt;content&lt;|im_end|&gt;</c>;
/// <c>phi3</c> <c>&lt;|role|&gt;\ncontent&lt;|end|&gt;\n</c>;
/// <c>gemma</c> <c>&lt;start_of_turn&gt;role\ncontent&lt;end_of_turn&gt;\n</c>, where the system's words open the first user's message;
/// <c>mistral</c> <c>[INST] content[/INST] answer&lt;/s&gt;</c>, likewise.
/// </summary>
internal sealed class ChatTemplate
{
    private readonly IChatTokenizer tokenizer;
    private readonly string? defaultSystem;
    private readonly ChatFamily family;
    private readonly int? first;

    public ChatTemplate(ModelManifest manifest, IChatTokenizer tokenizer)
    {
        family = ChatFamily.Find(manifest.ChatTemplate?.Family) ?? throw new InferenceException(
            InferenceFailure.Unavailable,
            $"The chat template of {manifest.Id} is '{manifest.ChatTemplate?.Family}'; known are {string.Join(", ", ChatFamily.Names)}.");
        this.tokenizer = tokenizer;
        defaultSystem = manifest.ChatTemplate!.DefaultSystem;
        try
        {
            first = family.First is null ? null : tokenizer.Control(family.First);
            family.Check(tokenizer);
        }
        catch (KeyNotFoundException error)
        {
            throw new InferenceException(
                InferenceFailure.Unavailable, $"The tokenizer of {manifest.Id} has no control tokens of the chat template '{family.Name}': {error.Message}", error);
        }
    }

    /// <exception cref="InferenceException">InvalidOption: no message, an unknown role, or content that is not text.</exception>
    public PromptTokens Render(IEnumerable<ChatMessage> messages, string? conversation = null, string? scope = null)
    {
        var turns = messages.Select(message => (Role: Role(message), Text: Text(message))).ToList();
        if (turns.Count == 0)
        {
            throw Invalid("A conversation needs at least one message.");
        }

        if (turns[0].Role != "system" && defaultSystem is not null)
        {
            turns.Insert(0, ("system", defaultSystem));
        }

        var ids = new List<int>();
        if (first is { } beginning)
        {
            ids.Add(beginning);
        }

        var stable = 0;
        turns = family.HasSystem ? turns : ChatFamily.WithoutSystem(turns);
        for (var turn = 0; turn < turns.Count; turn++)
        {
            Add(ids, family.Turn(turns[turn].Role), turns[turn].Text, turn + 1 < turns.Count ? family.Turn(turns[turn + 1].Role) : family.Answer);
            if (stable == 0 && turns[turn].Role == "system")
            {
                stable = ids.Count;
            }
        }

        Add(ids, family.Answer, "", []);
        return new([.. ids], stable, conversation, scope);
    }

    /// <param name="following">The next turn, whose first control token may take away the blanks at the end of this one.</param>
    private void Add(List<int> ids, IReadOnlyList<ChatPiece> pieces, string content, IReadOnlyList<ChatPiece> following)
    {
        var plain = "";   // neighbouring texts are one text to the tokenizer
        foreach (var piece in pieces)
        {
            if (piece.Kind != ChatPieceKind.Control)
            {
                plain += piece.Kind == ChatPieceKind.Text ? piece.Value : family.Trims ? content.Trim() : content;
                continue;
            }

            var control = tokenizer.Control(piece.Value);
            AddText(ids, tokenizer.Strips(control).Before ? plain.TrimEnd() : plain);
            ids.Add(control);
            plain = "";
        }

        AddText(ids, following is [{ Kind: ChatPieceKind.Control, Value: var next }, ..] && tokenizer.Strips(tokenizer.Control(next)).Before ? plain.TrimEnd() : plain);
    }

    // As Hugging Face's tokenizers cut a rendered template at its control tokens: each text between two is a text of its own, which a SentencePiece model opens with a blank or not as its
    // file says ("Prepend" and "always" do, "first" does at the very beginning only).
    private void AddText(List<int> ids, string plain) => ids.AddRange(
        ids.Count == 0 ? tokenizer.Encode(plain) : tokenizer.Encode(tokenizer.Strips(ids[^1]).Behind ? plain.TrimStart() : plain, TextPlace.AfterControl));

    private static string Role(ChatMessage message) =>
        message.Role == ChatRole.System || message.Role == ChatRole.User || message.Role == ChatRole.Assistant
            ? message.Role.Value
            : throw Invalid($"The chat model knows no messages of the role '{message.Role.Value}'.");

    private static string Text(ChatMessage message) =>
        message.Contents.FirstOrDefault(content => content is not (TextContent or UsageContent)) is { } other
            ? throw Invalid($"The chat model reads text only, not {other.GetType().Name}.")
            : message.Text;

    private static InferenceException Invalid(string message) => new(InferenceFailure.InvalidOption, message);
}
