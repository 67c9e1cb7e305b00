using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Rag.Retrieval.Indexing;
using Rag.Retrieval.Indexing.Embedded;
using Rag.Retrieval.Jobs;
using Rag.Retrieval.Knowledge;
using Rag.Retrieval.Tests.Indexing.Qdrant;
using Rag.Retrieval.Text;
using static Rag.Retrieval.Tests.Store;

namespace Rag.Retrieval.Tests.Indexing.Embedded;

/// <summary>The embedded index over a real database: its files, what is deleted, and several processes.</summary>
public sealed class EmbeddedIndexTests
{
    private static readonly (string, string) AtOnce = ("IndexFileFrom", "1");

    [Fact]
    public async Task Index_InFiles_IsOpenedByAnotherProcessWithoutReadingTheChunks()
    {
        await using var store = await OpenAsync(settings: AtOnce);
        var scope = await FilledAsync(store);
        var before = await AnswerAsync(store, scope);
        await store.Get<BlockCache>().SavedAsync(scope);
        Assert.Single(Files(store, scope));
        Same(before, await AnswerAsync(store, scope));   // from the file now
        await using (var db = await store.DatabaseAsync())
        {
            await db.Chunks.ExecuteUpdateAsync(c => c.SetProperty(x => x.Vector, Array.Empty<byte>()).SetProperty(x => x.Text, "gone"), Cancel);
        }

        await using var other = await store.AgainAsync();

        Same(before, await AnswerAsync(other, scope));
    }

    [Fact]
    public async Task Index_BelowItsLimit_HasNoFiles()
    {
        await using var store = await OpenAsync();
        var scope = await FilledAsync(store);

        await AnswerAsync(store, scope);
        await store.Get<BlockCache>().SavedAsync(scope);

        Assert.Empty(Files(store, scope));
    }

    [Theory]
    [InlineData("flip")]
    [InlineData("flip vectors")]
    [InlineData("cut")]
    [InlineData("empty")]
    [InlineData("missing")]
    [InlineData("older version")]
    [InlineData("foreign")]
    public async Task Files_Damaged_AreBuiltAgainAndAnswersStay(string damage)
    {
        await using var store = await OpenAsync(settings: AtOnce);
        var scope = await FilledAsync(store);
        var before = await AnswerAsync(store, scope);
        await store.Get<BlockCache>().SavedAsync(scope);
        var file = Assert.Single(Files(store, scope));
        Damage(file, damage);

        await using var other = await OpenAsync(store.Folder, store.Clock, settings: AtOnce);

        Same(before, await AnswerAsync(other, scope));
        await other.Get<BlockCache>().SavedAsync(scope);
        Assert.NotEqual(file, Assert.Single(Files(store, scope)));
        Same(before, await AnswerAsync(other, scope));
    }

    [Fact]
    public async Task Files_AsAKilledWriterLeavesThem_AreHarmless()
    {
        await using var store = await OpenAsync(settings: AtOnce);
        var scope = await FilledAsync(store);
        var before = await AnswerAsync(store, scope);
        await store.Get<BlockCache>().SavedAsync(scope);
        var file = Assert.Single(Files(store, scope));
        var bytes = await File.ReadAllBytesAsync(file, Cancel);
        var folder = Path.GetDirectoryName(file)!;
        await File.WriteAllBytesAsync(Path.Combine(folder, "half.tmp"), bytes[..(bytes.Length / 2)], Cancel);
        await File.WriteAllBytesAsync(Path.Combine(folder, "whole.tmp"), bytes, Cancel);
        await File.WriteAllBytesAsync(Path.Combine(folder, "0.block"), bytes, Cancel);   // renamed, the old one not yet deleted

        await using var other = await OpenAsync(store.Folder, store.Clock, settings: AtOnce);
        Same(before, await AnswerAsync(other, scope));   // no passage twice

        await store.Library.DeleteAllAsync(scope, Cancel);
        await store.Get<OutboxWorker>().DrainAsync(Cancel);
        Assert.False(Directory.Exists(folder));
    }

    [Fact]
    public async Task Document_Deleted_LeavesNoByteInTheFilesOnceTheOutboxIsEmpty()
    {
        await using var store = await OpenAsync(settings: AtOnce);
        var scope = await FilledAsync(store);
        var secret = await store.PublishAsync(scope, "Secret", [.. Enumerable.Range(0, 250).Select(i => $"canaryword{i} stands here.")]);
        await AnswerAsync(store, scope);
        await store.Get<BlockCache>().SavedAsync(scope);
        byte[] vector, kept;
        await using (var db = await store.DatabaseAsync())
        {
            vector = await db.Chunks.Where(c => c.Document == secret && c.Ordinal == 200).Select(c => c.Vector).SingleAsync(Cancel);
            kept = await db.Chunks.Where(c => c.Document != secret).OrderBy(c => c.Row).Select(c => c.Vector).FirstAsync(Cancel);
        }

        var word = System.Text.Encoding.Unicode.GetBytes("canaryword");
        Assert.True(FilesHold(store, vector) && FilesHold(store, kept) && FilesHold(store, word));

        Assert.True(await store.Library.DeleteAsync(scope, secret, Cancel));
        await store.Get<OutboxWorker>().DrainAsync(Cancel);

        Assert.False(FilesHold(store, vector) || FilesHold(store, word));
        Assert.True(FilesHold(store, kept));
        await using var other = await store.AgainAsync();
        Same(await AnswerAsync(store, scope), await AnswerAsync(other, scope));
    }

    [Fact]
    public async Task Files_OnceQdrantIsUsed_AreGoneAndComeBackWithTheEmbeddedIndex()
    {
        await using var store = await OpenAsync(settings: AtOnce);
        var scope = await FilledAsync(store);
        var before = await AnswerAsync(store, scope);
        await store.Get<BlockCache>().SavedAsync(scope);
        Assert.Single(Files(store, scope));

        await using (var qdrant = await OpenAsync(store.Folder, store.Clock, qdrant: new FakeQdrant()))
        {
            qdrant.Get<IPassageIndex>();   // deletions reach this one alone
            Assert.Empty(Files(store, scope));
        }

        await using var again = await store.AgainAsync();
        Same(before, await AnswerAsync(again, scope));
    }

    [Fact]
    public async Task Document_DeletedWhileItsBlockIsBeingWritten_DoesNotComeBack()
    {
        await using var store = await OpenAsync();
        var scope = await FilledAsync(store);
        var secret = await store.PublishAsync(scope, "Secret", "canaryword");
        await using var db = await store.DatabaseAsync();
        var live = (await store.Get<BlockCache>().LoadAsync(db, scope, Cancel))!;   // a writer begins with this
        await store.Library.DeleteAsync(scope, secret, Cancel);
        await store.Get<OutboxWorker>().DrainAsync(Cancel);

        Assert.False(await BlockMerge.SaveAsync(db, Folder(store, scope), live, Cancel));

        Assert.Empty(Files(store, scope));
        Assert.False(FilesHold(store, System.Text.Encoding.Unicode.GetBytes("canaryword")));
    }

    [Fact]
    public async Task Document_IndexedAgain_TouchesNoFileUntilItsOldPassagesAreDeleted()
    {
        await using var store = await OpenAsync(settings: ("IndexFileFrom", "20"));
        var scope = await FilledAsync(store);
        var document = await store.PublishAsync(scope, "Notice", "The gate opens at nine.");
        await AnswerAsync(store, scope);
        await store.Get<BlockCache>().SavedAsync(scope);
        var file = Assert.Single(Files(store, scope));

        await ReindexAsync(store, document, "The gate opens at ten.");
        Assert.Contains((await AnswerAsync(store, scope, "gate opens ten")).Lexical, hit => hit.Score > 0);
        await store.Get<BlockCache>().SavedAsync(scope);
        Assert.Equal(file, Assert.Single(Files(store, scope)));

        await store.Get<OutboxWorker>().DrainAsync(Cancel);
        Assert.NotEqual(file, Assert.Single(Files(store, scope)));
        await using var other = await store.AgainAsync();
        Same(await AnswerAsync(store, scope, "gate opens ten"), await AnswerAsync(other, scope, "gate opens ten"));
        Assert.Empty((await AnswerAsync(other, scope, "nine")).Lexical);
    }

    [Fact]
    public async Task KnowledgeBase_OfManySmallFiles_KeepsFewBlocks()
    {
        await using var store = await OpenAsync(settings: ("IndexFileFrom", "1000"));
        var scope = NewScope();
        await using var db = await store.DatabaseAsync();
        for (var i = 0; i < 40; i++)
        {
            await store.PublishAsync(scope, $"Note {i}", $"Note {i} about tide {i % 3}.");
            var live = (await store.Get<BlockCache>().LoadAsync(db, scope, Cancel))!;
            Assert.Equal((i + 1, i + 1), (live.PassageCount, live.FileCount));
            Assert.InRange(live.Views.Count, 1, 7);
        }
    }

    [Fact]
    public async Task Vectors_OfAnotherModel_AreReadAnewByEveryProcess()
    {
        await using var store = await OpenAsync(settings: AtOnce);
        await using var other = await OpenAsync(store.Folder, store.Clock, settings: AtOnce);
        var scope = await FilledAsync(store);
        await AnswerAsync(store, scope);
        await store.Get<BlockCache>().SavedAsync(scope);
        await AnswerAsync(other, scope);
        float[] replaced = [1, .. new float[63]];
        await using (var db = await store.DatabaseAsync())
        {
            await db.Chunks.ExecuteUpdateAsync(c => c.SetProperty(x => x.Vector, VectorBytes.Pack(replaced)), Cancel);
            await db.Settings.ExecuteUpdateAsync(s => s.SetProperty(x => x.Value, "another model, 64 dimensions"), Cancel);
        }

        await store.Get<IPassageIndex>().VectorsReplacedAsync(Cancel);

        foreach (var process in new[] { store, other })
        {
            var answer = await process.Get<IPassageIndex>().SearchAsync(scope, new IndexQuery(replaced, [], 5), Cancel);
            Assert.All(answer.Dense, hit => Assert.Equal(1, hit.Score));
            Assert.Equal(5, answer.Dense.Count);
        }
    }

    [Fact]
    public async Task Documents_OfARestoredDatabase_AreNotTakenFromNewerFiles()
    {
        await using var store = await OpenAsync(settings: AtOnce);
        var scope = NewScope();
        var document = await store.PublishAsync(scope, "Notice", "The gate opens at nine.");
        await AnswerAsync(store, scope);
        await store.Get<BlockCache>().SavedAsync(scope);
        await using (var db = await store.DatabaseAsync())
        {
            // The same generation with other content, as after a restored backup and another upload.
            await db.Chunks.ExecuteUpdateAsync(c => c.SetProperty(x => x.Text, "Bridges are closed."), Cancel);
            await db.Documents.ExecuteUpdateAsync(d => d.SetProperty(x => x.LiveTerms, 3), Cancel);
        }

        await using var restored = await store.AgainAsync();

        Assert.Single((await AnswerAsync(restored, scope, "bridges")).Lexical);
        Assert.Empty((await AnswerAsync(restored, scope, "gate")).Lexical);
    }

    [Fact]
    public async Task Searches_WhileDocumentsComeAndGo_NeverFailAndNeverShowAForeignRow()
    {
        await using var store = await OpenAsync(settings: ("IndexFileFrom", "5"));
        var (mine, yours) = (await FilledAsync(store), NewScope());
        var ended = false;
        var searches = Task.Run(async () =>
        {
            var (count, foreign) = (0, 0);
            while (!Volatile.Read(ref ended) || count < 20)
            {
                var answer = await AnswerAsync(store, mine, "river bank word3");
                await using var db = await store.DatabaseAsync();
                var rows = answer.Dense.Concat(answer.Lexical).Select(hit => hit.Row).ToList();
                foreign += await db.Chunks.CountAsync(c => rows.Contains(c.Row) && c.KnowledgeBase != mine.KnowledgeBase, Cancel);
                count++;
            }

            return foreign;
        });
        var outbox = store.Get<OutboxWorker>();
        for (var round = 0; round < 12; round++)
        {
            var gone = await store.PublishAsync(mine, $"Mine {round}", $"river bank number {round}", "another passage of word3");
            await store.PublishAsync(yours, $"Yours {round}", "river bank word3 of another", "word3 river");
            await AnswerAsync(store, yours, "river");
            if (round % 2 == 0)
            {
                await store.Library.DeleteAsync(mine, gone, Cancel);
                await outbox.DrainAsync(Cancel);
            }
        }

        Volatile.Write(ref ended, true);
        Assert.Equal(0, await searches);
        await store.Get<BlockCache>().SavedAsync(mine);
        await using var other = await store.AgainAsync();
        Same(await AnswerAsync(other, mine, "river bank word3"), await AnswerAsync(store, mine, "river bank word3"));
    }

    [Theory]
    [InlineData("§ 4.2")]
    [InlineData("A-113")]
    [InlineData("10-Q")]
    [InlineData("café")]
    [InlineData("东京塔")]
    public async Task Codes_AreFoundAsWritten(string code)
    {
        await using var store = await OpenAsync();
        var scope = NewScope();
        await store.PublishAsync(scope, "Amounts", "It cost 4.2 million and 113 pieces in Q 10.", "Nothing.");
        await store.PublishAsync(scope, "Codes", $"See {code} for it.", "Something else entirely.");

        var best = (await AnswerAsync(store, scope, code)).Lexical[0];

        await using var db = await store.DatabaseAsync();
        Assert.Contains(code, await db.Chunks.Where(c => c.Row == best.Row).Select(c => c.Text).SingleAsync(Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Migration_FromTheFullTextTables_GoesBothWays()
    {
        await using var store = await OpenAsync();
        var scope = await FilledAsync(store);
        var before = await AnswerAsync(store, scope);
        await using (var db = await store.DatabaseAsync())
        {
            var migrator = db.GetService<IMigrator>();
            await migrator.MigrateAsync("IndexOutsideTheDatabase", Cancel);
            await db.Database.ExecuteSqlRawAsync("INSERT INTO Postings(rowid, terms) VALUES (1, '1:old')", Cancel);
            await migrator.MigrateAsync(cancellationToken: Cancel);
            Assert.Equal(0, await db.Database.SqlQueryRaw<int>("SELECT COUNT(*) AS Value FROM sqlite_master WHERE name LIKE 'Posting%'").SingleAsync(Cancel));
        }

        await using var again = await store.AgainAsync();
        Same(before, await AnswerAsync(again, scope));
    }

    private static async Task<KnowledgeScope> FilledAsync(Store store)
    {
        var scope = NewScope();
        for (var i = 0; i < 3; i++)
        {
            await store.PublishAsync(scope, $"Book {i}", [.. Enumerable.Range(0, 10).Select(j => $"The river bank of chapter {j} has word{(i * j) % 7} and term{j}.")]);
        }

        return scope;
    }

    private static async Task ReindexAsync(Store store, DocumentId document, string text)
    {
        // What "read again" will do: a new generation of a document that is live.
        await using (var db = await store.DatabaseAsync())
        {
            var row = await db.Documents.SingleAsync(d => d.Id == document, Cancel);
            row.LastGeneration++;
            db.Jobs.Add(new IngestionJob
            {
                Id = Guid.CreateVersion7(), KnowledgeBase = row.KnowledgeBase, Document = document, Generation = row.LastGeneration, DueAt = store.Clock.GetUtcNow().UtcDateTime,
            });
            await db.SaveChangesAsync(Cancel);
        }

        Assert.Equal(LeaseState.Held, await store.WriteAsync(await store.LeaseAsync(), "Notice", text));
    }

    private static async Task<IndexAnswer> AnswerAsync(Store store, KnowledgeScope scope, string question = "word3 of the river bank")
    {
        var vector = await store.Get<Embedder>().QueryAsync(scope, question, Cancel);
        return await store.Get<IPassageIndex>().SearchAsync(scope, new IndexQuery(vector, [.. Terms.Of(question).Distinct()], 10), Cancel);
    }

    private static void Same(IndexAnswer expected, IndexAnswer actual)
    {
        Assert.NotEmpty(expected.Dense);
        Assert.NotEmpty(expected.Lexical);
        Assert.Equal(expected.Dense, actual.Dense);   // to the last bit
        Assert.Equal(expected.Lexical, actual.Lexical);
        Assert.Equal(expected.TermWeights, actual.TermWeights);
        Assert.Equal((expected.PassageCount, expected.FileCount), (actual.PassageCount, actual.FileCount));
    }

    private static BlockFolder Folder(Store store, KnowledgeScope scope) => new(
        store.Get<Microsoft.Extensions.Options.IOptions<RetrievalOptions>>(), scope.KnowledgeBase, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);

    private static string[] Files(Store store, KnowledgeScope scope) =>
        Path.Combine(store.Folder, "index", scope.KnowledgeBase.ToString()) is var folder && Directory.Exists(folder) ? Directory.GetFiles(folder) : [];

    private static bool FilesHold(Store store, byte[] bytes)
    {
        var folder = Path.Combine(store.Folder, "index");
        return Directory.Exists(folder)
            && Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Any(file => File.ReadAllBytes(file).AsSpan().IndexOf(bytes) >= 0);
    }

    private static void Damage(string file, string damage)
    {
        var bytes = File.ReadAllBytes(file);
        File.Delete(file);   // a new file: what is mapped by this process stays whole
        switch (damage)
        {
            case "flip":
                bytes[bytes.Length / 4] ^= 1;
                break;
            case "flip vectors":
                for (var i = bytes.Length - 2_000; i < bytes.Length; i += 256)
                {
                    bytes[i] ^= 4;
                }

                break;
            case "cut":
                bytes = bytes[..^1];
                break;
            case "empty":
                bytes = [];
                break;
            case "older version":
                bytes[8]++;
                break;
            case "foreign":
                file = file.Replace(".block", "x.block", StringComparison.Ordinal);
                bytes[45] ^= 1;
                break;
            default:
                return;
        }

        File.WriteAllBytes(file, bytes);
    }
}
