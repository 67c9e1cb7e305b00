using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Rag.Retrieval.Tests.Indexing.Qdrant;

/// <summary>A real server on the loopback device that answers each request as the test's script says, down to single bytes.</summary>
internal sealed class FaultyServer : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stopping = new();
    private readonly ConcurrentQueue<Func<NetworkStream, Task>> script = new();
    private readonly SemaphoreSlim arrived = new(0);
    private readonly Task accepting;

    public FaultyServer()
    {
        listener.Start();
        accepting = AcceptAsync();
    }

    public string Url => $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}";

    /// <summary>Head and body of every request, in the order of arrival.</summary>
    public ConcurrentQueue<(string Head, string Body)> Requests { get; } = new();

    public static string Ok(string result) => $$"""{"result":{{result}},"status":"ok","time":0.0}""";

    public Task ArrivedAsync(CancellationToken cancel) => arrived.WaitAsync(cancel);

    public FaultyServer Replies(int status, string body, string contentType = "application/json", params string[] headers) => Plays(stream => WriteAsync(
        stream, status, body, body.Length == 0 ? headers : [$"Content-Type: {contentType}", .. headers], Encoding.UTF8.GetByteCount(body)));

    /// <summary>Says nothing for as long as the client waits.</summary>
    public FaultyServer KeepsSilent() => Plays(_ => Task.Delay(Timeout.Infinite, stopping.Token));

    public FaultyServer Resets() => Plays(stream =>
    {
        stream.Socket.LingerState = new LingerOption(true, 0);
        stream.Socket.Close();
        return Task.CompletedTask;
    });

    /// <summary>A head that promises more than comes.</summary>
    public FaultyServer RepliesHalf(string body) => Plays(async stream =>
    {
        await WriteAsync(stream, 200, body, ["Content-Type: application/json"], body.Length * 2);
        stream.Socket.Close();
    });

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await accepting;   // first: a listener that is stopped between two calls refuses the next one
        listener.Dispose();
        stopping.Dispose();
        arrived.Dispose();
    }

    private FaultyServer Plays(Func<NetworkStream, Task> act)
    {
        script.Enqueue(act);
        return this;
    }

    private static async Task WriteAsync(NetworkStream stream, int status, string body, IEnumerable<string> headers, int length)
    {
        var head = string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 {status} X\r\nContent-Length: {length}\r\n") + string.Concat(headers.Select(header => header + "\r\n"));
        await stream.WriteAsync(Encoding.UTF8.GetBytes(head + "\r\n" + body));
    }

    private async Task AcceptAsync()
    {
        var serving = new List<Task>();
        try
        {
            while (true)
            {
                serving.Add(ServeAsync(await listener.AcceptTcpClientAsync(stopping.Token)));
            }
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(serving);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                var stream = client.GetStream();
                while (await ReadAsync(stream) is { } request)
                {
                    Requests.Enqueue(request);
                    var act = script.TryDequeue(out var next) ? next : throw new InvalidOperationException("The script has no more.");
                    arrived.Release();
                    await act(stream);
                }
            }
            catch (Exception error) when (error is IOException or SocketException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
            {
                // the client went away, or the script says so
            }
        }
    }

    private async Task<(string Head, string Body)?> ReadAsync(NetworkStream stream)
    {
        var bytes = new List<byte>();
        var one = new byte[1];
        while (bytes.Count < 4 || !bytes[^4..].SequenceEqual("\r\n\r\n"u8.ToArray()))
        {
            if (await stream.ReadAsync(one, stopping.Token) == 0)
            {
                return null;
            }

            bytes.Add(one[0]);
        }

        var head = Encoding.ASCII.GetString([.. bytes]);
        var length = head.Split("\r\n").FirstOrDefault(line => line.StartsWith("Content-Length: ", StringComparison.OrdinalIgnoreCase));
        var body = new byte[length is null ? 0 : int.Parse(length[16..], CultureInfo.InvariantCulture)];
        await stream.ReadExactlyAsync(body, stopping.Token);
        return (head, Encoding.UTF8.GetString(body));
    }
}
