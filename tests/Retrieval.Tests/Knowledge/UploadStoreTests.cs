using System.Security.Cryptography;
using System.Text;
using Rag.Retrieval.Knowledge;
using static Rag.Retrieval.Tests.Store;

namespace Rag.Retrieval.Tests.Knowledge;

public sealed class UploadStoreTests
{
    [Fact]
    public async Task Upload_Saved_StandsUnderItsHash()
    {
        await using var store = await OpenAsync();

        var upload = await store.UploadAsync("some bytes");

        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData("some bytes"u8)), upload.ContentHash);
        Assert.Equal(10, upload.Bytes);
        Assert.Equal([Path.Combine(upload.ContentHash[..2], upload.ContentHash[2..])], Files(store));
        using var reader = new StreamReader(store.Uploads.OpenRead(upload.ContentHash));
        Assert.Equal("some bytes", await reader.ReadToEndAsync(Cancel));
    }

    [Fact]
    public async Task Upload_LongerThanAllowed_IsNullAndLeavesNothing()
    {
        await using var store = await OpenAsync();

        Assert.Null(await store.Uploads.SaveAsync(new MemoryStream(new byte[1001]), 1000, Cancel));
        Assert.Empty(Files(store));
        Assert.NotNull(await store.Uploads.SaveAsync(new MemoryStream(new byte[1000]), 1000, Cancel));
    }

    [Fact]
    public async Task Upload_CutOff_LeavesNothing()
    {
        await using var store = await OpenAsync();

        await Assert.ThrowsAsync<IOException>(() => store.Uploads.SaveAsync(new BrokenStream(300_000), long.MaxValue, Cancel));

        Assert.Empty(Files(store));
    }

    [Fact]
    public async Task Upload_WhereTheFolderCannotBeWritten_ThrowsAndLeavesNothing()
    {
        await using var store = await OpenAsync();
        await File.WriteAllTextAsync(Path.Combine(store.Folder, "uploads"), "a file stands where the folder should be", Cancel);

        await Assert.ThrowsAnyAsync<IOException>(() => store.UploadAsync("x"));
    }

    [Theory]
    [InlineData("../../etc/passwd")]
    [InlineData("")]
    [InlineData("ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789")]
    [InlineData("../..//////////////////////////////////////////////////////////")]
    public async Task Hash_ThatIsNone_IsRefused(string hash)
    {
        await using var store = await OpenAsync();

        Assert.Throws<ArgumentException>(() => store.Uploads.OpenRead(hash));
    }

    [Fact]
    public async Task Hash_Unknown_IsNotFound()
    {
        await using var store = await OpenAsync();
        await store.UploadAsync("x");

        Assert.ThrowsAny<IOException>(() => store.Uploads.OpenRead(new string('0', 64)));
    }

    [Fact]
    public async Task Names_OfEveryKind_NeverBecomePaths()
    {
        await using var store = await OpenAsync();
        var scope = NewScope();
        string[] names =
        [
            "..\\..\\evil.pdf", "../../evil.pdf", "/etc/passwd", "C:\\Windows\\x.pdf", "CON", "a\0b.pdf", new string('x', 300) + ".pdf",
            "invoice\u202Efdp.exe", "\U0001F600.pdf", "", "   ", "a/b\\c.pdf", "report.pdf", "report.pdf",
        ];

        foreach (var name in names)
        {
            await store.AddAsync(scope, name);
        }

        var listed = await store.Library.ListAsync(scope, Cancel);
        Assert.Equal(names.Length, listed.Count);
        Assert.All(listed, status => Assert.InRange(status.FileName.Length, 1, 255));
        Assert.DoesNotContain(listed, status => status.FileName.Any(c => char.IsControl(c) || c == '\u202E'));
        Assert.Equal(2, listed.Count(status => status.FileName == "report.pdf"));
        Assert.All(Files(store), path => Assert.Matches("^[0-9a-f]{2}[/\\\\][0-9a-f]{62}$", path));
        Assert.Equal(["knowledge.db", "knowledge.db-shm", "knowledge.db-wal", "uploads"], Directory.EnumerateFileSystemEntries(store.Folder).Select(Path.GetFileName).Order());
    }

    [Fact]
    public async Task Bytes_SharedByTwoKnowledgeBases_GoWithTheLastReference()
    {
        await using var store = await OpenAsync();
        var (mine, yours) = (NewScope(), NewScope());
        var first = await store.AddAsync(mine, "a.txt", "same");
        var second = await store.AddAsync(yours, "b.txt", "same");
        Assert.Single(Files(store));

        Assert.True(await store.Library.DeleteAsync(mine, first, Cancel));
        Assert.Single(Files(store));
        await using (var original = await store.Library.OpenOriginalAsync(yours, second, null, Cancel))
        {
            Assert.NotNull(original);
        }

        Assert.True(await store.Library.DeleteAsync(yours, second, Cancel));
        Assert.Empty(Files(store));
    }

    [Fact]
    public async Task Bytes_SavedAgainWhileTheLastReferenceIsDeleted_StayForTheirNewDocument()
    {
        await using var store = await OpenAsync();
        var scope = NewScope();
        var old = await store.AddAsync(scope, "a.txt", "same");
        var upload = await store.UploadAsync("same");

        Assert.True(await store.Library.DeleteAsync(scope, old, Cancel));
        var fresh = await store.Library.AddAsync(scope, upload, "b.txt", Cancel);

        await using var original = await store.Library.OpenOriginalAsync(scope, fresh, null, Cancel);
        Assert.NotNull(original);
    }

    [Fact]
    public async Task Bytes_ThatNoDocumentCameToOwn_AreSweptAfterAnHour()
    {
        await using var store = await OpenAsync();
        var owned = await store.AddAsync(NewScope(), "kept.txt", "kept");
        await store.UploadAsync("abandoned");
        var cleaner = store.Get<UploadCleaner>();

        store.Clock.Advance(TimeSpan.FromMinutes(59));
        await cleaner.SweepAsync(Cancel);
        Assert.Equal(2, Files(store).Count);

        store.Clock.Advance(TimeSpan.FromMinutes(2));
        await cleaner.SweepAsync(Cancel);
        Assert.Equal([Path.Combine(Hash("kept")[..2], Hash("kept")[2..])], Files(store));
        Assert.NotEqual(default, owned);
    }

    [Fact]
    public async Task Document_WithoutStoredBytes_IsNotAccepted()
    {
        await using var store = await OpenAsync();
        var scope = NewScope();

        await Assert.ThrowsAsync<FileNotFoundException>(() => store.Library.AddAsync(scope, new StoredUpload(new string('a', 64), 3), "a.txt", Cancel));
        Assert.Empty(await store.Library.ListAsync(scope, Cancel));
    }

    private static string Hash(string content) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(content)));

    private static List<string> Files(Store store)
    {
        var root = Path.Combine(store.Folder, "uploads");
        return [.. Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(root, path))];
    }

    private sealed class BrokenStream(int until) : MemoryStream(new byte[until])
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            Position == Length ? throw new IOException("The connection was closed.") : base.ReadAsync(buffer, cancellationToken);
    }
}
