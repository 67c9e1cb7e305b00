namespace Rag.Web.Data;

/// <summary>The server cannot start as configured; the message is one sentence that says what to change.</summary>
public sealed class StartRefusedException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Logs the sentence without the stack, for a start that failed before the server's own logging was up.</summary>
    public static void Report(StartRefusedException refusal)
    {
        using var factory = LoggerFactory.Create(logging => logging.AddSimpleConsole());
        factory.CreateLogger("Docent").StartRefused(refusal.Message);
    }
}
