namespace Rag.Web.Models;

internal static class ModelServices
{
    /// <summary>The Models page and its API. <see cref="IModelFolders"/> and <see cref="IModelImport"/> come from the composition root.</summary>
    public static IServiceCollection AddModels(this IServiceCollection services)
    {
        services.AddSingleton<ModelShelf>();
        services.AddSingleton<ModelUploads>();
        services.AddHostedService(provider => provider.GetRequiredService<ModelUploads>());
        services.AddSingleton<ImportBoard>();
        return services;
    }
}
