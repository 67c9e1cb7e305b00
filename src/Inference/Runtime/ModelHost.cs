using Microsoft.Extensions.Logging;

namespace Rag.Inference.Runtime;

/// <summary>A model in memory.</summary>
internal interface ILoadedModel : IDisposable
{
    ProviderChoice Provider { get; }
}

/// <summary>
/// Loads one model at its first use, in the background, once for all callers; a failure is kept for a few seconds and then tried again, so
/// that a file put back needs no restart. The model is freed when the host is disposed and its last user has left.
/// </summary>
internal sealed class ModelHost<TModel>(string id, Func<TModel> load, TimeProvider clock, ILogger logger) : IDisposable
    where TModel : class, ILoadedModel
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(3);

    private readonly Lock gate = new();
    private Task<TModel>? loading;
    private TModel? ready;
    private InferenceException? failure;
    private DateTimeOffset failedAt;
    private int users;
    private bool disposed;

    public string Id => id;

    public (ModelState State, string? Message, ProviderChoice? Provider) Status
    {
        get
        {
            lock (gate)
            {
                return ready is not null ? (ModelState.Ready, null, ready.Provider)
                    : failure is not null ? (ModelState.Failed, failure.Message, null)
                    : (loading is null ? ModelState.NotLoaded : ModelState.Loading, null, null);
            }
        }
    }

    /// <summary>The model, for as long as the result is not disposed.</summary>
    /// <exception cref="InferenceException">Unavailable.</exception>
    public async Task<Rental> RentAsync(CancellationToken cancel)
    {
        Task<TModel> task;
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            if (failure is not null && clock.GetUtcNow() - failedAt < RetryAfter)
            {
                throw new InferenceException(failure.Reason, failure.Message, failure);
            }

            if (failure is not null)
            {
                (loading, failure) = (null, null);
            }

            users++;
            task = loading ??= Task.Run(Load, CancellationToken.None);
        }

        try
        {
            return new Rental(this, await task.WaitAsync(cancel).ConfigureAwait(false));
        }
        catch
        {
            Return();
            throw;
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            disposed = true;
            FreeUnused();
        }
    }

    private TModel Load()
    {
        var start = clock.GetTimestamp();
        try
        {
            var model = load();
            lock (gate)
            {
                ready = model;
                FreeUnused();
            }

            logger.ModelLoaded(id, clock.GetElapsedTime(start).TotalSeconds, model.Provider.Provider, model.Provider.Reason);
            return model;
        }
        catch (Exception error)
        {
            var known = error as InferenceException
                ?? new InferenceException(InferenceFailure.Unavailable, $"The model {id} could not be loaded: {error.Message}", error);
            lock (gate)
            {
                (failure, failedAt) = (known, clock.GetUtcNow());
            }

            logger.ModelFailed(id, known.Message);
            throw known;
        }
    }

    private void Return()
    {
        lock (gate)
        {
            users--;
            FreeUnused();
        }
    }

    private void FreeUnused()
    {
        if (disposed && users == 0 && ready is not null)
        {
            ready.Dispose();
            ready = null;
        }
    }

    internal sealed class Rental(ModelHost<TModel> host, TModel model) : IDisposable
    {
        private int returned;

        public TModel Model => model;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref returned, 1) == 0)
            {
                host.Return();
            }
        }
    }
}
