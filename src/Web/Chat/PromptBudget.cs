namespace Rag.Web.Chat;

/// <summary>How the tokens of a model's context are shared out.</summary>
/// <param name="Prompt">All messages together; what is left of the context holds the answer.</param>
/// <param name="Quotes">The quotes themselves, behind the passages, for models that read long passages badly.</param>
/// <param name="Passages">The passages of the last message.</param>
/// <param name="MaxPassages">How many of them at most.</param>
internal sealed record PromptBudget(int Prompt, int Instructions, int Earlier, int Quotes, int Passages, int MaxPassages, int Output)
{
    public static PromptBudget For(AnswerModel model) => model.Style switch
    {
        // A small model on a CPU: the quotes are the answer, its own wording must come soon, and it reads long prompts badly.
        AnswerStyle.Quote => Fit(model.ContextLength, instructions: 200, earlier: 160, quotes: 260, passages: 440, maxPassages: 3, output: 96),
        _ => Fit(model.ContextLength, instructions: 2_400, earlier: 1_600, quotes: 0, passages: 3_600, maxPassages: 12, output: 1_024),
    };

    /// <summary>Tokens of passages to search for: more than the prompt takes, since quotes are chosen from all of them.</summary>
    public static int SearchTokens(int contextLength) => Math.Clamp(contextLength / 2, 512, 3_600);

    private static PromptBudget Fit(int context, int instructions, int earlier, int quotes, int passages, int maxPassages, int output)
    {
        // A context too short for these shares shrinks all of them alike; an eighth stays for rules, question and the template's signs.
        var share = Math.Min(1.0, context * 0.875 / (instructions + earlier + quotes + passages + output));
        var reply = (int)(output * share);
        return new PromptBudget(context - reply, (int)(instructions * share), (int)(earlier * share), (int)(quotes * share), (int)(passages * share), maxPassages, reply);
    }
}
