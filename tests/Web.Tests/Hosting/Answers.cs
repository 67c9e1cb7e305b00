namespace Rag.Web.Tests.Hosting;

internal static class Answers
{
    /// <summary>Where an answer sends the browser: a path of this server, or the whole address of another.</summary>
    public static string? Target(this HttpResponseMessage answer) =>
        answer.Headers.Location is not { } location ? null
        : location is { IsAbsoluteUri: true, IsLoopback: true } ? location.PathAndQuery
        : location.ToString();
}
