using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Rag.Inference.Chat;
using Rag.Inference.Chat.Drafts;
using Rag.Inference.Embeddings;
using Rag.Inference.Import;
using Rag.Inference.Models;
using Rag.Inference.Remote;
using Rag.Inference.Runtime;
using Rag.Inference.Scoring;
using Rag.Inference.Tokenizers;

namespace Rag.Inference;

/// <summary>Registers the models.</summary>
public static class InferenceServices
{
    /// <summary>
    /// Adds <see cref="IChatClient"/>, <see cref="IEmbeddingGenerator{TInput,TEmbedding}"/> and <see cref="InferenceStatus"/> as singletons. Each model runs in this process or, where
    /// <see cref="ChatEndpointOptions"/> or <see cref="EmbeddingEndpointOptions"/> say so, behind an endpoint. Nothing here fails when a model is missing: its requests do,
    /// by <see cref="InferenceException"/>.
    /// </summary>
    public static IServiceCollection AddInference(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<InferenceOptions>().Bind(configuration.GetSection(InferenceOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton(sp => sp.GetRequiredService<IOptions<InferenceOptions>>().Value);
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(sp => new ModelStore(sp.GetRequiredService<InferenceOptions>(), AppContext.BaseDirectory));
        services.AddSingleton(sp =>
        {
            var settings = sp.GetRequiredService<InferenceOptions>();
            var probe = new CudaProbe(settings.NativeFolder, new NativeRuntime());
            return new ExecutionProviderSelector(settings.Provider, probe.FindProblem, probe.TakeFolder());
        });
        services.AddSingleton<SessionFactory>();
        services.AddSingleton<IModelImporter, ModelImporter>();
        services.AddEndpoints(configuration);
        AddEmbeddings(services);
        AddChat(services);
        services.AddSingleton(sp => new InferenceStatus(
            () => sp.GetRequiredService<EndpointModels>().ChatStatus ?? ChatStatus(sp),
            () => sp.GetRequiredService<EndpointModels>().EmbeddingStatus ?? EmbeddingStatus(sp)));
        services.AddSingleton(sp => new ModelSelfTest(() => Chat(sp), () => Embeddings(sp), sp.GetRequiredService<InferenceStatus>(), sp.GetRequiredService<TimeProvider>()));
        services.AddSingleton(sp => new ModelCatalogue(
            sp.GetRequiredService<ModelStore>(),
            sp.GetRequiredService<InferenceOptions>(),
            kind => kind == ModelKind.Chat ? sp.GetRequiredService<EndpointModels>().Chat is not null : sp.GetRequiredService<EndpointModels>().Embedding is not null));
        services.AddHostedService<ModelWarmup>();
        return services;
    }

    private static void AddEmbeddings(IServiceCollection services)
    {
        services.AddSingleton<EmbeddingRunner>();
        services.AddSingleton(sp => new EmbeddingScheduler(sp.GetRequiredService<InferenceOptions>().MaxBatchTokens, sp.GetRequiredService<EmbeddingRunner>().RunAsync));
        services.AddSingleton(sp => new EmbeddingCache(sp.GetRequiredService<InferenceOptions>().EmbeddingCacheMegabytes * 1_048_576L, sp.GetRequiredService<TimeProvider>()));
        services.AddKeyedSingleton(ModelKind.Embedding, (sp, _) =>
            new ConfiguredModel(sp.GetRequiredService<ModelStore>(), sp.GetRequiredService<InferenceOptions>().EmbeddingModel, ModelKind.Embedding));
        services.AddSingleton(sp => new LazyTokenizer<IEmbeddingTokenizer>(() => TokenizerLoader.Embedding(Configured(sp, ModelKind.Embedding).Folder)));
        services.AddSingleton(sp => new ModelHost<EmbeddingModel>(
            sp.GetRequiredService<InferenceOptions>().EmbeddingModel,
            () =>
            {
                var folder = Configured(sp, ModelKind.Embedding).Folder;
                var pad = sp.GetRequiredService<LazyTokenizer<IEmbeddingTokenizer>>().Value.Pad;
                return new EmbeddingModel(sp.GetRequiredService<SessionFactory>().Open(folder), folder.Manifest, pad);
            },
            sp.GetRequiredService<TimeProvider>(),
            sp.GetRequiredService<ILoggerFactory>().CreateLogger<EmbeddingModel>()));
        services.AddSingleton(sp => new OnnxEmbeddingGenerator(
            Configured(sp, ModelKind.Embedding),
            sp.GetRequiredService<ModelHost<EmbeddingModel>>(),
            sp.GetRequiredService<LazyTokenizer<IEmbeddingTokenizer>>(),
            sp.GetRequiredService<EmbeddingScheduler>()));
        services.AddSingleton<IEmbeddingGenerator<string, Embedding<float>>>(sp => new CachingEmbeddingGenerator(Embeddings(sp), sp.GetRequiredService<EmbeddingCache>()));
    }

    private static void AddChat(IServiceCollection services)
    {
        services.AddSingleton(sp => new GenerationQueue(sp.GetRequiredService<InferenceOptions>(), sp.GetRequiredService<TimeProvider>()));
        services.AddKeyedSingleton(ModelKind.Chat, (sp, _) =>
            new ConfiguredModel(sp.GetRequiredService<ModelStore>(), sp.GetRequiredService<InferenceOptions>().ChatModel, ModelKind.Chat));
        services.AddSingleton(sp => new LazyTokenizer<IChatTokenizer>(() => TokenizerLoader.Chat(Configured(sp, ModelKind.Chat).Folder)));
        services.AddSingleton(sp => new ModelHost<ChatModel>(
            sp.GetRequiredService<InferenceOptions>().ChatModel,
            () =>
            {
                var folder = Configured(sp, ModelKind.Chat).Folder;
                var tokenizer = sp.GetRequiredService<LazyTokenizer<IChatTokenizer>>().Value;
                var settings = sp.GetRequiredService<InferenceOptions>();
                var graph = sp.GetRequiredService<SessionFactory>().Open(folder, settings.Speculation ? DraftRuns.Tokens : 0);
                return new ChatModel(graph, folder.Manifest, tokenizer, settings, sp.GetRequiredService<TimeProvider>());
            },
            sp.GetRequiredService<TimeProvider>(),
            sp.GetRequiredService<ILoggerFactory>().CreateLogger<ChatModel>()));
        services.AddSingleton<IContinuationScorer>(sp => new ContinuationScorer(
            Configured(sp, ModelKind.Chat),
            sp.GetRequiredService<ModelHost<ChatModel>>(),
            sp.GetRequiredService<LazyTokenizer<IChatTokenizer>>(),
            // Not the queue of the answers: a scoring is short and must not wait for minutes of text.
            new GenerationQueue(sp.GetRequiredService<InferenceOptions>(), sp.GetRequiredService<TimeProvider>()),
            sp.GetRequiredService<TimeProvider>(),
            sp.GetRequiredService<ILogger<ContinuationScorer>>()));
        services.AddSingleton(sp => new OnnxChatClient(
            Configured(sp, ModelKind.Chat),
            sp.GetRequiredService<ModelHost<ChatModel>>(),
            sp.GetRequiredService<LazyTokenizer<IChatTokenizer>>(),
            sp.GetRequiredService<GenerationQueue>(),
            sp.GetRequiredService<IContinuationScorer>(),
            sp.GetRequiredService<InferenceOptions>(),
            sp.GetRequiredService<TimeProvider>(),
            sp.GetRequiredService<ILogger<OnnxChatClient>>()));
        services.AddSingleton(Chat);
    }

    private static IChatClient Chat(IServiceProvider services) =>
        (IChatClient?)services.GetRequiredService<EndpointModels>().Chat ?? services.GetRequiredService<OnnxChatClient>();

    private static IEmbeddingGenerator<string, Embedding<float>> Embeddings(IServiceProvider services) =>
        (IEmbeddingGenerator<string, Embedding<float>>?)services.GetRequiredService<EndpointModels>().Embedding ?? services.GetRequiredService<OnnxEmbeddingGenerator>();

    private static ConfiguredModel Configured(IServiceProvider services, ModelKind kind) => services.GetRequiredKeyedService<ConfiguredModel>(kind);

    private static string? Note(IServiceProvider services, ModelKind kind) => Configured(services, kind).Find()?.Manifest.Inferred;

    private static ModelStatus ChatStatus(IServiceProvider services)
    {
        var host = services.GetRequiredService<ModelHost<ChatModel>>();
        var (state, message, provider) = host.Status;
        return new(
            host.Id, ModelKind.Chat, state, message, provider?.Provider, provider?.Reason,
            services.GetRequiredService<OnnxChatClient>().LastTokensPerSecond, services.GetRequiredService<GenerationQueue>().Waiting)
        { Note = Note(services, ModelKind.Chat), Graph = provider?.Graph, WeightBytes = provider?.Bytes };
    }

    private static ModelStatus EmbeddingStatus(IServiceProvider services)
    {
        var host = services.GetRequiredService<ModelHost<EmbeddingModel>>();
        var (state, message, provider) = host.Status;
        return new(
            host.Id, ModelKind.Embedding, state, message, provider?.Provider, provider?.Reason,
            services.GetRequiredService<EmbeddingRunner>().LastTokensPerSecond, services.GetRequiredService<EmbeddingScheduler>().Waiting)
        { Note = Note(services, ModelKind.Embedding), Graph = provider?.Graph, WeightBytes = provider?.Bytes };
    }
}
