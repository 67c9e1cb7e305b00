namespace Rag.Inference.Scoring;

/// <summary>
/// How likely the chat model finds one text after each of several others; for ranking sentences by how well they lead to a question (query
/// likelihood, Ponte and Croft 1998). From <c>chatClient.GetService&lt;IContinuationScorer&gt;()</c>. Does not wait for answers that are being written;
/// scorings wait for each other, in order.
/// </summary>
public interface IContinuationScorer
{
    /// <summary>
    /// Scores <paramref name="continuation"/> behind <paramref name="sharedPrefix"/> + candidate, for every candidate. The three texts are turned into tokens one
    /// by one and read as plain text, without the chat template and without control tokens, so the continuation has the same tokens everywhere.
    /// A candidate's score depends neither on the others nor on their order. Cancelling also stops a run of the model.
    /// </summary>
    /// <param name="sharedPrefix">May be empty; read once.</param>
    /// <param name="candidates">With the prefix each must have at least one token; so a candidate may be empty where the prefix is not.</param>
    /// <param name="continuation">The text to score; at least one token. Blanks count: begin it with the blank behind the candidate.</param>
    /// <returns>One score per candidate, in their order.</returns>
    /// <exception cref="InferenceException">
    /// Busy; Unavailable; Failed; PromptTooLong: prefix, a candidate and the continuation exceed the model's context; InvalidOption: nothing to score, or nothing before it.
    /// </exception>
    Task<IReadOnlyList<ContinuationScore>> ScoreAsync(
        string sharedPrefix, IReadOnlyList<string> candidates, string continuation, CancellationToken cancellationToken);
}

/// <summary>The score of one candidate.</summary>
/// <param name="LogProbability">Sum of ln p(token | all before it) over the continuation's tokens; at most 0.</param>
/// <param name="Tokens">The continuation's tokens; the same for all candidates of a call.</param>
public readonly record struct ContinuationScore(double LogProbability, int Tokens)
{
    /// <summary>Per token, so that texts of different lengths can be compared.</summary>
    public double Mean => LogProbability / Tokens;
}
