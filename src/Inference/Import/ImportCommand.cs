using System.Runtime.InteropServices;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Rag.Inference.Import;

/// <summary><c>--import FILE.gguf [--name NAME] [--bits 4|8]</c>: turns the file into a model folder and ends. How far it is goes to the log, on standard error.</summary>
internal static class ImportCommand
{
    private const string Option = "--import";

    public static bool IsAsked(string[] arguments) => Array.Exists(arguments, argument => argument == Option || argument.StartsWith(Option + "=", StringComparison.Ordinal));

    /// <returns>The exit code: 0, or 1 after a sentence in the log.</returns>
    public static async Task<int> RunAsync(string[] arguments)
    {
        var services = new ServiceCollection();
        services.AddLogging(log => log.AddSimpleConsole(console => console.SingleLine = true));
        services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        var configuration = new ConfigurationBuilder().AddEnvironmentVariables().AddCommandLine(arguments).Build();
        services.AddInference(configuration);
        await using var provider = services.BuildServiceProvider();
        var logger = provider.GetRequiredService<ILoggerFactory>().CreateLogger("Docent.Import");
        using var stopping = new CancellationTokenSource();
        using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal =>
        {
            signal.Cancel = true;   // not at once: what was written is to be removed
            stopping.Cancel();
        });
        try
        {
            var model = await provider.GetRequiredService<IModelImporter>().ImportAsync(Request(configuration), new Lines(logger), stopping.Token).ConfigureAwait(false);
            logger.Imported(model.Title, model.Parameters, model.Bytes >> 20, model.ContextLength, model.Folder, model.Id);
            return 0;
        }
        catch (Exception error) when (error is InferenceException or OptionsValidationException)
        {
            logger.ImportFailed(error.Message);
        }
        catch (OperationCanceledException)
        {
            logger.ImportFailed("Called off; nothing was left behind.");
        }

        return 1;
    }

    private static ModelImportRequest Request(IConfiguration configuration)
    {
        if (string.IsNullOrWhiteSpace(configuration["import"]))
        {
            throw new InferenceException(InferenceFailure.InvalidOption, "Name the file to import: --import FILE.gguf [--name NAME] [--bits 4|8].");
        }

        return new(configuration["import"]!, configuration["name"], (configuration["bits"] ?? "8") switch
        {
            "8" => 8,
            "4" => 4,
            var other => throw new InferenceException(InferenceFailure.InvalidOption, $"A weight can have 8 or 4 bits, not {other}."),
        });
    }

    /// <summary>A line for each new stage, and one for each tenth of a long one.</summary>
    private sealed class Lines(ILogger logger) : IProgress<ModelImportProgress>
    {
        private (string Stage, int Tenth) said;

        public void Report(ModelImportProgress value)
        {
            var percent = value.Total == 0 ? 0 : (int)(value.Done * 100 / value.Total);
            if (said != (value.Stage, percent / 10))
            {
                said = (value.Stage, percent / 10);
                logger.Importing(percent, value.Stage);
            }
        }
    }
}
