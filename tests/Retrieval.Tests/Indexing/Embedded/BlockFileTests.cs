using System.Diagnostics;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Rag.Retrieval.Indexing.Embedded;
using Rag.Retrieval.Knowledge;

namespace Rag.Retrieval.Tests.Indexing.Embedded;

/// <summary>The file of a block: what is written is read; nothing else leads the program astray.</summary>
public sealed class BlockFileTests : IDisposable
{
    private const string KillVariable = "DOCENT_TEST_BLOCK_FOLDER";
    private readonly string folder = Directory.CreateTempSubdirectory("rag-block-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Block_SavedAndOpened_IsTheSame()
    {
        var block = Words(20, 5);

        var opened = Open(Save(block));

        Assert.Equal(block.Documents.ToArray(), opened.Documents.ToArray());
        Assert.Equal(block.Rows.ToArray(), opened.Rows.ToArray());
        Assert.Equal(block.Lengths.ToArray(), opened.Lengths.ToArray());
        for (var i = 0; i < block.Header.Terms; i++)
        {
            var term = block.Text(i).ToString();
            Assert.NotEqual(0, opened.Postings(term).Length);
            Assert.Equal(block.Postings(i).ToArray(), opened.Postings(term).ToArray());
        }

        for (var i = 0; i < block.Header.Passages; i++)
        {
            Assert.Equal(block.Full(i).ToArray(), opened.Full(i).ToArray());
        }

        Assert.Equal(0, opened.Postings("absent").Length);
    }

    [Fact]
    public void Block_JoinedFromParts_AnswersAsOneBuiltAtOnce()
    {
        var (first, second) = (Words(30, 3), Words(30, 4));
        var joined = new BlockBuilder(Blocks.Owner, 64);
        joined.Add(first, [1, 2]);   // without its first document
        joined.Add(second, [.. Enumerable.Range(0, second.Header.Documents)]);
        var parts = new LiveBlocks(
            new BaseVersion(1, 1, Blocks.Owner), [BlockView.Of(first, [1, 2]), BlockView.Of(second, [.. Enumerable.Range(0, second.Header.Documents)])]);
        var whole = Blocks.Live(joined.Build());
        string[] terms = ["w1", "w2", "w7", "nothing"];

        Assert.Equal((parts.PassageCount, parts.TermCount, parts.FileCount), (whole.PassageCount, whole.TermCount, whole.FileCount));
        Assert.Equal(Bm25.Weights(parts, terms), Bm25.Weights(whole, terms));
        Assert.Equal(Bm25.Best(parts, terms, Bm25.Weights(parts, terms), 25), Bm25.Best(whole, terms, Bm25.Weights(whole, terms), 25));
        var query = Blocks.Vectors(1, 64, 77)[0];
        Assert.Equal(VectorScan.Nearest(parts, query, 25), VectorScan.Nearest(whole, query, 25));
    }

    [Fact]
    public void File_WithAnyByteChanged_IsRefusedOrItsVectorIs()
    {
        var bytes = File.ReadAllBytes(Save(Words(4, 1)));
        var query = Blocks.Vectors(1, 64, 3)[0];
        var random = new Random(5);
        for (var round = 0; round < 600; round++)
        {
            var changed = (byte[])bytes.Clone();
            var at = random.Next(bytes.Length);
            changed[at] ^= (byte)(1 << random.Next(8));
            if (IsRead(changed, query, out _))
            {
                Assert.Fail($"A change of byte {at} was not noticed.");
            }
        }
    }

    [Fact]
    public void File_CutAnywhere_IsRefused()
    {
        var bytes = File.ReadAllBytes(Save(Words(4, 1)));
        var query = Blocks.Vectors(1, 64, 3)[0];

        Assert.All(Enumerable.Range(0, 60).Select(i => i * bytes.Length / 60), length => Assert.False(IsRead(bytes[..length], query, out _)));
        Assert.False(IsRead([.. bytes, 0], query, out _));
    }

    [Fact]
    public void File_OfSomeoneWhoKnowsTheChecksums_LeadsNoSearchOutOfIt()
    {
        var bytes = File.ReadAllBytes(Save(Words(8, 2)));
        var query = Blocks.Vectors(1, 64, 3)[0];
        var random = new Random(11);
        var (read, refused) = (0, 0);
        for (var round = 0; round < 3_000; round++)
        {
            var changed = (byte[])bytes.Clone();
            for (var i = random.Next(1, 4); i > 0; i--)
            {
                var at = 8 + (random.Next(3) == 0 ? random.Next(36) : random.Next(changed.Length - 16));
                if (random.Next(2) == 0)
                {
                    changed[at] = (byte)random.Next(256);
                }
                else
                {
                    BitConverter.TryWriteBytes(changed.AsSpan(at), random.Next(2) == 0 ? int.MaxValue : random.Next(-3, 100_000));
                }
            }

            Reseal(changed);
            if (IsRead(changed, query, out var block))
            {
                read++;
                for (var i = 0; i < block!.Header.Terms; i++)
                {
                    _ = block.Postings(block.Text(i).ToString());
                }
            }
            else
            {
                refused++;
            }
        }

        Assert.True(read > 100 && refused > 100, $"{read} read, {refused} refused: one of the two ways is not tried.");
    }

    [Fact]
    public void Noise_IsRefused()
    {
        var random = new Random(1);
        for (var i = 0; i < 200; i++)
        {
            var bytes = new byte[random.Next(2_000)];
            random.NextBytes(bytes);
            Assert.False(IsRead(bytes, new float[64], out _));
        }
    }

    [Fact]
    public void Writer_Killed_LeavesOnlyWholeFiles()
    {
        var options = Options.Create(new RetrievalOptions { DataFolder = folder });
        var blocks = new BlockFolder(options, Blocks.Owner.KnowledgeBase, NullLogger.Instance);
        var random = new Random(3);
        for (var round = 0; round < 3; round++)
        {
            var start = new ProcessStartInfo(Environment.ProcessPath!)
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                ArgumentList = { "-explicit", "only", "-method", $"{typeof(BlockFileTests).FullName}.{nameof(Writer_WithoutEnd)}" },
            };
            if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
            {
                start.ArgumentList.Insert(0, typeof(BlockFileTests).Assembly.Location);
            }

            start.Environment[KillVariable] = folder;
            using var child = Process.Start(start)!;
            child.ErrorDataReceived += (_, _) => { };
            child.BeginErrorReadLine();
            var written = random.Next(2, 6);
            while (written > 0 && child.StandardOutput.ReadLine() is { } line)
            {
                written -= line.Contains("WRITTEN", StringComparison.Ordinal) ? 1 : 0;
            }

            child.Kill();   // SIGKILL, at work on the next one
            child.WaitForExit();
            Assert.Equal(0, written);
            Assert.NotEmpty(blocks.List());
            foreach (var name in blocks.List())
            {
                Assert.NotNull(blocks.Open(name));
            }
        }

        blocks.DeleteUnfinished();
        Assert.All(Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories), file => Assert.EndsWith(".block", file, StringComparison.Ordinal));
    }

    /// <summary>Not a test of its own: <see cref="Writer_Killed_LeavesOnlyWholeFiles"/> runs it in a process that it kills.</summary>
    [Fact(Explicit = true)]
    public void Writer_WithoutEnd()
    {
        if (Environment.GetEnvironmentVariable(KillVariable) is not { } data)
        {
            return;
        }

        var blocks = new BlockFolder(Options.Create(new RetrievalOptions { DataFolder = data }), Blocks.Owner.KnowledgeBase, NullLogger.Instance);
        using var output = Console.OpenStandardOutput();
        for (var i = 0; i < 10_000; i++)
        {
            blocks.Replace([blocks.Write(Words(200, i % 7))], i % 2 == 0 ? [] : blocks.List());
            output.Write("WRITTEN\n"u8);
            output.Flush();
        }
    }

    private static PassageBlock Words(int passages, int seed)
    {
        var random = new Random(seed);
        var vectors = Blocks.Vectors(passages, 64, seed);
        var builder = new BlockBuilder(Blocks.Owner, 64);
        for (var i = 0; i < passages; i++)
        {
            if (i % 10 == 0)
            {
                builder.Begin(new LiveDocument(DocumentId.New(), 1, 10, 10, "t"));
            }

            builder.Add((seed * 1_000) + i, [.. Enumerable.Range(0, 12).Select(_ => $"w{random.Next(15)}")], vectors[i]);
        }

        return builder.Build();
    }

    private string Save(PassageBlock block)
    {
        var path = Path.Combine(folder, Guid.NewGuid().ToString("N"));
        block.Save(path);
        return path;
    }

    private static PassageBlock Open(string path) => PassageBlock.Open(path, Blocks.Owner.KnowledgeBase);

    /// <summary>Opens and searches all of it. Any other fault than the two expected ones fails the test, a crash the whole run.</summary>
    private bool IsRead(byte[] bytes, float[] query, out PassageBlock? block)
    {
        var path = Path.Combine(folder, "mutant");
        File.Delete(path);
        File.WriteAllBytes(path, bytes);
        block = null;
        try
        {
            block = Open(path);
            var live = Blocks.Live(block);
            if (block.Dimensions == query.Length)
            {
                VectorScan.Nearest(live, query, 1_000);
            }

            Bm25.Best(live, ["w1", "w2"], Bm25.Weights(live, ["w1", "w2"]), 30);
            return true;
        }
        catch (Exception error) when (error is InvalidDataException or DamagedBlockException)
        {
            return false;
        }
    }

    private static void Reseal(byte[] bytes)
    {
        ref var header = ref MemoryMarshal.AsRef<BlockHeader>(bytes.AsSpan());
        header.HeaderCheck = 0;
        try
        {
            var full = new BlockLayout(header).Full;
            header.BodyCheck = full <= bytes.Length && full >= BlockHeader.Bytes ? Crc32C.Of(bytes.AsSpan(BlockHeader.Bytes, (int)full - BlockHeader.Bytes)) : 0;
        }
        catch (OverflowException)
        {
            header.BodyCheck = 0;
        }

        header.HeaderCheck = Crc32C.Of(bytes.AsSpan(0, BlockHeader.Bytes));
    }
}
