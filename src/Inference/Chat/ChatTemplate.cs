using Microsoft.Extensions.AI;
using Rag.Inference.Models;
using Rag.Inference.Tokenizers;

namespace Rag.Inference.Chat;

/// <summary>
/// ChatML: <c>&lt;|im_start|&gt;role\ncontent&lt;|im_end|&gt;\n</c> per message. Control tokens are put in by id; roles and contents are plain
/// text, so <c>&lt;|im_start|&gt;</c> in a user's message or a file stays eleven letters and signs.
/// </summary>
internal sealed class ChatTemplate
{
    private readonly BytePairTokenizer tokenizer;
    private readonly string? defaultSystem;
    private readonly int start;
    private readonly int end;

    public ChatTemplate(ModelManifest manifest, BytePairTokenizer tokenizer)
    {
        if (manifest.ChatTemplate is not { Family: "chatml" })
        {
            throw new InferenceException(
                InferenceFailure.Unavailable, $"The chat template of {manifest.Id} is '{manifest.ChatTemplate?.Family}'; only 'chatml' is known.");
        }

        this.tokenizer = tokenizer;
        defaultSystem = manifest.ChatTemplate.DefaultSystem;
        (start, end) = (tokenizer.Control("<|im_start|>"), tokenizer.Control("<|im_end|>"));
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
        var stable = 0;
        foreach (var (role, text) in turns)
        {
            ids.Add(start);
            ids.AddRange(tokenizer.Encode($"{role}\n{text}"));
            ids.Add(end);
            ids.AddRange(tokenizer.Encode("\n"));
            if (stable == 0 && role == "system")
            {
                stable = ids.Count;
            }
        }

        ids.Add(start);
        ids.AddRange(tokenizer.Encode("assistant\n"));
        return new([.. ids], stable, conversation, scope);
    }

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
