namespace Rag.Web.Admin;

/// <summary>Asks every <see cref="IStatusSource"/>, each on its own: one that fails is a line, not an error page.</summary>
internal sealed class StatusReport(IEnumerable<IStatusSource> sources, ILogger<StatusReport> logger)
{
    public async Task<IReadOnlyList<StatusSection>> ReadAsync(CancellationToken cancel)
    {
        var sections = await Task.WhenAll(sources.Select(source => ReadAsync(source, cancel)));
        return [.. sections.OrderBy(section => section.Order)];
    }

    private async Task<StatusSection> ReadAsync(IStatusSource source, CancellationToken cancel)
    {
        try
        {
            return await source.ReadAsync(cancel);
        }
        catch (Exception failure) when (failure is not OperationCanceledException || !cancel.IsCancellationRequested)
        {
            logger.StatusSourceFailed(failure, source.GetType().Name);
            return new StatusSection(int.MaxValue, source.GetType().Name, [new("State", "Could not be read; the log says why.", StatusLevel.Error)]);
        }
    }
}
