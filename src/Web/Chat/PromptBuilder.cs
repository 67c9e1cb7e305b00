using System.Globalization;
using Microsoft.Extensions.AI;
using Rag.Retrieval.Knowledge;
using Rag.Retrieval.Search;
using Rag.Web.Assistants;

namespace Rag.Web.Chat;

/// <param name="Passages">Positions in the search result of the passages shown to the model, in the order of their numbers.</param>
/// <param name="Notes">What had to be left out to fit; for the reader.</param>
internal sealed record Prompt(IReadOnlyList<ChatMessage> Messages, int MaxOutputTokens, string Hash, IReadOnlyList<int> Passages, IReadOnlyList<string> Notes);

/// <summary>
/// Rules and instructions first (stable: their KV cache is shared by all chats of an assistant), then earlier turns without their passages,
/// then the question with numbered passages between two lines of a random delimiter that no file can know.
/// </summary>
internal sealed class PromptBuilder(PromptLibrary prompts)
{
    /// <summary>Tokens around one message by the chat template, rounded up.</summary>
    private const int PerMessage = 8;

    /// <param name="delimiter">Random, the same for one chat.</param>
    /// <exception cref="ModelException">Rules and question alone are longer than the context.</exception>
    public Prompt Build(
        AnswerModel model, Assistant assistant, IReadOnlyList<PastTurn> earlier, string question, SearchResult found, string delimiter, ITokenCounter tokens)
    {
        var budget = PromptBudget.For(model);
        List<string> notes = [];
        var system = prompts.Rules(model.Style);
        if (!string.IsNullOrWhiteSpace(assistant.Instructions))
        {
            var instructions = Shorten(assistant.Instructions.Trim(), budget.Instructions, tokens);
            if (instructions.Length < assistant.Instructions.Trim().Length)
            {
                notes.Add("The instructions are longer than this model takes; it was given their beginning.");
            }

            system += "\n\n" + instructions;
        }

        var template = prompts.Question(model.Style).Replace("{{delimiter}}", delimiter, StringComparison.Ordinal);
        var left = budget.Prompt - tokens.Count(system) - tokens.Count(template) - tokens.Count(question) - (2 * PerMessage);
        if (left < 0)
        {
            throw new ModelException(ModelFailure.PromptTooLong, "This question is too long for the model. Ask a shorter one.");
        }

        // A small model: quotes last, next to the question, where it reads best; measured on the shipped one.
        var quotes = model.Style == AnswerStyle.Quote ? QuoteLines(found, Math.Min(left, budget.Quotes), tokens) : [];
        left -= quotes.Sum(tokens.Count);
        var passages = PassageExcerpts.Choose(found, Math.Min(left, budget.Passages), budget.MaxPassages, model.Style == AnswerStyle.Compose, tokens);
        left -= passages.Sum(p => p.Tokens);
        var history = Fit(earlier, Math.Min(left, budget.Earlier), tokens, out var dropped);
        if (dropped > 0)
        {
            notes.Add(string.Create(CultureInfo.InvariantCulture, $"The model was not given the {dropped} oldest {(dropped == 1 ? "question" : "questions")} of this chat; they did not fit."));
        }

        var last = Fill(template, string.Join("\n\n", passages.Select(p => p.Text).Append(string.Join('\n', quotes)).Where(t => t.Length > 0)), question);
        List<ChatMessage> messages = [new(ChatRole.System, system), .. history, new(ChatRole.User, last)];
        return new Prompt(messages, budget.Output, prompts.Hash(model.Style), [.. passages.Select(p => p.Passage)], notes);
    }

    private static List<string> QuoteLines(SearchResult found, int budget, ITokenCounter tokens)
    {
        List<string> lines = [];
        foreach (var evidence in found.Evidence.Take(Citations.MaxQuotes))
        {
            var line = TableRow.Parse(evidence.Text, evidence.Caption)?.ToSentence() ?? evidence.Text;
            budget -= tokens.Count(line);
            if (budget < 0)
            {
                break;
            }

            lines.Add(line);
        }

        return lines;
    }

    /// <summary>Fills both places in one pass: a passage that contains "{{question}}" stays as it is.</summary>
    private static string Fill(string template, string passages, string question)
    {
        var parts = template.Split("{{passages}}");
        return parts[0] + passages + parts[1].Replace("{{question}}", question, StringComparison.Ordinal);
    }

    private static List<ChatMessage> Fit(IReadOnlyList<PastTurn> earlier, int budget, ITokenCounter tokens, out int dropped)
    {
        List<ChatMessage> newestFirst = [];
        var answered = earlier.Where(t => t.Answer is not null).ToList();
        var kept = 0;
        foreach (var turn in Enumerable.Reverse(answered))
        {
            budget -= tokens.Count(turn.Question) + tokens.Count(turn.Answer!) + (2 * PerMessage);
            if (budget < 0)
            {
                break;
            }

            newestFirst.Add(new ChatMessage(ChatRole.Assistant, turn.Answer));
            newestFirst.Add(new ChatMessage(ChatRole.User, turn.Question));
            kept++;
        }

        dropped = answered.Count - kept;
        newestFirst.Reverse();
        return newestFirst;
    }

    private static string Shorten(string text, int budget, ITokenCounter tokens)
    {
        while (text.Length > 0 && tokens.Count(text) is var count && count > budget)
        {
            var length = Math.Min(text.Length - 1, (int)((long)text.Length * budget / count));
            var blank = text.LastIndexOf(' ', Math.Max(0, length - 1), Math.Max(0, length - 1));
            text = text[..(blank > length / 2 ? blank : length)];
        }

        return text;
    }
}
