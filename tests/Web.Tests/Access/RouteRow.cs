namespace Rag.Web.Tests.Access;

/// <summary>What a route demands of its caller.</summary>
internal enum Need
{
    Anyone,
    SignedIn,
    Administrator,

    /// <summary>An account or a guest.</summary>
    Caller,

    /// <summary>The owner of the assistant in the route.</summary>
    Manage,

    /// <summary>The owner of the assistant in the route, or a guest of its link.</summary>
    Chat,

    /// <summary>Whose conversation or turn it is, while they may still use its assistant.</summary>
    OwnChat,
}

/// <param name="Pattern">The route's pattern without constraints.</param>
/// <param name="Body">What is sent; null = nothing.</param>
internal sealed record RouteRow(string Method, string Pattern, Need Need, object? Body = null)
{
    public bool Writes => Method is "POST" or "PUT" or "DELETE";

    public bool EndsTheSession => Pattern == "/sign-out";

    public bool IsApi => Pattern.StartsWith("/api/", StringComparison.Ordinal);

    public override string ToString() => $"{Method} {Pattern}";
}

/// <summary>Every route of the server. A route that is not here fails <see cref="RouteMatrixTests"/>.</summary>
internal static class RouteRows
{
    private const string Assistant = "/api/v1/assistants/{assistant}";
    private static readonly object AssistantBody = new { name = "Reports", instructions = "", starters = Array.Empty<string>() };
    private static readonly object LinkBody = new { sourcesAllowed = true };
    private static readonly object AskBody = new { question = "What were the net sales?" };

    public static IReadOnlyList<RouteRow> All { get; } =
    [
        new("GET", "/api/v1/assistants", Need.SignedIn),
        new("POST", "/api/v1/assistants", Need.SignedIn, AssistantBody),
        new("GET", Assistant, Need.Manage),
        new("PUT", Assistant, Need.Manage, AssistantBody),
        new("DELETE", Assistant, Need.Manage),

        new("GET", $"{Assistant}/documents", Need.Manage),
        new("POST", $"{Assistant}/documents", Need.Manage, "%PDF-1.7 and so on"),
        new("GET", $"{Assistant}/documents/{{document}}", Need.Manage),
        new("DELETE", $"{Assistant}/documents/{{document}}", Need.Manage),
        new("POST", $"{Assistant}/documents/{{document}}/cancel", Need.Manage),
        new("POST", $"{Assistant}/documents/{{document}}/retry", Need.Manage),
        new("GET", $"{Assistant}/documents/{{document}}/original", Need.Manage),
        new("PUT", $"{Assistant}/documents/{{document}}/original", Need.Manage, "%PDF-1.7 and so on, anew"),
        new("POST", $"{Assistant}/documents/{{document}}/keep", Need.Manage),
        new("GET", $"{Assistant}/documents/{{document}}/log", Need.Manage),
        new("GET", $"{Assistant}/documents/{{document}}/hidden-text", Need.Manage),
        new("GET", $"{Assistant}/documents/readiness", Need.Manage),
        new("GET", $"{Assistant}/documents/measures", Need.Manage),
        new("PUT", $"{Assistant}/documents/measures", Need.Manage, new { body = 200, prefix = 30 }),
        new("POST", $"{Assistant}/documents/read-again", Need.Manage),

        new("GET", $"{Assistant}/tests", Need.Manage),
        new("POST", $"{Assistant}/tests", Need.Manage, new { question = "What were the net sales?", document = Guid.Empty }),
        new("POST", $"{Assistant}/tests/run", Need.Manage),
        new("DELETE", $"{Assistant}/tests/{{test}}", Need.Manage),

        new("GET", $"{Assistant}/links", Need.Manage),
        new("POST", $"{Assistant}/links", Need.Manage, LinkBody),
        new("DELETE", $"{Assistant}/links/{{link}}", Need.Manage),

        new("GET", $"{Assistant}/conversations", Need.Chat),
        new("POST", $"{Assistant}/conversations", Need.Chat, AskBody),
        new("GET", "/api/v1/conversations/{conversation}", Need.OwnChat),
        new("DELETE", "/api/v1/conversations/{conversation}", Need.OwnChat),
        new("POST", "/api/v1/conversations/{conversation}/turns", Need.OwnChat, AskBody),
        new("GET", "/api/v1/turns/{turn}/events", Need.OwnChat),
        new("POST", "/api/v1/turns/{turn}/again", Need.OwnChat),
        new("POST", "/api/v1/turns/{turn}/stop", Need.OwnChat),
        new("PUT", "/api/v1/turns/{turn}/feedback", Need.OwnChat, new { feedback = 1 }),
        new("GET", "/api/v1/turns/{turn}/sources/{number}", Need.OwnChat),
        new("GET", "/api/v1/turns/{turn}/sources/{number}/original", Need.OwnChat),

        new("GET", "/api/v1/status", Need.Administrator),
        new("POST", "/api/v1/status/self-test", Need.Administrator),
        new("DELETE", "/api/v1/status/self-test", Need.Administrator),

        new("GET", "/api/v1/models", Need.Administrator),
        new("DELETE", "/api/v1/models/{model}", Need.Administrator),
        new("POST", "/api/v1/model-import", Need.Administrator, "GGUF under another name"),
        new("POST", "/api/v1/model-import/from-disk", Need.Administrator, new { path = "no-such-file.gguf" }),
        new("DELETE", "/api/v1/model-import", Need.Administrator),

        new("GET", "/", Need.SignedIn),
        new("POST", "/", Need.SignedIn),
        new("GET", "/models", Need.Administrator),
        new("POST", "/models", Need.Administrator),
        new("GET", "/status", Need.Administrator),
        new("POST", "/status", Need.Administrator),
        new("GET", "/assistants/{assistant}", Need.Manage),
        new("POST", "/assistants/{assistant}", Need.Manage),
        new("GET", "/chat/{assistant}", Need.Chat),
        new("POST", "/chat/{assistant}", Need.Chat),
        new("GET", "/chat/{assistant}/{conversation}", Need.OwnChat),
        new("POST", "/chat/{assistant}/{conversation}", Need.OwnChat),
        new("GET", "/leaving", Need.Anyone),
        new("POST", "/leaving", Need.Anyone),
        new("GET", "/sign-in", Need.Anyone),
        new("POST", "/sign-in", Need.Anyone),
        new("POST", "/sign-out", Need.SignedIn),
        new("GET", "/setup/{token}", Need.Anyone),
        new("POST", "/setup/{token}", Need.Anyone),
        new("GET", "/s/{token}", Need.Anyone),
        new("GET", "/s/{token}/passphrase", Need.Anyone),
        new("POST", "/s/{token}/passphrase", Need.Anyone),

        // The framework's: the circuit is closed to strangers. They take any method; one is enough here.
        new("GET", "/_blazor", Need.Caller),
        new("GET", "/_blazor/negotiate", Need.Caller),
        new("GET", "/_blazor/disconnect", Need.Caller),
        new("GET", "/_blazor/initializers", Need.Caller),
        new("GET", "/_framework/opaque-redirect", Need.Caller),
        new("GET", "/{**path}", Need.SignedIn),   // static files that were added after the build; absent from a publish
    ];
}
