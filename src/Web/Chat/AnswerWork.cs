using Rag.Web.Access;

namespace Rag.Web.Chat;

/// <summary>An earlier question of the same conversation and what was answered.</summary>
/// <param name="Answer">The model's words, else the first quote; null where there was no answer from the files.</param>
/// <param name="Aside">Small talk or a question about everything: says nothing about what a follow-up is after.</param>
internal sealed record PastTurn(string Question, string? Answer, bool Aside)
{
    public static PastTurn From(Turn turn)
    {
        var answer = StoredAnswer.Parse(turn.AnswerJson);
        var words = answer is { Kind: AnswerKind.FromFiles } ? answer.ModelText ?? answer.QuotedCitations.FirstOrDefault()?.Quote : null;
        return new PastTurn(turn.Question, words, answer?.Kind is AnswerKind.SmallTalk or AnswerKind.WholeFiles);
    }
}

/// <summary>What one answer needs; nothing of it is read again while the answer is made.</summary>
/// <param name="Earlier">Oldest first.</param>
/// <param name="Again">The reader asked for another wording: the model may vary.</param>
internal sealed record AnswerWork(
    TurnId Turn, ConversationId Conversation, AssistantGrant Grant, string Question, IReadOnlyList<PastTurn> Earlier, bool Again, long AskedAt);
