namespace Rag.Inference.Chat;

/// <summary>One token of an answer.</summary>
/// <param name="Text">Its text; U+FFFD where a character is spread over several tokens.</param>
/// <param name="LogProbability">ln p(token | all before it) by the model alone, before temperature, penalties and cuts; at most 0.</param>
public readonly record struct TokenLogProbability(string Text, double LogProbability);
