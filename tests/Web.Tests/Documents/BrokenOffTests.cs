using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Rag.Retrieval.Knowledge;
using Rag.Web.Access;
using Rag.Web.Assistants;
using Rag.Web.Documents;
using Rag.Web.Tests.Hosting;

namespace Rag.Web.Tests.Documents;

/// <summary>One server on a real port that shows a test what happens inside one request.</summary>
public sealed class WatchedServer : IAsyncLifetime
{
    internal Watch Watch { get; } = new();

    internal DocentServer Server { get; }

    internal Browser Owner { get; private set; } = null!;

    internal string Token { get; private set; } = "";

    public WatchedServer() => Server = new DocentServer
    {
        Extra = services =>
        {
            services.AddSingleton<IStartupFilter>(Watch);
            services.AddLogging(logging => logging.AddFilter<LogCollector>("Microsoft.EntityFrameworkCore", LogLevel.Debug));
            var store = services.Last(service => service.ServiceType == typeof(IUploadStore));
            services.AddSingleton<IUploadStore>(provider => new WatchedStore((IUploadStore)store.ImplementationFactory!(provider), Watch));
        },
    };

    public async ValueTask InitializeAsync()
    {
        Server.Listen();
        Server.Logs.Logged += line => Watch.Logged(line.Id);
        Owner = await Server.SignedInAsync(DocentServer.OwnerName);
        Token = (await Owner.TokenAsync())!;
    }

    public async ValueTask DisposeAsync()
    {
        Owner.Dispose();
        await Server.DisposeAsync();
    }
}

/// <summary>A request as the server sees it, from its first byte to its end.</summary>
internal sealed class Watch : IStartupFilter
{
    private static readonly AsyncLocal<bool> Inside = new();

    private TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private (int Event, Action Act)? _at;
    private CancellationToken _aborted;

    /// <summary>Bytes of the file have come.</summary>
    public TaskCompletionSource Reading { get; private set; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The server is through with the request.</summary>
    public Task Ended => _ended.Task;

    /// <summary>All bytes of the file are on the disk; the server waits for this.</summary>
    public Action? Stored { get; set; }

    public void Begin()
    {
        (Reading, _ended) = (new(TaskCreationOptions.RunContinuationsAsynchronously), new(TaskCreationOptions.RunContinuationsAsynchronously));
        (Stored, _at) = (null, null);
    }

    /// <summary>Does something at a moment inside the request's work on the database, before the server goes on.</summary>
    public void At(EventId moment, Action act) => _at = (moment.Id, act);

    public void Logged(int id)
    {
        if (Inside.Value && _at is { } at && at.Event == id)
        {
            _at = null;
            at.Act();
        }
    }

    /// <summary>Waits until the server knows that the client of the present request has gone.</summary>
    public void WaitUntilGone() => Assert.True(_aborted.WaitHandle.WaitOne(TimeSpan.FromMinutes(1)));

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use(async (context, go) =>
        {
            if (HttpMethods.IsGet(context.Request.Method))
            {
                await go(context);
                return;
            }

            (Inside.Value, _aborted) = (true, context.RequestAborted);
            try
            {
                await go(context);
                _ended.TrySetResult();
            }
            catch (Exception failure)
            {
                _ended.TrySetException(failure);
                throw;
            }
        });
        next(app);
    };
}

internal sealed class WatchedStore(IUploadStore store, Watch watch) : IUploadStore
{
    public async Task<StoredUpload?> SaveAsync(Stream content, long maxBytes, CancellationToken cancel)
    {
        var stored = await store.SaveAsync(new Read(content, watch), maxBytes, cancel);
        watch.Stored?.Invoke();
        return stored;
    }

    public Stream OpenRead(string contentHash) => store.OpenRead(contentHash);

    private sealed class Read(Stream content, Watch watch) : MemoryStream
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = await content.ReadAsync(buffer, cancellationToken);
            watch.Reading.TrySetResult();
            return read;
        }
    }
}

/// <summary>Clients that go away in the middle, over real connections: what is left is whole or nothing, and the log alarms nobody.</summary>
public sealed class BrokenOffTests : IClassFixture<WatchedServer>
{
    private const int FileBytes = 40_000;

    private readonly WatchedServer watched;

    public BrokenOffTests(WatchedServer watched)
    {
        this.watched = watched;
        watched.Watch.Begin();   // nothing of the test before
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Upload_BrokenOffInTheMiddle_LeavesNothing(bool reset)
    {
        var assistant = await NewAssistantAsync();
        var stored = Stored();
        var logged = watched.Server.Logs.Lines.Count;
        watched.Watch.Begin();

        using (var connection = await SendAsync("POST", $"{Files(assistant)}?name=report.pdf", File(FileBytes)[..10_000], FileBytes))
        {
            await watched.Watch.Reading.Task.WaitAsync(Cancel);
            Close(connection, reset);
        }

        await watched.Watch.Ended.WaitAsync(Cancel);
        Assert.Empty(await watched.Owner.ReadAsync<DocumentView[]>(Files(assistant)));
        Assert.Equal(stored, Stored());
        AssertQuiet(logged);
    }

    /// <summary>The bytes are safe by then, so the file is the assistant's, whether somebody reads the answer or not.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Upload_LeftWhenAllBytesCame_IsKeptWhole(bool atTheCommit)
    {
        var assistant = await NewAssistantAsync();
        var logged = watched.Server.Logs.Lines.Count;
        watched.Watch.Begin();
        var bytes = File(FileBytes + (atTheCommit ? 1 : 0));
        var sent = new TaskCompletionSource<Socket>();
        void Leave()
        {
            Close(sent.Task.Result, reset: true);
            watched.Watch.WaitUntilGone();
        }

        watched.Watch.Stored = atTheCommit ? () => watched.Watch.At(RelationalEventId.TransactionCommitting, Leave) : Leave;
        sent.SetResult(await SendAsync("POST", $"{Files(assistant)}?name=report.pdf", bytes, bytes.Length));

        await watched.Watch.Ended.WaitAsync(Cancel);
        var file = Assert.Single(await watched.Owner.ReadAsync<DocumentView[]>(Files(assistant)));
        Assert.Equal(("report.pdf", (long)bytes.Length, DocumentState.Stored), (file.FileName, file.Bytes, file.State));
        Assert.Equal(bytes, await watched.Owner.Client.GetByteArrayAsync($"{Files(assistant)}/{file.Id:N}/original", Cancel));
        AssertQuiet(logged);
    }

    /// <summary>A change that is not an upload is given up as a whole until it is about to be committed, and made from then on.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Deletion_LeftInTheMiddle_IsMadeOrNot(bool atTheCommit)
    {
        var assistant = await NewAssistantAsync();
        using var taken = await watched.Owner.UploadAsync(assistant, "report.pdf", File(FileBytes + 2));
        var file = Assert.Single(await watched.Owner.ReadAsync<DocumentView[]>(Files(assistant)));
        var logged = watched.Server.Logs.Lines.Count;
        watched.Watch.Begin();
        var sent = new TaskCompletionSource<Socket>();
        watched.Watch.At(atTheCommit ? RelationalEventId.TransactionCommitting : CoreEventId.SaveChangesStarting, () =>
        {
            Close(sent.Task.Result, reset: true);
            watched.Watch.WaitUntilGone();
        });

        sent.SetResult(await SendAsync("DELETE", $"{Files(assistant)}/{file.Id:N}", [], 0));

        await watched.Watch.Ended.WaitAsync(Cancel);
        Assert.Equal(atTheCommit ? 0 : 1, (await watched.Owner.ReadAsync<DocumentView[]>(Files(assistant))).Length);
        AssertQuiet(logged);
    }

    private void AssertQuiet(int before)
    {
        var lines = watched.Server.Logs.Lines.Skip(before).Where(line => line.Level > LogLevel.Information || line.Category.StartsWith("Rag.", StringComparison.Ordinal)).ToList();
        Assert.DoesNotContain(lines, line => line.Level > LogLevel.Information);
        Assert.True(lines.Count <= 1, string.Join('\n', lines));
    }

    private async Task<Socket> SendAsync(string method, string path, byte[] body, int length)
    {
        var address = watched.Server.Address!;
        var head = $"{method} {path} HTTP/1.1\r\nHost: {address.Authority}\r\nCookie: {watched.Owner.Cookies}\r\n"
            + $"{AntiforgeryHeaderFilter.Header}: {watched.Token}\r\nContent-Length: {length}\r\n\r\n";
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(address.Host, address.Port, Cancel);
        await socket.SendAsync((byte[])[.. Encoding.ASCII.GetBytes(head), .. body], Cancel);
        return socket;
    }

    /// <param name="reset">As a process that died; else as one that said good-bye.</param>
    private static void Close(Socket socket, bool reset)
    {
        if (reset)
        {
            socket.LingerState = new LingerOption(true, 0);
        }

        socket.Close();
    }

    private static byte[] File(int length)
    {
        var bytes = new byte[length];
        "%PDF-1.7\n1 0 obj"u8.CopyTo(bytes);
        return bytes;
    }

    private List<string> Stored() => [.. Directory.CreateDirectory(Path.Combine(watched.Server.Folder, "uploads")).GetFiles("*", SearchOption.AllDirectories).Select(file => file.Name).Order()];

    private static string Files(Guid assistant) => $"/api/v1/assistants/{assistant:N}/documents";

    private async Task<Guid> NewAssistantAsync() => (await watched.Owner.PostJsonAsync<AssistantView>("/api/v1/assistants", new { name = "Reports" })).Id;
}
