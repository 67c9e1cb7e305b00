using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Rag.Retrieval.Knowledge;
using Rag.Retrieval.Search;

namespace Rag.Web.Tests.Chat;

/// <summary>A search whose result the test sets. A sentence is supported by the passage that contains it word for word.</summary>
internal sealed class ScriptedSearch : IPassageSearch
{
    public static readonly DocumentId Apple = DocumentId.New();

    public const string Sentence = "During the nine months ended July 1, 2023, the Company repurchased 365 million shares.";

    public SearchResult Result { get; set; } = Found(answerable: true);

    public Exception? Failure { get; set; }

    public List<SearchRequest> Requests { get; } = [];

    public List<KnowledgeScope> Scopes { get; } = [];

    public static SearchResult Found(bool answerable)
    {
        string[] texts =
        [
            $"Share repurchases. {Sentence} The program has no end date.",
            "Net sales were 81,797 million dollars in the quarter.",
            "The Company designs and sells phones.",
            "Item 4. Controls and procedures.",
        ];
        Passage[] passages = [.. texts.Select((text, i) => new Passage(
            new ChunkId(Guid.NewGuid()), Apple, 1, "10-Q AAPL", "2023 Q3 AAPL.pdf", new string('a', 64), new PageRange(14 + i, 14 + i), i * 1_000, (i * 1_000) + text.Length,
            text, null, null, i + 1, 0.9 - (0.1 * i), i + 1, 9.0 - i, 0.03 - (0.001 * i)))];
        Evidence[] evidence = answerable
            ? [Support(passages, 0, Sentence), Support(passages, 1, texts[1])]
            : [];
        return new SearchResult(passages, evidence, answerable, answerable ? 2.4 : 1.1, "searched words", 3, TimeSpan.FromMilliseconds(40), TimeSpan.FromMilliseconds(20));
    }

    public Task<SearchResult> SearchAsync(KnowledgeScope scope, SearchRequest request, CancellationToken cancel)
    {
        Scopes.Add(scope);
        Requests.Add(request);
        return Failure is null ? Task.FromResult(Result) : Task.FromException<SearchResult>(Failure);
    }

    public Task<IReadOnlyList<Evidence?>> AlignAsync(
        KnowledgeScope scope, IReadOnlyList<string> sentences, IReadOnlyList<Passage> passages, CancellationToken cancel) =>
        Task.FromResult<IReadOnlyList<Evidence?>>([.. sentences.Select(sentence =>
            passages.Index().FirstOrDefault(p => p.Item.Text.Contains(sentence, StringComparison.Ordinal)) is { Item: not null } hit
                ? Support(passages, hit.Index, sentence)
                : null)]);

    private static Evidence Support(IReadOnlyList<Passage> passages, int index, string text)
    {
        var start = passages[index].Start + passages[index].Text.IndexOf(text, StringComparison.Ordinal);
        return new Evidence(index, passages[index].Pages.From, null, start, start + text.Length, text, null, 1, [new PageBox(72, 100, 300, 12)]);
    }
}

/// <summary>A model that says what the test tells it, and remembers what it was asked.</summary>
internal sealed class ScriptedModel : IChatClient
{
    public Func<CancellationToken, IAsyncEnumerable<ChatResponseUpdate>> Script { get; set; } = cancel => Says("The Company repurchased shares.", cancel);

    public List<(IReadOnlyList<ChatMessage> Messages, ChatOptions Options)> Calls { get; } = [];

    public static async IAsyncEnumerable<ChatResponseUpdate> Says(string text, [EnumeratorCancellation] CancellationToken cancel)
    {
        foreach (var piece in text.Split(' ').Select((word, i) => i == 0 ? word : " " + word))
        {
            cancel.ThrowIfCancellationRequested();
            yield return new ChatResponseUpdate(ChatRole.Assistant, piece);
        }

        await Task.CompletedTask;
    }

    public static ChatResponseUpdate Place(int ahead) => new() { AdditionalProperties = new AdditionalPropertiesDictionary { ["queuePosition"] = ahead } };

    public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        Calls.Add(([.. messages], options!));
        return Script(cancellationToken);
    }

    public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException("Answers stream.");

    public object? GetService(Type serviceType, object? serviceKey = null) => null;

    public void Dispose()
    {
    }
}

/// <summary>Files and pages that the test sets.</summary>
internal sealed class ScriptedLibrary : IDocumentLibrary
{
    public List<DocumentStatus> Files { get; } = [File(ScriptedSearch.Apple, "2023 Q3 AAPL.pdf", DocumentState.Ready)];

    public Dictionary<int, PageText> Pages { get; } = [];

    public static DocumentStatus File(DocumentId id, string name, DocumentState state, int pagesDone = 0, int? pages = null) => new(
        id, name, Path.GetFileNameWithoutExtension(name), new string('a', 64), 1_000, state, DateTime.UnixEpoch, DateTime.UnixEpoch, pagesDone, pages, 0, null, 1,
        state is DocumentState.Ready or DocumentState.ReadyWithWarnings ? 1 : 0, null, null, [], null);

    public Task<IReadOnlyList<DocumentStatus>> ListAsync(KnowledgeScope scope, CancellationToken cancel) => Task.FromResult<IReadOnlyList<DocumentStatus>>([.. Files]);

    public Task<DocumentStatus?> FindAsync(KnowledgeScope scope, DocumentId document, CancellationToken cancel) =>
        Task.FromResult(Files.Find(f => f.Id == document));

    public Task<PageText?> FindPageAsync(KnowledgeScope scope, DocumentId document, int generation, int page, CancellationToken cancel) =>
        Task.FromResult(Files.Exists(f => f.Id == document) ? Pages.GetValueOrDefault(page) : null);

    public Task<Stream?> OpenOriginalAsync(KnowledgeScope scope, DocumentId document, int? generation, CancellationToken cancel) =>
        Task.FromResult<Stream?>(Files.Exists(f => f.Id == document) ? new MemoryStream("%PDF-"u8.ToArray()) : null);

    public Task<DocumentId> AddAsync(KnowledgeScope scope, StoredUpload upload, string fileName, CancellationToken cancel) => throw new NotSupportedException();

    public Task<bool> CancelAsync(KnowledgeScope scope, DocumentId document, CancellationToken cancel) => throw new NotSupportedException();

    public Task<bool> ReplaceAsync(KnowledgeScope scope, DocumentId document, StoredUpload upload, string fileName, CancellationToken cancel) => throw new NotSupportedException();

    public Task<bool> KeepAsync(KnowledgeScope scope, DocumentId document, CancellationToken cancel) => throw new NotSupportedException();

    public Task<int> ReadAgainAsync(KnowledgeScope scope, CancellationToken cancel) => throw new NotSupportedException();

    public Task<ChunkMeasures> MeasuresAsync(KnowledgeScope scope, CancellationToken cancel) => throw new NotSupportedException();

    public Task SetMeasuresAsync(KnowledgeScope scope, ChunkMeasures measures, CancellationToken cancel) => throw new NotSupportedException();

    public Task<IReadOnlyList<DocumentLogLine>?> LogAsync(KnowledgeScope scope, DocumentId document, CancellationToken cancel) => throw new NotSupportedException();

    public Task<IReadOnlyList<HiddenSpan>?> HiddenTextAsync(KnowledgeScope scope, DocumentId document, CancellationToken cancel) => throw new NotSupportedException();

    public Task<bool> RetryAsync(KnowledgeScope scope, DocumentId document, CancellationToken cancel) => throw new NotSupportedException();

    public Task<bool> DeleteAsync(KnowledgeScope scope, DocumentId document, CancellationToken cancel) => throw new NotSupportedException();

    public Task DeleteAllAsync(KnowledgeScope scope, CancellationToken cancel) => throw new NotSupportedException();
}
