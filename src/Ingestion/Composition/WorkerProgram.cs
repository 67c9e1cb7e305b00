using System.Globalization;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Rag.Inference;
using Rag.Inference.Tokenizers;
using Rag.Retrieval;
using Rag.Retrieval.Knowledge;

namespace Rag.Ingestion.Composition;

/// <summary>
/// A worker of its own beside the server, on the same data folder: it reads files, the server answers. Several may run, each under a name of its own.
/// The composition root of this program.
/// </summary>
internal static class WorkerProgram
{
    public const string Usage = "Usage: Rag.Ingestion work --data DIR [--name NAME] [--Section:Setting=VALUE …]\n";

    private static readonly Dictionary<string, string> Short = new() { ["--data"] = "Retrieval:DataFolder", ["--name"] = "Ingestion:WorkerName" };

    /// <returns>Null, or the sentence that says why the worker cannot start.</returns>
    public static async Task<string?> RunAsync(string[] arguments, CancellationToken cancel)
    {
        HostApplicationBuilder builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.AddCommandLine(arguments, Short);
        if (Refuse(builder.Configuration) is { } refusal)
        {
            return refusal;
        }

        string folder = Path.GetFullPath(builder.Configuration["Retrieval:DataFolder"]!);
        builder.Configuration.AddInMemoryCollection(
        [
            new("Retrieval:DataFolder", folder),
            new("Inference:LoadAtStart", "false"),   // it answers nobody: the chat model stays on the disk
            new("Ingestion:WorkerName", builder.Configuration["Ingestion:WorkerName"] ?? string.Create(CultureInfo.InvariantCulture, $"worker-{Environment.ProcessId}")),
        ]);
        AddParts(builder);
        TestStops.Add(builder, folder);
        using WorkerLock? name = WorkerLock.TryTake(folder, builder.Configuration["Ingestion:WorkerName"]!);
        if (name is null)
        {
            return $"A worker named {builder.Configuration["Ingestion:WorkerName"]} runs on {folder}. Give this one another name: --name NAME.";
        }

        try
        {
            using IHost host = builder.Build();
            await host.RunAsync(cancel);
            return null;
        }
        catch (OptionsValidationException invalid)
        {
            return string.Join(' ', invalid.Failures);
        }
    }

    private static string? Refuse(ConfigurationManager configuration)
    {
        if (string.IsNullOrWhiteSpace(configuration["Retrieval:DataFolder"]))
        {
            return "Say which data folder to work on: --data DIR, the one that the server uses.";
        }

        string folder = Path.GetFullPath(configuration["Retrieval:DataFolder"]!);
        return !File.Exists(Path.Combine(folder, "knowledge.db")) ? $"There is no knowledge database in {folder}. Start the server on this folder first."
            : configuration["Ingestion:WorkerName"] == IngestionOptions.ServersOwnWorker ? $"The name {IngestionOptions.ServersOwnWorker} belongs to the server's own worker. Choose another: --name NAME."
            : null;
    }

    private static void AddParts(HostApplicationBuilder builder)
    {
        builder.Logging.AddFilter("Microsoft.EntityFrameworkCore", LogLevel.Warning).AddFilter("System.Net.Http", LogLevel.Warning);   // every statement would be a line
        builder.Services.AddRetrieval(builder.Configuration);
        builder.Services.AddInference(builder.Configuration);
        builder.Services.AddKeyedSingleton<ITokenCounter>(ITokenCounter.Embedding, (provider, _) => new WordPieces(provider));
        builder.Services.AddKeyedSingleton<ITokenCounter>(ITokenCounter.Chat, (provider, _) => new WordPieces(provider));   // nobody asks a worker
        builder.Services.AddIngestionWorker(builder.Configuration);
    }

    private sealed class WordPieces(IServiceProvider services) : ITokenCounter
    {
        public int Count(string text) =>
            services.GetRequiredService<IEmbeddingGenerator<string, Embedding<float>>>().GetService<ITextTokenCounter>() is { } counter
                ? counter.Count(text)
                : throw new ModelUnavailableException("The embedding model is not installed.");
    }
}
