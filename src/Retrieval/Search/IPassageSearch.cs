using Rag.Retrieval.Knowledge;

namespace Rag.Retrieval.Search;

/// <param name="Question">The user's words.</param>
/// <param name="EarlierQuestions">The user's earlier messages in this chat, oldest first; follow-ups are searched with them.</param>
/// <param name="PassageTokens">How many tokens of the chat model the passages may take together.</param>
public sealed record SearchRequest(string Question, IReadOnlyList<string> EarlierQuestions, int PassageTokens);

/// <summary>A chunk that answered a query, merged with its neighbours. Ranks start at 1; null where that list did not find it.</summary>
/// <param name="Start">UTF-16 offset in the document's text; <paramref name="Text"/> is that range, exactly.</param>
public sealed record Passage(
    ChunkId Chunk,
    DocumentId Document,
    int Generation,
    string Title,
    string FileName,
    string ContentHash,
    PageRange Pages,
    int Start,
    int End,
    string Text,
    string? HeadingPath,
    string? Caption,
    int? DenseRank,
    double? DenseScore,
    int? LexicalRank,
    double? LexicalScore,
    double FusedScore);

/// <summary>A decisive sentence or table row of a passage.</summary>
/// <param name="Passage">Position of its passage in <see cref="SearchResult.Passages"/>, from 0.</param>
/// <param name="Text">The document's text from <paramref name="Start"/> to <paramref name="End"/>, with blanks folded; a tab parts the cells of a table row.</param>
/// <param name="Caption">For a table row: caption and header of its table.</param>
/// <param name="Boxes">Where it stands on <paramref name="Page"/>, one rectangle a line; empty for files without pages.</param>
public sealed record Evidence(int Passage, int Page, string? PageLabel, int Start, int End, string Text, string? Caption, double Score, IReadOnlyList<PageBox> Boxes);

/// <param name="Answerable">False: the relevance floor says these files do not answer the question; passages are the nearest, not an answer.</param>
/// <param name="SearchedQuestion">What was searched for: the question, with its context for a follow-up.</param>
public sealed record SearchResult(
    IReadOnlyList<Passage> Passages,
    IReadOnlyList<Evidence> Evidence,
    bool Answerable,
    double Relevance,
    string SearchedQuestion,
    int FilesSearched,
    TimeSpan SearchTime,
    TimeSpan EvidenceTime)
{
    /// <summary>Another embedding model is taking over: meanwhile passages are found by their words only.</summary>
    public bool ByWordsAlone { get; init; }
}

/// <summary>Hybrid search over one knowledge base: dense and lexical, fused; then merged, cut to the budget, and its decisive sentences.</summary>
public interface IPassageSearch
{
    Task<SearchResult> SearchAsync(KnowledgeScope scope, SearchRequest request, CancellationToken cancel);

    /// <summary>
    /// Aligns sentences of an answer to passages by text: for each sentence the passage and range that support it, or null.
    /// Figures and names of the sentence must stand in the passage.
    /// </summary>
    Task<IReadOnlyList<Evidence?>> AlignAsync(KnowledgeScope scope, IReadOnlyList<string> sentences, IReadOnlyList<Passage> passages, CancellationToken cancel);
}
