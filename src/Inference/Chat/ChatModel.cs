using System.Threading.Channels;
using Rag.Inference.Models;
using Rag.Inference.Runtime;
using Rag.Inference.Scoring;
using Rag.Inference.Tokenizers;

namespace Rag.Inference.Chat;

/// <summary>The loaded chat model: several answers at a time and, over the same weights, one scoring.</summary>
internal sealed class ChatModel : ILoadedModel
{
    private readonly OpenGraph graph;
    private readonly ChatEngine engine;
    private readonly Lazy<ContinuationScoring> scoring;   // its KV cache exists once somebody scores
    private readonly IChatTokenizer tokenizer;
    private readonly HashSet<int> penaltyFree;
    private readonly HashSet<int> stopTokens;
    private readonly int contextLength;
    private readonly TimeProvider clock;

    public ChatModel(OpenGraph graph, ModelManifest manifest, IChatTokenizer tokenizer, InferenceOptions options, TimeProvider clock)
    {
        // On CUDA one: a block of the whole context per slot would take the memory that the weights need.
        var budget = options.CacheMegabytes * (1L << 20) / KvBlock.BytesPerToken(graph.Session);
        var slots = graph.Provider.Provider == ExecutionProvider.Cuda ? 1 : (int)Math.Clamp(budget / Math.Min(options.CacheStepTokens, manifest.ContextLength), 1, options.Slots);
        this.graph = graph;
        engine = new ChatEngine(graph, manifest, slots, budget, options.PrefillChunkTokens, options.CacheStepTokens, clock);
        scoring = new(() => new ContinuationScoring(
            new DecodeLoop(graph, manifest, options.PrefillChunkTokens, ContinuationScoring.CacheStepTokens, ownsSession: false)));
        Provider = graph.Provider;
        this.tokenizer = tokenizer;
        this.clock = clock;
        contextLength = manifest.ContextLength;
        // A model of this size sometimes opens the next turn itself; any control token ends the answer.
        stopTokens = [.. manifest.StopTokens, .. tokenizer.ControlIds];
        penaltyFree = [.. stopTokens, .. "0123456789".SelectMany(digit => tokenizer.Encode(digit.ToString(), TextPlace.Continued))];
    }

    public ProviderChoice Provider { get; }

    /// <summary>Answers at once.</summary>
    public int Slots => engine.Slots;

    internal ChatEngine Engine => engine;

    /// <summary>Begins to write the answer's text, piece by piece, beside other answers.</summary>
    public Task<GenerationResult> Generate(PromptTokens prompt, GenerationSettings settings, ChannelWriter<AnswerPiece> text, CancellationToken cancel)
    {
        var generation = new Generation(prompt, settings, text, stopTokens, penaltyFree, tokenizer, contextLength, clock, cancel);
        engine.Add(generation);
        return generation.Ended;
    }

    /// <summary>Reads a prompt ahead while nobody waits.</summary>
    /// <returns>Ends when the model rests.</returns>
    public Task WarmAsync(PromptTokens prompt)
    {
        engine.Warm(prompt);
        return engine.IdleAsync();
    }

    /// <summary>How likely the continuation is after each context. May run beside answers, not beside itself. Blocks its thread.</summary>
    public ContinuationScore[] Score(IReadOnlyList<int[]> contexts, int[] continuation, CancellationToken cancel) =>
        scoring.Value.Score(contexts, continuation, cancel);

    public void Dispose()
    {
        if (scoring.IsValueCreated)
        {
            scoring.Value.Dispose();
        }

        engine.IdleAsync().GetAwaiter().GetResult();   // nobody rents the model any more; it is about to rest
        engine.Dispose();
        graph.Session.Dispose();
        graph.Weights?.Dispose();
    }
}
