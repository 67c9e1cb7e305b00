using Rag.Retrieval.Indexing;
using Rag.Retrieval.Knowledge;
using static Rag.Retrieval.Tests.Store;

namespace Rag.Retrieval.Tests.Indexing.Embedded;

/// <summary>T26, G5: what one tenant finds, and every score of it, is the same whatever another tenant stores.</summary>
public sealed class TwoTenantTests
{
    private const int Searches = 10_000;
    private const int Rounds = 10;

    [Fact]
    public async Task Searches_OfTenThousand_HaveNoForeignRowAndScoresThatNeverMove()
    {
        await using var store = await OpenAsync(settings: ("IndexFileFrom", "40"));
        var (mine, yours) = (NewScope(), NewScope());
        var random = new Random(7);
        for (var i = 0; i < 6; i++)
        {
            await store.PublishAsync(mine, $"Mine {i}", Paragraphs(random, 20));
        }

        HashSet<long> own;
        await using (var db = await store.DatabaseAsync())
        {
            own = [.. db.Chunks.Where(c => c.KnowledgeBase == mine.KnowledgeBase).Select(c => c.Row)];
        }

        var index = store.Get<IPassageIndex>();
        var queries = Enumerable.Range(0, Searches / Rounds).Select(_ => Query(random)).ToList();
        var first = new List<IndexAnswer>();
        var theirs = new List<DocumentId>();
        var (foreign, moved, found) = (0, 0, 0);
        for (var round = 0; round < Rounds; round++)
        {
            for (var i = 0; i < queries.Count; i++)
            {
                var answer = await index.SearchAsync(mine, queries[i], Cancel);
                foreign += answer.Dense.Concat(answer.Lexical).Count(hit => !own.Contains(hit.Row));
                found += answer.Dense.Count + answer.Lexical.Count;
                if (round == 0)
                {
                    first.Add(answer);
                }
                else if (!Same(first[i], answer))
                {
                    moved++;
                }
            }

            // The other tenant's files come, go and say the same words; their index is searched and written to files.
            theirs.Add(await store.PublishAsync(yours, $"Yours {round}", Paragraphs(random, 30)));
            await index.SearchAsync(yours, queries[round], Cancel);
            if (round % 3 == 2)
            {
                await store.Library.DeleteAsync(yours, theirs[round - 1], Cancel);
                await store.Get<OutboxWorker>().DrainAsync(Cancel);
            }
        }

        Assert.Equal((0, 0), (foreign, moved));
        Assert.True(found > Searches * 20, $"Only {found} hits: the searches say little.");
    }

    private static bool Same(IndexAnswer a, IndexAnswer b) =>
        a.Dense.SequenceEqual(b.Dense) && a.Lexical.SequenceEqual(b.Lexical) && a.TermWeights.SequenceEqual(b.TermWeights)
        && (a.PassageCount, a.FileCount) == (b.PassageCount, b.FileCount);

    private static string[] Paragraphs(Random random, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => string.Join(' ', Enumerable.Range(0, 25).Select(_ => Word(random))))];

    private static IndexQuery Query(Random random) =>
        new(Blocks.Normal(random, 64), [.. Enumerable.Range(0, 4).Select(_ => Word(random)).Distinct()], 30);

    private static string Word(Random random) => $"w{random.Next(1, 200) * random.Next(1, 6)}";
}
