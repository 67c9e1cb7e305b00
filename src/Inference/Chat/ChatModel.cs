using System.Threading.Channels;
using Microsoft.Extensions.AI;
using Rag.Inference.Models;
using Rag.Inference.Runtime;
using Rag.Inference.Scoring;
using Rag.Inference.Tokenizers;

namespace Rag.Inference.Chat;

/// <summary>How a generation went.</summary>
/// <param name="Reused">Prompt tokens that were still in the KV cache.</param>
/// <param name="Prefill">Time until the first token was known.</param>
internal sealed record GenerationResult(ChatFinishReason Finish, int OutputTokens, int Reused, TimeSpan Prefill, double? TokensPerSecond);

/// <summary>The loaded chat model: one answer at a time and, over the same weights, one scoring.</summary>
internal sealed class ChatModel : ILoadedModel
{
    private readonly DecodeLoop loop;
    private readonly Lazy<ContinuationScoring> scoring;   // its KV cache exists once somebody scores
    private readonly PrefixCache prefix = new();
    private readonly BytePairTokenizer tokenizer;
    private readonly HashSet<int> penaltyFree;
    private readonly HashSet<int> stopTokens;
    private readonly int contextLength;
    private readonly TimeProvider clock;

    public ChatModel(OpenGraph graph, ModelManifest manifest, BytePairTokenizer tokenizer, InferenceOptions options, TimeProvider clock)
    {
        loop = new DecodeLoop(graph, manifest, options.PrefillChunkTokens, options.CacheStepTokens);
        scoring = new(() => new ContinuationScoring(
            new DecodeLoop(graph, manifest, options.PrefillChunkTokens, ContinuationScoring.CacheStepTokens, ownsSession: false)));
        Provider = graph.Provider;
        this.tokenizer = tokenizer;
        this.clock = clock;
        contextLength = manifest.ContextLength;
        // A model of this size sometimes opens the next turn itself; any control token ends the answer.
        stopTokens = [.. manifest.StopTokens, .. tokenizer.ControlIds];
        penaltyFree = [.. stopTokens, .. "0123456789".SelectMany(digit => tokenizer.Encode(digit.ToString()))];
    }

    public ProviderChoice Provider { get; }

    /// <summary>Writes the answer's text, piece by piece, as it arises. Blocks its thread for the whole answer.</summary>
    public GenerationResult Generate(PromptTokens prompt, GenerationSettings settings, ChannelWriter<string> text, CancellationToken cancel)
    {
        var start = clock.GetTimestamp();
        var reused = prefix.Take(prompt, loop.Tokens);
        loop.Rewind(reused, prompt.Ids.Length + 1);
        var logits = loop.Read(prompt.Ids.AsSpan(reused), cancel);
        var prefill = clock.GetElapsedTime(start);

        var sampler = new Sampler(settings, penaltyFree);
        var stops = new StopSequenceMatcher(settings.StopSequences);
        var decoder = new TokenStreamDecoder(tokenizer);
        var finish = ChatFinishReason.Length;
        var count = 0;
        Span<int> token = stackalloc int[1];
        start = clock.GetTimestamp();
        while (true)
        {
            token[0] = sampler.Next(logits);
            count++;
            if (stopTokens.Contains(token[0]))
            {
                finish = ChatFinishReason.Stop;
                break;
            }

            Write(text, stops.Append(decoder.Append(token[0])));
            if (stops.Stopped)
            {
                finish = ChatFinishReason.Stop;
                break;
            }

            if (count == settings.MaxOutputTokens || loop.Tokens.Count == contextLength)
            {
                break;
            }

            logits = loop.Read(token, cancel);
        }

        if (!stops.Stopped)
        {
            Write(text, stops.Append(decoder.Finish()));
            Write(text, stops.Finish());
        }

        // The first token came out of the prefill.
        var seconds = clock.GetElapsedTime(start).TotalSeconds;
        return new(finish, count, reused, prefill, count > 1 && seconds > 0 ? (count - 1) / seconds : null);
    }

    /// <summary>How likely the continuation is after each context. May run beside <see cref="Generate"/>, not beside itself. Blocks its thread.</summary>
    public ContinuationScore[] Score(IReadOnlyList<int[]> contexts, int[] continuation, CancellationToken cancel) =>
        scoring.Value.Score(contexts, continuation, cancel);

    public void Dispose()
    {
        if (scoring.IsValueCreated)
        {
            scoring.Value.Dispose();
        }

        loop.Dispose();
    }

    private static void Write(ChannelWriter<string> text, string piece)
    {
        if (piece.Length > 0)
        {
            text.TryWrite(piece);   // unbounded: an answer is short, and a slow reader must not stop the model
        }
    }
}
