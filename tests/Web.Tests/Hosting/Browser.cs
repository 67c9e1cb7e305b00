using System.Net;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Mvc.Testing.Handlers;
using Rag.Web.Access;

namespace Rag.Web.Tests.Hosting;

/// <summary>One visitor: keeps cookies, follows no redirect, fills in forms and reads the antiforgery token as the pages' scripts do.</summary>
internal sealed partial class Browser : IDisposable
{
    private static int _count;

    private readonly CookieContainer _cookies = new();

    public Browser(DocentServer server, bool https)
    {
        Client = server.Address is { } address
            ? new HttpClient(new SocketsHttpHandler { CookieContainer = _cookies, AllowAutoRedirect = false }) { BaseAddress = address }
            : server.CreateDefaultClient(new Uri(https ? "https://localhost" : "http://localhost"), new CookieContainerHandler(_cookies));
        var number = Interlocked.Increment(ref _count);
        Client.DefaultRequestHeaders.Add(RemoteAddressFilter.Header, $"10.0.{number / 256}.{number % 256}");
    }

    public HttpClient Client { get; }

    /// <summary>What the browser would send as its Cookie header.</summary>
    public string Cookies => _cookies.GetCookieHeader(Client.BaseAddress!);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public Task<HttpResponseMessage> GetAsync(string path) => Client.GetAsync(path, Cancel);

    public async Task<T> ReadAsync<T>(string path) => (await Client.GetFromJsonAsync<T>(path, Json.Options, Cancel))!;

    /// <summary>As a script of ours sends it: with the token of the page it is on.</summary>
    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, HttpContent? content = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        if (await TokenAsync() is { } token)
        {
            request.Headers.Add(AntiforgeryHeaderFilter.Header, token);
        }

        return await Client.SendAsync(request, Cancel);
    }

    public Task<HttpResponseMessage> SendJsonAsync(HttpMethod method, string path, object body) => SendAsync(method, path, JsonContent.Create(body));

    public async Task<T> PostJsonAsync<T>(string path, object body)
    {
        using var answer = await SendJsonAsync(HttpMethod.Post, path, body);
        Assert.True(answer.IsSuccessStatusCode, $"{path}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync(Cancel)}");
        return (await answer.Content.ReadFromJsonAsync<T>(Json.Options, Cancel))!;
    }

    public Task<HttpResponseMessage> UploadAsync(Guid assistant, string name, byte[] content) =>
        SendAsync(HttpMethod.Post, $"/api/v1/assistants/{assistant:N}/documents?name={Uri.EscapeDataString(name)}", new ByteArrayContent(content));

    /// <summary>Opens a page, fills in its form and sends it with its hidden fields.</summary>
    public Task<HttpResponseMessage> PostFormAsync(string path, Dictionary<string, string> fields) => PostFormAsync(path, path, fields);

    /// <summary>The same for a form that is sent elsewhere.</summary>
    public async Task<HttpResponseMessage> PostFormAsync(string pagePath, string target, Dictionary<string, string> fields)
    {
        var page = await Client.GetStringAsync(pagePath, Cancel);
        foreach (Match hidden in HiddenField().Matches(page))
        {
            fields.TryAdd(WebUtility.HtmlDecode(hidden.Groups["name"].Value), WebUtility.HtmlDecode(hidden.Groups["value"].Value));
        }

        return await Client.PostAsync(target, new FormUrlEncodedContent(fields), Cancel);
    }

    /// <summary>The token in the page's head; null for visitors that no cookie knows.</summary>
    public async Task<string?> TokenAsync()
    {
        foreach (var page in new[] { "/", "/sign-in" })
        {
            using var answer = await GetAsync(page);
            if (answer.StatusCode == HttpStatusCode.OK && Token().Match(await answer.Content.ReadAsStringAsync(Cancel)) is { Success: true } match)
            {
                return WebUtility.HtmlDecode(match.Groups[1].Value);
            }
        }

        return null;
    }

    public void Dispose() => Client.Dispose();

    [GeneratedRegex("""<input type="hidden" name="(?<name>[^"]+)" value="(?<value>[^"]*)"\s*/?>""")]
    private static partial Regex HiddenField();

    [GeneratedRegex("""<meta name="docent-antiforgery" content="([^"]+)"\s*/?>""")]
    private static partial Regex Token();
}
