using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Rag.Testing;

/// <summary>A person at a running server, by HTTP alone: sets it up or signs in, then uses the API as a page's script would.</summary>
public sealed partial class DocentClient : IDisposable
{
    public const string Password = "correct horse battery";

    private readonly HttpClient http;

    private DocentClient(Uri address) => http = new HttpClient(new SocketsHttpHandler { CookieContainer = new CookieContainer() }) { BaseAddress = address };

    /// <summary>Uses the set-up link of a fresh server; the caller is its owner then.</summary>
    public static async Task<DocentClient> SetUpAsync(DocentServer server)
    {
        var client = new DocentClient(server.Address);
        await client.PostFormAsync(await server.SetupLinkAsync(), new() { ["Input.Name"] = "owner", ["Input.Password"] = Password });
        await client.LoadAntiforgeryAsync();
        return client;
    }

    public static async Task<DocentClient> SignInAsync(DocentServer server)
    {
        var client = new DocentClient(server.Address);
        await client.PostFormAsync(new Uri(server.Address, "/sign-in"), new() { ["Input.Name"] = "owner", ["Input.Password"] = Password });
        await client.LoadAntiforgeryAsync();
        return client;
    }

    public async Task<Guid> CreateAssistantAsync(string name)
    {
        using var answer = await http.PostAsJsonAsync("/api/v1/assistants", new { name });
        return (await ReadAsync(answer)).GetProperty("id").GetGuid();
    }

    /// <summary>A link that never ends and asks for nothing.</summary>
    /// <returns>Its path on the server.</returns>
    public async Task<string> ShareAsync(Guid assistant)
    {
        using var answer = await http.PostAsJsonAsync($"/api/v1/assistants/{assistant}/links", new { sourcesAllowed = true });
        return (await ReadAsync(answer)).GetProperty("path").GetString()!;
    }

    public async Task<Guid> UploadAsync(Guid assistant, string fileName, byte[] bytes)
    {
        using var content = new ByteArrayContent(bytes);
        using var answer = await http.PostAsync($"/api/v1/assistants/{assistant}/documents?name={Uri.EscapeDataString(fileName)}", content);
        return (await ReadAsync(answer)).GetProperty("id").GetGuid();
    }

    public async Task<IReadOnlyList<JsonElement>> DocumentsAsync(Guid assistant)
    {
        using var answer = await http.GetAsync($"/api/v1/assistants/{assistant}/documents");
        return [.. (await ReadAsync(answer)).EnumerateArray()];
    }

    /// <summary>Waits until every file is Ready, ReadyWithWarnings or Failed. There is no event to wait for over HTTP, so it asks again.</summary>
    public async Task<IReadOnlyList<JsonElement>> WaitUntilFinalAsync(Guid assistant, TimeSpan limit, CancellationToken cancel)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        late.CancelAfter(limit);
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (true)
        {
            var documents = await DocumentsAsync(assistant);
            if (documents.All(d => d.GetProperty("state").GetString() is "Ready" or "ReadyWithWarnings" or "Failed"))
            {
                return documents;
            }

            await tick.WaitForNextTickAsync(late.Token);
        }
    }

    /// <summary>Asks and reads the answer's events as they come; <paramref name="seen"/> is called with each event's name and data.</summary>
    public async Task AskAsync(Guid assistant, string question, Action<string, JsonElement> seen, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/v1/assistants/{assistant}/conversations") { Content = JsonContent.Create(new { question }) };
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel);
        answer.EnsureSuccessStatusCode();
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync(cancel));
        var name = "message";
        while (await lines.ReadLineAsync(cancel) is { } line)
        {
            if (line.StartsWith("event: ", StringComparison.Ordinal))
            {
                name = line["event: ".Length..];
            }
            else if (line.StartsWith("data: ", StringComparison.Ordinal))
            {
                using var data = JsonDocument.Parse(line["data: ".Length..]);
                seen(name, data.RootElement.Clone());
            }
        }
    }

    public void Dispose() => http.Dispose();

    private async Task PostFormAsync(Uri page, Dictionary<string, string> fields)
    {
        var html = await http.GetStringAsync(page);
        foreach (Match hidden in HiddenField().Matches(html))
        {
            fields.TryAdd(WebUtility.HtmlDecode(hidden.Groups[1].Value), WebUtility.HtmlDecode(hidden.Groups[2].Value));
        }

        using var answer = await http.PostAsync(page, new FormUrlEncodedContent(fields));
        answer.EnsureSuccessStatusCode();
    }

    private async Task LoadAntiforgeryAsync()
    {
        var html = await http.GetStringAsync("/");
        var token = AntiforgeryToken().Match(html);
        if (!token.Success)
        {
            throw new InvalidOperationException("Not signed in: the page carries no antiforgery token.");
        }

        http.DefaultRequestHeaders.Add("X-Docent-Antiforgery", WebUtility.HtmlDecode(token.Groups[1].Value));
    }

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage answer)
    {
        var body = await answer.Content.ReadAsStringAsync();
        if (!answer.IsSuccessStatusCode)
        {
            throw new HttpRequestException($"{(int)answer.StatusCode}: {body}");
        }

        using var json = JsonDocument.Parse(body);
        return json.RootElement.Clone();
    }

    [GeneratedRegex("<input[^>]*type=\"hidden\"[^>]*name=\"([^\"]+)\"[^>]*value=\"([^\"]*)\"")]
    private static partial Regex HiddenField();

    [GeneratedRegex("<meta name=\"docent-antiforgery\" content=\"([^\"]+)\"")]
    private static partial Regex AntiforgeryToken();
}
