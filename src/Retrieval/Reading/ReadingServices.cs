using Microsoft.Extensions.DependencyInjection;

namespace Rag.Retrieval.Reading;

internal static class ReadingServices
{
    /// <summary>Reading whole knowledge bases: passage by passage, summarised, listed.</summary>
    public static IServiceCollection AddReading(this IServiceCollection services)
    {
        services.AddSingleton<PassageReader>();
        services.AddSingleton<IPassageReader>(provider => provider.GetRequiredService<PassageReader>());
        services.AddSingleton<IWholeReader, WholeReader>();
        return services;
    }
}
