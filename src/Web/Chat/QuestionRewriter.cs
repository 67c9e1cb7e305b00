using Microsoft.Extensions.AI;
using Rag.Retrieval.Search;

namespace Rag.Web.Chat;

/// <summary>
/// Lets a model that composes well put a follow-up into words that stand alone, before it is searched for. It sees only what the person
/// asked, never text from files, and whatever it does wrong costs nothing: then the follow-up is searched with the questions before it.
/// </summary>
internal sealed class QuestionRewriter(IChatClient chat, AnswerModelSource models, PromptLibrary prompts, TimeProvider clock)
{
    private const int MaxTokens = 96;
    private const int LongestLine = 400;

    /// <summary>Somebody waits for the quotes meanwhile.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <param name="earlier">The person's questions, oldest first.</param>
    /// <returns>Null: search with the earlier questions instead.</returns>
    public async Task<string?> RewriteAsync(ConversationId conversation, string question, IReadOnlyList<string> earlier, CancellationToken cancel)
    {
        if (earlier.Count == 0 || models.StyleOrDefault != AnswerStyle.Compose || !FollowUp.LeansBack(question))
        {
            return null;
        }

        using var late = new CancellationTokenSource(Patience, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancel, late.Token);
        var request = new ChatOptions { ConversationId = conversation.ToString(), MaxOutputTokens = MaxTokens, Temperature = 0, StopSequences = ["\n"] };
        var asked = $"Earlier questions:\n{string.Join('\n', earlier.Select(text => "- " + Line(text)))}\n\nLast question: {Line(question)}";
        List<ChatMessage> messages = [new(ChatRole.System, prompts.Text("rewrite")), new(ChatRole.User, asked)];
        var text = "";
        try
        {
            await foreach (var update in chat.GetStreamingResponseAsync(messages, request, both.Token).WithCancellation(both.Token))
            {
                text += update.Text;
            }
        }
        catch (Exception failure) when (failure is ModelException || (failure is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            return null;
        }

        var line = Line(text.Trim().Split('\n')[0]).Trim('"', '“', '”', ' ');
        return line.Length is > 0 and <= LongestLine && !FollowUp.LeansBack(line) ? line : null;
    }

    private static string Line(string text) => text.ReplaceLineEndings(" ");
}
