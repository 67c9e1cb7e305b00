using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Rag.Web.Access;
using Rag.Web.Chat;
using Rag.Web.Models;

namespace Rag.Web.Tests.Models;

public sealed class ImportBoardTests : IAsyncLifetime
{
    private static readonly ImportWish Wish = new("tiny", 4);

    private ModelWorld world = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private ImportBoard Board => world.Board;

    public async ValueTask InitializeAsync() => world = await ModelWorld.CreateAsync();

    public ValueTask DisposeAsync() => world.DisposeAsync();

    [Fact]
    public async Task Upload_HoldsThePlaceFromItsFirstByte_AndIsImported()
    {
        var done = world.UntilAsync(ImportState.Done);
        using var body = new HeldBody(ModelWorld.Gguf(100_000));
        var upload = Board.UploadAsync(ModelWorld.Admin, Wish, "some/Tiny.GGUF", body, null, Cancel);
        await body.Asked.WaitAsync(ModelWorld.Patience, Cancel);
        Assert.Equal((ImportState.Receiving, "Tiny.GGUF"), ((await world.ReadAsync()).State, (await world.ReadAsync()).File));

        Assert.Equal(ImportProblem.Busy, (await Board.FromDiskAsync(ModelWorld.Admin, Wish, world.FileOnDisk(), Cancel)).Problem);
        using var second = new HeldBody(ModelWorld.Gguf());
        Assert.Equal(new(ImportProblem.Busy, ImportBoard.BusySentence), await Board.UploadAsync(ModelWorld.Admin, Wish, "b.gguf", second, 64, Cancel));
        Assert.False(second.Asked.IsCompleted);   // not a byte of it was read

        body.Release();
        Assert.Null((await upload).Problem);
        await done;
        Assert.Equal(("tiny", 4, "Tiny.GGUF"), (world.Importer.Order!.Name, world.Importer.Order.WeightBits, world.Importer.Order.FileName));
        Assert.Equal(ModelWorld.Gguf(100_000), world.Importer.Bytes);
        Assert.Equal(ScriptedImport.Model, (await world.ReadAsync()).Model);
        Assert.Empty(world.Kept());

        await Board.DismissAsync(ModelWorld.Admin, Cancel);
        Assert.Equal(ImportState.None, (await world.ReadAsync()).State);
    }

    [Fact]
    public async Task FromDisk_WhileItRuns_IsBusyAndNotDismissed_AndItsFileStays()
    {
        var (done, release) = (world.UntilAsync(ImportState.Done), new TaskCompletionSource<ImportedFolder>());
        world.Importer.Work = (_, _) => release.Task;
        var file = world.FileOnDisk();
        Assert.Null((await Board.FromDiskAsync(ModelWorld.Admin, new(), $" {file} ", Cancel)).Problem);
        Assert.Equal(ImportProblem.Busy, (await Board.FromDiskAsync(ModelWorld.Admin, new(), file, Cancel)).Problem);
        await Board.DismissAsync(ModelWorld.Admin, Cancel);
        Assert.Equal(ImportState.Running, (await world.ReadAsync()).State);

        release.SetResult(ScriptedImport.Model);
        await done;
        Assert.Null(world.Importer.Order!.Name);   // as the file says
        Assert.True(File.Exists(file));
    }

    [Fact]
    public async Task Cancel_DuringTheUpload_KeepsNothingAndFreesThePlace()
    {
        using var body = new HeldBody(ModelWorld.Gguf());
        var upload = Board.UploadAsync(ModelWorld.Admin, Wish, "tiny.gguf", body, null, Cancel);
        await body.Asked.WaitAsync(ModelWorld.Patience, Cancel);

        Assert.True(await Board.CancelAsync(ModelWorld.Admin, Cancel));

        Assert.Equal(ImportProblem.Cancelled, (await upload).Problem);
        Assert.Equal(ImportState.Cancelled, (await world.ReadAsync()).State);
        Assert.Empty(world.Kept());
        Assert.Null(world.Importer.Order);
        Assert.Null((await Board.FromDiskAsync(ModelWorld.Admin, Wish, world.FileOnDisk(), Cancel)).Problem);
    }

    [Fact]
    public async Task Cancel_DuringTheImport_DeletesTheUpload()
    {
        var cancelled = world.UntilAsync(ImportState.Cancelled);
        world.Importer.Work = ScriptedImport.Forever;
        using var body = new MemoryStream(ModelWorld.Gguf());
        await Board.UploadAsync(ModelWorld.Admin, Wish, "tiny.gguf", body, 64, Cancel);
        Assert.Single(world.Kept());

        await Board.CancelAsync(ModelWorld.Admin, Cancel);
        await cancelled;

        Assert.Empty(world.Kept());
    }

    [Fact]
    public async Task Upload_WhoseSenderLeaves_IsForgotten()
    {
        using var left = new CancellationTokenSource();
        using var body = new HeldBody(ModelWorld.Gguf());
        var upload = Board.UploadAsync(ModelWorld.Admin, Wish, "tiny.gguf", body, null, left.Token);
        await body.Asked.WaitAsync(ModelWorld.Patience, Cancel);
        await left.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => upload);

        Assert.Equal(ImportState.None, (await world.ReadAsync()).State);
        Assert.Empty(world.Kept());
        Assert.Null((await Board.FromDiskAsync(ModelWorld.Admin, Wish, world.FileOnDisk(), Cancel)).Problem);
    }

    [Theory]
    [InlineData(true, "This file is cut off.")]
    [InlineData(false, "The import failed, and nothing was kept. The log says why.")]
    public async Task Import_ThatFails_SaysWhyAndAnotherCanStart(bool known, string sentence)
    {
        var failed = world.UntilAsync(ImportState.Failed);
        world.Importer.Work = (_, _) => throw (known ? new ModelException(ModelFailure.Unavailable, sentence) : new InvalidDataException("/secret/path"));
        using var body = new MemoryStream(ModelWorld.Gguf());
        await Board.UploadAsync(ModelWorld.Admin, Wish, "tiny.gguf", body, 64, Cancel);
        await failed;

        Assert.Equal(("tiny.gguf", sentence), ((await world.ReadAsync()).File, (await world.ReadAsync()).Problem));
        Assert.Empty(world.Kept());
        Assert.Null((await Board.FromDiskAsync(ModelWorld.Admin, Wish, world.FileOnDisk(), Cancel)).Problem);
    }

    [Fact]
    public async Task Progress_SaysHowFarAndHowLongYet()
    {
        var done = world.UntilAsync(ImportState.Done);
        var views = new List<ImportView>();
        world.Importer.Work = (progress, _) =>
        {
            void Step(string stage, long at, int seconds)
            {
                progress.Report(new(stage, at, at == 0 && views.Count == 0 ? 0 : 1_000));
                world.Clock.Advance(TimeSpan.FromSeconds(seconds));
                views.Add(Board.ReadAsync(ModelWorld.Admin, Cancel).GetAwaiter().GetResult()!);
            }

            Step("reading the file", 0, 1);
            Step("writing layer 1 of 2", 0, 1);
            Step("writing layer 1 of 2", 100, 3);
            Step("writing layer 2 of 2", 400, 1);
            return Task.FromResult(ScriptedImport.Model);
        };
        await Board.FromDiskAsync(ModelWorld.Admin, Wish, world.FileOnDisk(), Cancel);
        await done;

        Assert.Equal([null, 0, 10, 40], views.Select(view => view.Percent));
        Assert.Equal([null, null, null, 6], views.Select(view => view.SecondsLeft));   // 400 in 4 seconds; after one second nothing is said yet
        Assert.Equal("40 % · a few seconds left", ModelWords.Pace(views[3]));
        Assert.Equal("Importing tiny.gguf, 40 percent.", ModelWords.Spoken(views[3] with { Done = 456 }));
    }

    [Theory]
    [InlineData("../tiny", 8)]
    [InlineData(".hidden", 8)]
    [InlineData("a b", 8)]
    [InlineData("end.", 8)]
    [InlineData("tiny", 5)]
    public async Task Wish_ThatCannotBe_IsRefusedBeforeAByteIsRead(string name, int bits)
    {
        using var body = new HeldBody(ModelWorld.Gguf());
        var start = await Board.UploadAsync(ModelWorld.Admin, new(name, bits), "tiny.gguf", body, null, Cancel);
        Assert.Equal(ImportProblem.Invalid, start.Problem);
        Assert.EndsWith(".", start.Sentence, StringComparison.Ordinal);
        Assert.False(body.Asked.IsCompleted);
        Assert.Equal(ImportState.None, (await world.ReadAsync()).State);
    }

    [Fact]
    public async Task Anything_ByWhoIsNoAdministrator_IsNotTheirs()
    {
        world.Importer.Work = ScriptedImport.Forever;
        await Board.FromDiskAsync(ModelWorld.Admin, Wish, world.FileOnDisk(), Cancel);
        foreach (var stranger in new[] { ModelWorld.Other, new Caller(null, new GuestId(Guid.NewGuid())), Caller.Anonymous })
        {
            using var body = new HeldBody(ModelWorld.Gguf());
            Assert.Null(await Board.ReadAsync(stranger, Cancel));
            Assert.Equal(new(ImportProblem.NotAllowed, null), await Board.UploadAsync(stranger, Wish, "tiny.gguf", body, 64, Cancel));
            Assert.Equal(new(ImportProblem.NotAllowed, null), await Board.FromDiskAsync(stranger, Wish, "/etc/passwd", Cancel));
            Assert.False(await Board.CancelAsync(stranger, Cancel));
            var shelf = world.Services.GetRequiredService<ModelShelf>();
            Assert.Null(await shelf.ReadAsync(stranger, Cancel));
            Assert.Equal(RemoveResult.NotFound, (await shelf.RemoveAsync(stranger, "tiny", Cancel)).Result);
            Assert.False(body.Asked.IsCompleted);
        }

        Assert.Equal(ImportState.Running, (await world.ReadAsync()).State);
    }

    [Fact]
    public async Task Server_ThatStops_EndsTheImport()
    {
        var ended = world.UntilAsync(ImportState.Cancelled);
        world.Importer.Work = ScriptedImport.Forever;
        await Board.FromDiskAsync(ModelWorld.Admin, Wish, world.FileOnDisk(), Cancel);
        world.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();
        await ended;
    }

    /// <summary>A body that gives nothing before it is released; says when it is first read.</summary>
    private sealed class HeldBody(byte[] content) : MemoryStream(content)
    {
        private readonly TaskCompletionSource asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource released = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Asked => asked.Task;

        public void Release() => released.TrySetResult();

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            asked.TrySetResult();
            await released.Task.WaitAsync(cancellationToken);
            return await base.ReadAsync(buffer, cancellationToken);
        }
    }
}
