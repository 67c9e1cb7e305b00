using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Rag.Web.Data;
using Rag.Web.Models;

namespace Rag.Web.Tests.Models;

public sealed class ModelUploadsTests : IDisposable
{
    private const int Limit = 4_096;
    private const long Plenty = 1_000_000_000;

    private readonly string root = Directory.CreateTempSubdirectory("docent-uploads").FullName;
    private readonly DataFolder folder;
    private readonly ModelUploads uploads;

    public ModelUploadsTests()
    {
        folder = DataFolder.Open(Path.Combine(root, "data"));
        uploads = new(folder, Options.Create(new WebOptions { MaxModelBytes = Limit }), NullLogger<ModelUploads>.Instance) { FreeSpace = _ => Plenty };
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        folder.Dispose();
        Directory.Delete(root, recursive: true);
    }

    [Fact]
    public async Task Take_WholeFile_IsKeptUnderANameOfOurOwn()
    {
        var content = ModelWorld.Gguf(Limit);
        var taken = await TakeAsync("../../evil.gguf", content, null);
        Assert.Equal(Path.Combine(folder.Path, "imports"), Path.GetDirectoryName(taken.Path));
        Assert.DoesNotContain("evil", taken.Path, StringComparison.Ordinal);
        Assert.True(taken.IsOurs);
        Assert.Equal(content, await File.ReadAllBytesAsync(taken.Path!, Cancel));
    }

    [Theory]
    [InlineData("model.bin", "GGUF and then some more bytes", ImportProblem.WrongType, "whose name ends in .gguf")]
    [InlineData("model.gguf.exe", "GGUF and then some more bytes", ImportProblem.WrongType, "whose name ends in .gguf")]
    [InlineData(null, "GGUF and then some more bytes", ImportProblem.WrongType, "whose name ends in .gguf")]
    [InlineData("model.gguf", "MZ: a program, whatever its name says", ImportProblem.WrongType, "is not GGUF")]
    [InlineData("model.gguf", "MZ", ImportProblem.WrongType, "is not GGUF")]
    [InlineData("model.gguf", "", ImportProblem.WrongType, "empty or cut off")]
    [InlineData("model.gguf", "GG", ImportProblem.WrongType, "empty or cut off")]
    [InlineData("model.gguf", "GGUF and too short", ImportProblem.WrongType, "empty or cut off")]
    public async Task Take_WhatIsNoGguf_IsRefusedAndNotKept(string? name, string content, ImportProblem problem, string words)
    {
        var refused = await TakeAsync(name, System.Text.Encoding.ASCII.GetBytes(content), null);
        Assert.Equal((problem, null), (refused.Problem, refused.Path));
        Assert.Contains(words, refused.Sentence, StringComparison.Ordinal);
        Assert.Empty(Kept());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Take_LargerThanTheLimit_IsRefusedAndNotKept(bool announced)
    {
        var refused = await TakeAsync("model.gguf", ModelWorld.Gguf(Limit + 1), announced ? Limit + 1 : null);
        Assert.Equal(ImportProblem.TooLarge, refused.Problem);
        Assert.Contains("raise Docent:MaxModelBytes", refused.Sentence, StringComparison.Ordinal);
        Assert.Empty(Kept());
    }

    [Fact]
    public async Task Take_MoreThanTheDiskHas_IsRefusedBeforeAByteIsRead()
    {
        uploads.FreeSpace = _ => 500_000_063;   // half a gigabyte stays free for all else
        using var body = new MemoryStream(ModelWorld.Gguf());
        var refused = await uploads.TakeAsync("model.gguf", body, body.Length, Cancel);
        Assert.Equal(ImportProblem.StorageFull, refused.Problem);
        Assert.Contains("needs 64 bytes", refused.Sentence, StringComparison.Ordinal);
        Assert.Equal(0, body.Position);
    }

    [Fact]
    public async Task Take_WhileTheDiskFills_StopsAndKeepsNothing()
    {
        uploads.FreeSpace = _ => 499_999_999;
        Assert.Equal(ImportProblem.StorageFull, (await TakeAsync("model.gguf", ModelWorld.Gguf(), null)).Problem);
        uploads.FreeSpace = _ => throw new IOException("The disk is gone.");
        Assert.Equal(ImportProblem.StorageFull, (await TakeAsync("model.gguf", ModelWorld.Gguf(), null)).Problem);
        Assert.Empty(Kept());
    }

    [Fact]
    public async Task Take_ThatIsCalledOff_KeepsNothing()
    {
        using var body = new MemoryStream(ModelWorld.Gguf());
        using var stop = new CancellationTokenSource();
        var first = true;
        uploads.FreeSpace = _ =>
        {
            if (!first)
            {
                Assert.Single(Kept());   // it is being written
                stop.Cancel();
            }

            first = false;
            return Plenty;
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => uploads.TakeAsync("model.gguf", body, 64, stop.Token));
        Assert.Empty(Kept());
    }

    [Fact]
    public async Task Start_DeletesWhatAKilledServerLeft()
    {
        await uploads.StartAsync(Cancel);   // nothing there yet
        Directory.CreateDirectory(Path.Combine(folder.Path, "imports"));
        await File.WriteAllBytesAsync(Path.Combine(folder.Path, "imports", "half.gguf"), ModelWorld.Gguf(), Cancel);
        await uploads.StartAsync(Cancel);
        Assert.Empty(Kept());
    }

    [Fact]
    public void Look_AtAFileOnTheServer_FollowsLinksAndLeavesItWhereItIs()
    {
        var real = Write("real.gguf", ModelWorld.Gguf());
        var link = File.CreateSymbolicLink(Path.Combine(root, "link.gguf"), real).FullName;
        Assert.Equal((real, false, null), (ModelUploads.Look($" {link}\n").Path, ModelUploads.Look(link).IsOurs, ModelUploads.Look(link).Problem));
    }

    [Theory]
    [InlineData(null, "Write the whole path")]
    [InlineData(" ", "Write the whole path")]
    [InlineData("models/model.gguf", "Write the whole path")]
    [InlineData("/no/such/model.gguf", "no such file")]
    [InlineData("/a\0b.gguf", "Write the whole path")]
    [InlineData("{root}", "no such file")]
    [InlineData("{root}/empty.gguf", "empty")]
    [InlineData("{root}/cut.gguf", "cut off")]
    [InlineData("{root}/secret.txt", "is not GGUF")]
    [InlineData("{root}/loop.gguf", "Docent's account may not")]
    public void Look_AtWhatIsNoModel_IsASentence(string? path, string words)
    {
        Write("empty.gguf", []);
        Write("cut.gguf", ModelWorld.Gguf(20));
        Write("secret.txt", "a password, or something else that is long enough"u8.ToArray());
        File.CreateSymbolicLink(Path.Combine(root, "loop.gguf"), Path.Combine(root, "loop.gguf"));

        var refused = ModelUploads.Look(path?.Replace("{root}", root, StringComparison.Ordinal));

        Assert.Null(refused.Path);
        Assert.Contains(words, refused.Sentence, StringComparison.Ordinal);
    }

    private async Task<BroughtFile> TakeAsync(string? name, byte[] content, long? announced)
    {
        using var body = new MemoryStream(content);
        return await uploads.TakeAsync(name, body, announced, Cancel);
    }

    private string[] Kept() => Directory.Exists(Path.Combine(folder.Path, "imports")) ? Directory.GetFiles(Path.Combine(folder.Path, "imports")) : [];

    private string Write(string name, byte[] content)
    {
        var path = Path.Combine(root, name);
        File.WriteAllBytes(path, content);
        return path;
    }
}
