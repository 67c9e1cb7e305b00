using Microsoft.Extensions.Hosting;
using Rag.Inference.Chat;
using Rag.Inference.Embeddings;
using Rag.Inference.Remote;

namespace Rag.Inference.Runtime;

/// <summary>
/// Loads the models in the background when the host starts, and asks the servers of those that run elsewhere. A model that cannot be loaded stops nothing; only a provider that was
/// demanded and is missing does, because then the settings are wrong.
/// </summary>
internal sealed class ModelWarmup(
    InferenceOptions options, ExecutionProviderSelector selector, EndpointModels endpoints, ModelHost<EmbeddingModel> embedding, ModelHost<ChatModel> chat) : BackgroundService
{
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        selector.CheckAtStart();
        return base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.LoadAtStart)
        {
            await Task.WhenAll(
                TryAsync(endpoints.Embedding is null ? cancel => LoadAsync(embedding, cancel) : endpoints.CheckEmbeddingAsync, stoppingToken),
                TryAsync(endpoints.Chat is null ? cancel => LoadAsync(chat, cancel) : endpoints.CheckChatAsync, stoppingToken)).ConfigureAwait(false);
        }
    }

    private static async Task LoadAsync<TModel>(ModelHost<TModel> host, CancellationToken cancel)
        where TModel : class, ILoadedModel =>
        (await host.RentAsync(cancel).ConfigureAwait(false)).Dispose();

    private static async Task TryAsync(Func<CancellationToken, Task> warm, CancellationToken cancel)
    {
        try
        {
            await warm(cancel).ConfigureAwait(false);
        }
        catch (InferenceException)
        {
            // Logged by the host and shown by the status; every request says it again.
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // Stopped while loading.
        }
    }
}
