using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;

namespace Rag.Web.Accounts;

/// <summary>
/// Once the server listens: says where, and prints the set-up link when there is no account yet or <c>--reset-owner</c> was given.
/// The link goes to the console and never through a logger, because logs are kept and shipped.
/// </summary>
internal sealed class SetupLinkPrinter(
    IServer server,
    IServiceScopeFactory scopes,
    SetupTickets tickets,
    IConfiguration configuration,
    IOptions<WebOptions> options,
    IHostApplicationLifetime lifetime,
    [FromKeyedServices(SetupLinkPrinter.Console)] TextWriter console,
    ILogger<SetupLinkPrinter> logger) : IHostedLifecycleService
{
    /// <summary>Key of the <see cref="TextWriter"/> that the link is written to.</summary>
    public const string Console = "console";

    private const string ResetSwitch = "reset-owner";

    /// <summary>The configuration's command line wants a value after each switch, and would take the next switch for it.</summary>
    public static string[] Spell(string[] args) => [.. args.Select(arg => arg == $"--{ResetSwitch}" ? $"--{ResetSwitch}=true" : arg)];

    public async Task StartedAsync(CancellationToken cancellationToken)
    {
        var address = options.Value.PublicBaseUrl?.TrimEnd('/') ?? ListeningAddress();
        await using var scope = scopes.CreateAsyncScope();
        var exists = await scope.ServiceProvider.GetRequiredService<OwnerAccount>().ExistsAsync(cancellationToken);
        if (!exists || configuration.GetValue<bool>(ResetSwitch))
        {
            var token = await tickets.IssueAsync(exists ? SetupPurpose.ResetOwner : SetupPurpose.CreateOwner, cancellationToken);
            var sentence = exists ? "To set a new password, open this link once:" : "To set up Docent, open this link once:";
            await console.WriteLineAsync($"\n  {sentence}\n\n    {address}/setup/{token}\n");
        }
        else
        {
            await tickets.ClearAsync(cancellationToken);
        }

        lifetime.ApplicationStarted.Register(() => logger.Ready(address));
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private string ListeningAddress()
    {
        var first = server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() ?? "http://localhost";
        // A wildcard is where the server listens, not where a browser can go.
        return first.Replace("://[::]", "://localhost", StringComparison.Ordinal)
            .Replace("://0.0.0.0", "://localhost", StringComparison.Ordinal)
            .Replace("://+", "://localhost", StringComparison.Ordinal)
            .Replace("://*", "://localhost", StringComparison.Ordinal)
            .TrimEnd('/');
    }

    [SuppressMessage("ApiDesign", "RS0030:Do not use banned APIs", Justification = "The set-up link must not reach a log.")]
    internal static TextWriter SystemConsole() => System.Console.Out;
}
