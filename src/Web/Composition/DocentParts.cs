using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;
using Rag.Inference;
using Rag.Inference.Import;
using Rag.Inference.Models;
using Rag.Inference.Scoring;
using Rag.Inference.Tokenizers;
using Rag.Ingestion;
using Rag.Retrieval;
using Rag.Retrieval.Knowledge;
using Rag.Retrieval.Search;
using Rag.Web.Admin;
using Rag.Web.Chat;
using Rag.Web.Data;
using Rag.Web.Documents;
using Rag.Web.Models;

namespace Rag.Web.Composition;

/// <summary>The composition root: the only place in Web that knows Inference and Ingestion by name.</summary>
internal static class DocentParts
{
    /// <summary>Registers the knowledge store, the models and the ingestion worker, all in this process.</summary>
    public static WebApplicationBuilder AddDocentParts(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddRetrieval(builder.Configuration);
        services.AddOptions<RetrievalOptions>().PostConfigure<DataFolder>((options, folder) => options.DataFolder = folder.Path);
        services.AddInference(builder.Configuration);
        AddModelAdapters(services);
        services.AddIngestionWorker(builder.Configuration);
        services.AddSingleton(provider =>
        {
            var reading = provider.GetRequiredService<IOptions<IngestionOptions>>().Value;
            return new UploadLimits(Math.Min(provider.GetRequiredService<IOptions<WebOptions>>().Value.MaxUploadBytes, reading.MaxFileBytes), reading.MaxTextBytes);
        });
        services.AddSingleton<IStatusSource, ModelsStatus>();
        services.AddSingleton<ISelfTest, ModelsSelfTest>();
        services.AddSingleton<IStatusSource, SearchStatus>();
        services.AddSingleton<IModelFolders, InstalledModels>();
        services.AddSingleton<IModelImport>(provider => new GgufImport(provider.GetService<IModelImporter>()));
        return builder;
    }

    private static void AddModelAdapters(IServiceCollection services)
    {
        services.Decorate<IChatClient>(inner => new TranslatingChatClient(inner));
        services.Decorate<IEmbeddingGenerator<string, Embedding<float>>>(inner => new TranslatingEmbeddingGenerator(inner));
        services.AddKeyedSingleton<ITokenCounter>(ITokenCounter.Embedding, (provider, _) =>
            new TokenCounter(() => provider.GetRequiredService<IEmbeddingGenerator<string, Embedding<float>>>().GetService<ITextTokenCounter>()));
        services.AddKeyedSingleton<ITokenCounter>(ITokenCounter.Chat, (provider, _) =>
            new TokenCounter(() => provider.GetRequiredService<IChatClient>().GetService<ITextTokenCounter>()));
        services.AddSingleton<IEvidenceRanker>(provider => new EvidenceRanker(
            () => provider.GetRequiredService<IChatClient>().GetService<IContinuationScorer>(), provider.GetRequiredService<ILogger<EvidenceRanker>>()));

        services.AddSingleton<Func<EmbedderFacts>>(provider => () =>
            new(provider.GetRequiredService<IEmbeddingGenerator<string, Embedding<float>>>().GetService<EmbeddingModelInfo>()?.Languages ?? []));

        // Asked anew each time: a model folder may arrive while the server runs.
        services.AddTransient(provider => provider.GetRequiredService<IChatClient>().GetService<ChatModelInfo>() is { } model
            ? new AnswerModel(model.Id, model.DisplayName, model.ContextLength, model.AnswerStyle switch
            {
                Rag.Inference.Models.AnswerStyle.Compose => Rag.Web.Chat.AnswerStyle.Compose,
                _ => Rag.Web.Chat.AnswerStyle.Quote,
            })
            : throw new ModelException(ModelFailure.Unavailable, "The chat model is not installed. The status page names the missing folder."));
    }

    /// <summary>Replaces the registered singleton by a wrapper around it.</summary>
    private static void Decorate<TService>(this IServiceCollection services, Func<TService, TService> wrap)
        where TService : class
    {
        var inner = services.Last(descriptor => descriptor.ServiceType == typeof(TService) && !descriptor.IsKeyedService);
        services.Remove(inner);
        services.AddSingleton(provider => wrap((TService)(inner.ImplementationInstance
            ?? inner.ImplementationFactory?.Invoke(provider)
            ?? ActivatorUtilities.CreateInstance(provider, inner.ImplementationType!))));
    }
}
