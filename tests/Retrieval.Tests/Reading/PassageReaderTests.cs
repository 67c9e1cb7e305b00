using Rag.Retrieval.Knowledge;
using Rag.Retrieval.Reading;

namespace Rag.Retrieval.Tests.Reading;

public sealed class PassageReaderTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Read_AllFiles_GivesEveryPassageInOrder()
    {
        await using var store = await Store.OpenAsync();
        var scope = Store.NewScope();
        var first = await store.PublishAsync(scope, "First", [.. Enumerable.Range(0, 70).Select(i => $"Paragraph {i} of the first file.")]);
        store.Clock.Advance(TimeSpan.FromSeconds(1));
        var second = await store.PublishAsync(scope, "Second", "One.", "Two.");
        var reader = store.Get<IPassageReader>();

        var plan = await reader.PlanAsync(scope, null, Cancel);
        var read = await reader.ReadAsync(scope, plan, Cancel).ToListAsync(Cancel);

        Assert.Equal(72, plan.Passages);
        Assert.Equal([(first, 70), (second, 2)], plan.Files.Select(f => (f.Document, f.Passages)));
        Assert.Equal([.. Enumerable.Range(0, 70), 0, 1], read.Select(p => p.Ordinal));
        Assert.Equal("Paragraph 69 of the first file.", read[69].Passage.Text);
        Assert.Equal(new PageRange(70, 70), read[69].Passage.Pages);
        Assert.All(read, p => Assert.Equal(1, p.Vector.ToArray().Sum(x => x * x), 3));
    }

    [Fact]
    public async Task Read_ForeignScope_FindsNothing()
    {
        await using var store = await Store.OpenAsync();
        var (scope, other) = (Store.NewScope(), Store.NewScope());
        var document = await store.PublishAsync(scope, "Mine", "A secret sentence.");
        var reader = store.Get<IPassageReader>();

        var plan = await reader.PlanAsync(scope, null, Cancel);

        Assert.Empty((await reader.PlanAsync(other, null, Cancel)).Files);
        Assert.Empty((await reader.PlanAsync(other, document, Cancel)).Files);
        Assert.Empty(await reader.ReadAsync(other, plan, Cancel).ToListAsync(Cancel));   // a plan is no key
    }

    [Fact]
    public async Task Read_OneFile_LeavesOutTheOthers()
    {
        await using var store = await Store.OpenAsync();
        var scope = Store.NewScope();
        await store.PublishAsync(scope, "First", "One.");
        var second = await store.PublishAsync(scope, "Second", "Two.");
        var reader = store.Get<IPassageReader>();

        var plan = await reader.PlanAsync(scope, second, Cancel);

        Assert.Equal(["Two."], (await reader.ReadAsync(scope, plan, Cancel).ToListAsync(Cancel)).Select(p => p.Passage.Text));
    }

    [Fact]
    public async Task Read_FileDeletedMeanwhile_EndsThere()
    {
        await using var store = await Store.OpenAsync();
        var scope = Store.NewScope();
        var document = await store.PublishAsync(scope, "First", [.. Enumerable.Range(0, 80).Select(i => $"Paragraph {i}.")]);
        await store.PublishAsync(scope, "Second", "Still here.");
        var reader = store.Get<IPassageReader>();
        var plan = await reader.PlanAsync(scope, null, Cancel);

        var read = new List<string>();
        await foreach (var passage in reader.ReadAsync(scope, plan, Cancel))
        {
            if (read.Count == 0)
            {
                await store.Library.DeleteAsync(scope, document, Cancel);
            }

            read.Add(passage.Passage.Text);
        }

        Assert.Equal(PassageReader.BatchSize + 1, read.Count);
        Assert.Equal("Still here.", read[^1]);
    }
}
