using Rag.Retrieval.Jobs;
using Rag.Retrieval.Knowledge;
using static Rag.Retrieval.Tests.Store;

namespace Rag.Retrieval.Tests.Jobs;

public sealed class JobQueueTests
{
    private static readonly TimeSpan PastLease = TimeSpan.FromSeconds(31);
    private static readonly IngestionProgress Reading = new(DocumentState.Extracting, 1, 4);

    [Fact]
    public async Task Document_Added_WaitsAsStored()
    {
        await using var store = await OpenAsync();
        var scope = NewScope();

        var document = await store.AddAsync(scope, "report.pdf");

        var status = await store.StatusAsync(scope, document);
        Assert.Equal((DocumentState.Stored, 0, "report"), (status.State, status.Attempt, status.Title));
        Assert.False(status.IsSearchable);
        Assert.Equal(DateTimeKind.Utc, status.CreatedAt.Kind);
    }

    [Fact]
    public async Task Job_Leased_CarriesWhatTheWorkerNeedsAndIsGivenOnce()
    {
        await using var store = await OpenAsync();
        var scope = NewScope();
        var upload = await store.UploadAsync("hello");
        var document = await store.Library.AddAsync(scope, upload, "hello.txt", Cancel);

        var lease = await store.LeaseAsync("w1");

        Assert.Equal(
            (document, scope, 1, 1, upload.ContentHash, "hello.txt", 5L, "w1"),
            (lease.Document, lease.Scope, lease.Attempt, lease.Generation, lease.ContentHash, lease.FileName, lease.Bytes, lease.Owner));
        Assert.Null(await store.Jobs.TryLeaseAsync("w2", Cancel));
        Assert.Equal(1, (await store.StatusAsync(scope, document)).Attempt);
    }

    [Fact]
    public async Task Progress_Renewed_IsSeenByTheOwner()
    {
        await using var store = await OpenAsync();
        var scope = NewScope();
        var document = await store.AddAsync(scope);
        var lease = await store.LeaseAsync();

        foreach (var state in new[] { DocumentState.Extracting, DocumentState.Chunking, DocumentState.Embedding, DocumentState.Indexing })
        {
            store.Clock.Advance(TimeSpan.FromSeconds(5));
            Assert.Equal(LeaseState.Held, await store.Jobs.RenewAsync(lease, new IngestionProgress(state, 3, 4, 5, 6), Cancel));
            var status = await store.StatusAsync(scope, document);
            Assert.Equal((state, store.Clock.GetUtcNow().UtcDateTime), (status.State, status.StateSince));
            Assert.Equal((3, 4, 5, 6), (status.PagesDone, status.PageCount, status.ChunksDone, status.ChunkCount));
        }
    }

    [Fact]
    public async Task Progress_WithAFinalState_IsRefused()
    {
        await using var store = await OpenAsync();
        await store.AddAsync(NewScope());
        var lease = await store.LeaseAsync();

        await Assert.ThrowsAsync<ArgumentException>(() => store.Jobs.RenewAsync(lease, new IngestionProgress(DocumentState.Ready), Cancel));
    }

    [Fact]
    public async Task Lease_RenewedInTime_StaysLongerThanOneLease()
    {
        await using var store = await OpenAsync();
        await store.AddAsync(NewScope());
        var lease = await store.LeaseAsync("w1");

        for (var i = 0; i < 5; i++)
        {
            store.Clock.Advance(TimeSpan.FromSeconds(25));
            Assert.Equal(LeaseState.Held, await store.Jobs.RenewAsync(lease, Reading, Cancel));
            Assert.Null(await store.Jobs.TryLeaseAsync("w2", Cancel));
        }
    }

    [Fact]
    public async Task Lease_RenewedAfterAnotherWorkerTookIt_IsLostAndChangesNothing()
    {
        await using var store = await OpenAsync();
        var scope = NewScope();
        var document = await store.AddAsync(scope);
        var late = await store.LeaseAsync("w1");
        store.Clock.Advance(PastLease);
        var current = await store.LeaseAsync("w2");

        Assert.Equal((1, 2), (late.Attempt, current.Attempt));
        Assert.Equal(late.Generation, current.Generation);
        Assert.Equal(LeaseState.Lost, await store.Jobs.RenewAsync(late, new IngestionProgress(DocumentState.Embedding, 9, 9, 9, 9), Cancel));
        Assert.False(await store.Jobs.FailAsync(late, RefusalReason.Damaged, Cancel));
        await store.Jobs.ReturnAsync(late, Cancel);

        var status = await store.StatusAsync(scope, document);
        Assert.Equal((DocumentState.Stored, 2, 0), (status.State, status.Attempt, status.PagesDone));
        Assert.Equal(LeaseState.Held, await store.Jobs.RenewAsync(current, Reading, Cancel));
    }

    [Fact]
    public async Task Lease_RunOutButNotTaken_IsStillHeld()
    {
        await using var store = await OpenAsync();
        await store.AddAsync(NewScope());
        var lease = await store.LeaseAsync();
        store.Clock.Advance(PastLease);

        Assert.Equal(LeaseState.Held, await store.Jobs.RenewAsync(lease, Reading, Cancel));
        Assert.Null(await store.Jobs.TryLeaseAsync("w2", Cancel));
    }

    [Fact]
    public async Task Lease_WhenTheClockIsSetBackADay_IsTakenOverAtOnce()
    {
        var folder = Directory.CreateTempSubdirectory().FullName;
        await using var tomorrow = await OpenAsync(folder, new(new DateTimeOffset(2026, 3, 2, 12, 0, 0, TimeSpan.Zero)));
        await tomorrow.AddAsync(NewScope());
        var late = await tomorrow.LeaseAsync("w1");
        await using var today = await OpenAsync(folder, new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero)));

        Assert.NotNull(await today.Jobs.TryLeaseAsync("w2", Cancel));
        Assert.Equal(LeaseState.Lost, await tomorrow.Jobs.RenewAsync(late, Reading, Cancel));
    }

    [Fact]
    public async Task Document_LeftByItsWorkerThreeTimes_FailsAndOthersGoOn()
    {
        await using var store = await OpenAsync();
        var scope = NewScope();
        var poison = await store.AddAsync(scope, "poison.pdf");
        for (var crash = 1; crash <= 3; crash++)
        {
            Assert.Equal((poison, crash), (await store.LeaseAsync()) is var lease ? (lease.Document, lease.Attempt) : default);
            store.Clock.Advance(PastLease);
        }

        var other = await store.AddAsync(scope, "fine.pdf");
        Assert.Equal(other, (await store.LeaseAsync()).Document);
        Assert.Null(await store.Jobs.TryLeaseAsync("w", Cancel));

        var status = await store.StatusAsync(scope, poison);
        Assert.Equal((DocumentState.Failed, RefusalReason.WorkerCrashed, 3), (status.State, status.Reason, status.Attempt));
        Assert.Equal(Refusals.Sentence(RefusalReason.WorkerCrashed), status.Message);
    }

    [Fact]
    public async Task Worker_Restarted_FreesItsOwnLeasesOnlyAndCountsACrash()
    {
        await using var store = await OpenAsync();
        var scope = NewScope();
        var mine = await store.AddAsync(scope);
        Assert.Equal(mine, (await store.LeaseAsync("me")).Document);
        var theirs = await store.AddAsync(scope);
        var their = await store.LeaseAsync("them");
        Assert.Equal(theirs, their.Document);

        for (var crash = 1; crash <= 2; crash++)
        {
            await store.Jobs.ReleaseOwnedAsync("me", Cancel);
            var again = await store.LeaseAsync("me");
            Assert.Equal((mine, crash + 1), (again.Document, again.Attempt));
        }

        await store.Jobs.ReleaseOwnedAsync("me", Cancel);
        Assert.Null(await store.Jobs.TryLeaseAsync("me", Cancel));
        Assert.Equal(RefusalReason.WorkerCrashed, (await store.StatusAsync(scope, mine)).Reason);
        Assert.Equal(LeaseState.Held, await store.Jobs.RenewAsync(their, Reading, Cancel));
    }

    [Fact]
    public async Task Job_ReturnedOnShutdown_CountsNoCrash()
    {
        await using var store = await OpenAsync();
        var scope = NewScope();
        var document = await store.AddAsync(scope);
        for (var i = 1; i <= 6; i++)
        {
            var lease = await store.LeaseAsync();
            Assert.Equal(i, lease.Attempt);
            Assert.Equal(LeaseState.Held, await store.Jobs.RenewAsync(lease, Reading, Cancel));
            await store.Jobs.ReturnAsync(lease, Cancel);
            Assert.Equal(LeaseState.Lost, await store.Jobs.RenewAsync(lease, Reading, Cancel));
            var status = await store.StatusAsync(scope, document);
            Assert.Equal((DocumentState.Stored, 0), (status.State, status.PagesDone));
        }
    }

    [Fact]
    public async Task Job_Failed_EndsWithTheSentenceAndCanBeRetriedAfresh()
    {
        await using var store = await OpenAsync();
        var scope = NewScope();
        var document = await store.AddAsync(scope);
        var first = await store.LeaseAsync();
        Assert.Equal(LeaseState.Held, await store.Jobs.RenewAsync(first, Reading, Cancel));

        Assert.True(await store.Jobs.FailAsync(first, RefusalReason.Encrypted, Cancel));
        var failed = await store.StatusAsync(scope, document);
        Assert.Equal((DocumentState.Failed, RefusalReason.Encrypted, Refusals.Sentence(RefusalReason.Encrypted)), (failed.State, failed.Reason, failed.Message));
        Assert.Null(await store.Jobs.TryLeaseAsync("w", Cancel));

        Assert.True(await store.Library.RetryAsync(scope, document, Cancel));
        var waiting = await store.StatusAsync(scope, document);
        Assert.Equal((DocumentState.Stored, 0, 0), (waiting.State, waiting.Attempt, waiting.PagesDone));
        Assert.Null(waiting.Reason);
        Assert.Null(waiting.Message);

        var second = await store.LeaseAsync();
        Assert.Equal((1, 2), (second.Attempt, second.Generation));
        Assert.Equal(LeaseState.Lost, await store.Jobs.RenewAsync(first, Reading, Cancel));   // the same attempt number of an ended job
        Assert.False(await store.Jobs.FailAsync(first, RefusalReason.Damaged, Cancel));
        Assert.False(await store.Library.RetryAsync(scope, document, Cancel));
    }

    [Fact]
    public async Task Cancel_WhileWaiting_EndsTheJobAtOnce()
    {
        await using var store = await OpenAsync();
        var scope = NewScope();
        var document = await store.AddAsync(scope);

        Assert.True(await store.Library.CancelAsync(scope, document, Cancel));

        Assert.Equal(RefusalReason.Cancelled, (await store.StatusAsync(scope, document)).Reason);
        Assert.Null(await store.Jobs.TryLeaseAsync("w", Cancel));
        Assert.False(await store.Library.CancelAsync(scope, document, Cancel));
        Assert.True(await store.Library.RetryAsync(scope, document, Cancel));
        Assert.Equal(document, (await store.LeaseAsync()).Document);
    }

    [Theory]
    [InlineData(DocumentState.Extracting)]
    [InlineData(DocumentState.Chunking)]
    [InlineData(DocumentState.Embedding)]
    [InlineData(DocumentState.Indexing)]
    public async Task Cancel_WhileWorkedOn_IsToldToTheWorkerWithItsNextWrite(DocumentState stage)
    {
        await using var store = await OpenAsync();
        var scope = NewScope();
        var document = await store.AddAsync(scope);
        var lease = await store.LeaseAsync();
        Assert.Equal(LeaseState.Held, await store.Jobs.RenewAsync(lease, new IngestionProgress(stage), Cancel));

        Assert.True(await store.Library.CancelAsync(scope, document, Cancel));

        Assert.Equal(LeaseState.CancelRequested, await store.Jobs.RenewAsync(lease, new IngestionProgress(stage), Cancel));
        Assert.Equal(LeaseState.CancelRequested, await store.WriteAsync(lease, "t", "text"));
        Assert.True(await store.Jobs.FailAsync(lease, RefusalReason.Cancelled, Cancel));
        Assert.Equal(RefusalReason.Cancelled, (await store.StatusAsync(scope, document)).Reason);
    }

    [Fact]
    public async Task Cancel_WhenTheWorkerDies_StillEndsAsCancelled()
    {
        await using var store = await OpenAsync();
        var scope = NewScope();
        var document = await store.AddAsync(scope);
        await store.LeaseAsync();
        Assert.True(await store.Library.CancelAsync(scope, document, Cancel));
        store.Clock.Advance(PastLease);

        Assert.Null(await store.Jobs.TryLeaseAsync("w2", Cancel));
        Assert.Equal(RefusalReason.Cancelled, (await store.StatusAsync(scope, document)).Reason);
    }

    [Fact]
    public async Task Cancel_OfALeaseThatRanOut_EndsAtOnce()
    {
        await using var store = await OpenAsync();
        var scope = NewScope();
        var document = await store.AddAsync(scope);
        var lease = await store.LeaseAsync();
        store.Clock.Advance(PastLease);

        Assert.True(await store.Library.CancelAsync(scope, document, Cancel));

        Assert.Equal(DocumentState.Failed, (await store.StatusAsync(scope, document)).State);
        Assert.Equal(LeaseState.Lost, await store.Jobs.RenewAsync(lease, Reading, Cancel));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(DocumentState.Extracting)]
    [InlineData(DocumentState.Chunking)]
    [InlineData(DocumentState.Embedding)]
    [InlineData(DocumentState.Indexing)]
    public async Task Delete_InEachStage_MakesTheWorkersNextWriteFindTheLeaseLost(DocumentState? stage)
    {
        await using var store = await OpenAsync();
        var scope = NewScope();
        var document = await store.AddAsync(scope);
        var lease = await store.LeaseAsync();
        if (stage is { } state)
        {
            Assert.Equal(LeaseState.Held, await store.Jobs.RenewAsync(lease, new IngestionProgress(state), Cancel));
        }

        Assert.True(await store.Library.DeleteAsync(scope, document, Cancel));

        Assert.Null(await store.Library.FindAsync(scope, document, Cancel));
        Assert.Equal(LeaseState.Lost, await store.Jobs.RenewAsync(lease, Reading, Cancel));
        Assert.Equal(LeaseState.Lost, await store.WriteAsync(lease, "t", "text"));
        Assert.False(await store.Jobs.FailAsync(lease, RefusalReason.Damaged, Cancel));
        Assert.Null(await store.Jobs.TryLeaseAsync("w2", Cancel));
    }

    [Fact]
    public async Task Queue_SmallFile_OvertakesALargeOneButNotForEver()
    {
        await using var store = await OpenAsync();
        var scope = NewScope();
        var large = await store.Library.AddAsync(scope, (await store.UploadAsync("x")) with { Bytes = 50_000_000 }, "large.pdf", Cancel);
        store.Clock.Advance(TimeSpan.FromMinutes(1));
        var small = await store.AddAsync(scope, "small.txt");
        store.Clock.Advance(TimeSpan.FromMinutes(10));
        var late = await store.AddAsync(scope, "late.txt");

        var order = new[] { await store.LeaseAsync(), await store.LeaseAsync(), await store.LeaseAsync() };
        Assert.Equal([small, large, late], order.Select(lease => lease.Document));
    }

    [Fact]
    public async Task LargeFile_AtWork_MakesWayForASmallOneAndGoesOnAfterIt()
    {
        await using var store = await OpenAsync();
        var scope = NewScope();
        var large = await store.Library.AddAsync(scope, (await store.UploadAsync("x")) with { Bytes = 5_000_000 }, "large.pdf", Cancel);
        var first = await store.LeaseAsync();
        Assert.False(await store.Jobs.MakeWayAsync(first, Cancel));
        await store.Library.AddAsync(scope, (await store.UploadAsync("y")) with { Bytes = 2_000_000 }, "nearly as large.pdf", Cancel);
        Assert.False(await store.Jobs.MakeWayAsync(first, Cancel));

        store.Clock.Advance(TimeSpan.FromSeconds(2));
        var small = await store.AddAsync(scope, "small.txt");
        Assert.True(await store.Jobs.MakeWayAsync(first, Cancel));
        Assert.False(await store.Jobs.MakeWayAsync(first, Cancel));   // not held any more
        Assert.Equal((DocumentState.Stored, Refusals.SmallerFirst), (await store.StatusAsync(scope, large)) is var put ? (put.State, put.Message) : default);
        Assert.Equal(LeaseState.Lost, await store.Jobs.RenewAsync(first, Reading, Cancel));
        Assert.Equal(small, (await store.LeaseAsync()).Document);
        await store.LeaseAsync();
        var again = await store.LeaseAsync();
        Assert.Equal((large, first.Generation, 2), (again.Document, again.Generation, again.Attempt));
        Assert.Null((await store.StatusAsync(scope, large)).Message);

        store.Clock.Advance(TimeSpan.FromMinutes(2));
        await store.AddAsync(scope, "late.txt");
        Assert.False(await store.Jobs.MakeWayAsync(again, Cancel));   // it came too late to be first
        await store.Jobs.RenewAsync(again, Reading, Cancel);
    }

    [Fact]
    public async Task Wait_WhenAJobIsAdded_EndsAtOnce()
    {
        await using var store = await OpenAsync();
        var wait = store.Jobs.WaitForWorkAsync(Cancel);
        Assert.False(wait.IsCompleted);

        await store.AddAsync(NewScope());

        await wait.WaitAsync(TimeSpan.FromSeconds(10), Cancel);
    }

    [Fact]
    public async Task Wait_WithoutASignal_EndsAfterASecondForJobsOfOtherProcesses()
    {
        await using var store = await OpenAsync();
        var wait = store.Jobs.WaitForWorkAsync(Cancel);
        Assert.False(wait.IsCompleted);

        store.Clock.Advance(TimeSpan.FromSeconds(1));

        await wait.WaitAsync(TimeSpan.FromSeconds(10), Cancel);
    }

    [Fact]
    public async Task Wait_Cancelled_Throws()
    {
        await using var store = await OpenAsync();
        using var stop = new CancellationTokenSource();
        var wait = store.Jobs.WaitForWorkAsync(stop.Token);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait);
    }

    [Fact]
    public async Task SecondsLeft_AsTheWorkerExpectsThem_RunDownWithTheClock()
    {
        await using var store = await OpenAsync();
        var scope = NewScope();
        var document = await store.AddAsync(scope);
        var lease = await store.LeaseAsync();
        await store.Jobs.RenewAsync(lease, Reading with { PagesPerSecond = 8 }, Cancel);
        var reading = await store.StatusAsync(scope, document);
        Assert.Equal((8.0, null), (reading.PagesPerSecond, reading.SecondsLeft));

        await store.Jobs.RenewAsync(lease, Reading with { RecognisingPage = 2 }, Cancel);
        Assert.Equal(2, (await store.StatusAsync(scope, document)).RecognisingPage);

        await store.Jobs.RenewAsync(lease, new IngestionProgress(DocumentState.Embedding, 4, 4, 20, 100, SecondsLeft: 40), Cancel);
        Assert.Null((await store.StatusAsync(scope, document)).RecognisingPage);
        store.Clock.Advance(TimeSpan.FromSeconds(5));
        var embedding = await store.StatusAsync(scope, document);
        Assert.Equal((null, 35.0), (embedding.PagesPerSecond, embedding.SecondsLeft));

        await store.Jobs.RenewAsync(lease, new IngestionProgress(DocumentState.Embedding, 4, 4, 20, 100, SecondsLeft: 3), Cancel);
        store.Clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(1, (await store.StatusAsync(scope, document)).SecondsLeft);   // late, but not negative
        store.Clock.Advance(TimeSpan.FromSeconds(20));
        Assert.Null((await store.StatusAsync(scope, document)).SecondsLeft);   // its worker is silent
    }

    [Fact]
    public async Task Leases_AskedForBySeveralWorkersAtOnce_GiveEachJobOnce()
    {
        await using var one = await OpenAsync();
        await using var two = await one.AgainAsync();
        var scope = NewScope();
        for (var i = 0; i < 10; i++)
        {
            await one.AddAsync(scope);
        }

        var leases = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => Task.Run(() => (i % 2 == 0 ? one : two).Jobs.TryLeaseAsync($"w{i}", Cancel))));

        var taken = leases.OfType<JobLease>().Select(lease => lease.Document).ToList();
        Assert.Equal(10, taken.Count);
        Assert.Equal(10, taken.Distinct().Count());
    }
}
