using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Rag.Retrieval.Jobs;
using Rag.Retrieval.Knowledge;

namespace Rag.Ingestion.Tests.Pipeline;

public sealed class LeaseKeeperTests
{
    private static readonly JobLease Lease =
        new(Guid.NewGuid(), DocumentId.New(), KnowledgeScope.For(KnowledgeBaseId.New()), 1, 1, new string('a', 64), "a.txt", 1, "local/1");

    private readonly FakeTimeProvider clock = new();

    [Fact]
    public async Task Lease_WhileTheWorkWaits_IsRenewedByTheClock()
    {
        var jobs = new CountingQueue();
        await using LeaseKeeper keeper = Keep(jobs);
        await jobs.RenewedAsync(1);
        for (int renewals = 2; renewals < 6; renewals++)
        {
            Task next = jobs.RenewedAsync(renewals);
            while (!next.IsCompleted)
            {
                clock.Advance(TimeSpan.FromMilliseconds(250));
                await Task.Yield();
            }
        }

        Assert.InRange(clock.GetUtcNow() - clock.Start, TimeSpan.FromSeconds(8), TimeSpan.FromSeconds(300));
        Assert.False(keeper.Work.IsCancellationRequested);
    }

    [Theory]
    [InlineData(LeaseState.Lost)]
    [InlineData(LeaseState.CancelRequested)]
    public async Task Work_WhenTheLeaseIsNotHeld_IsCancelled(LeaseState found)
    {
        await using LeaseKeeper keeper = Keep(new CountingQueue { Found = found });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Task.Delay(Timeout.Infinite, keeper.Work));
        Assert.Equal(found, keeper.State);
        Assert.ThrowsAny<OperationCanceledException>(() => keeper.Require(LeaseState.Held));
    }

    [Fact]
    public async Task Queue_ThatFailsOnce_DoesNotEndTheWork()
    {
        var jobs = new CountingQueue { Failures = 1 };
        await using LeaseKeeper keeper = Keep(jobs);
        keeper.Report(new IngestionProgress(DocumentState.Extracting, 1, 2));
        Task renewed = jobs.RenewedAsync(2);
        while (!renewed.IsCompleted)
        {
            clock.Advance(TimeSpan.FromMilliseconds(250));
            await Task.Yield();
        }

        Assert.False(keeper.Work.IsCancellationRequested);
    }

    [Fact]
    public async Task TimeLeft_OfAReportThatIsRenewed_RunsDown()
    {
        var jobs = new CountingQueue();
        await using LeaseKeeper keeper = Keep(jobs);
        await jobs.RenewedAsync(1);
        keeper.Report(new IngestionProgress(DocumentState.Embedding, 1, 1, 2, 4, SecondsLeft: 5));
        double last = 6;
        for (int renewals = 2; last > 0; renewals++)
        {
            Task next = jobs.RenewedAsync(renewals);
            while (!next.IsCompleted)
            {
                clock.Advance(TimeSpan.FromMilliseconds(250));
                await Task.Yield();
            }

            double left = jobs.Last!.SecondsLeft ?? 0;   // in the end: more than was expected, so nothing is said
            Assert.InRange(left, 0, last - 0.2);
            last = left;
        }
    }

    private LeaseKeeper Keep(IJobQueue jobs) =>
        new(jobs, Lease, new IngestionProgress(DocumentState.Extracting), TimeSpan.FromSeconds(2), clock, NullLogger.Instance, CancellationToken.None);

    /// <summary>Stands in for a queue whose answers and faults the test decides.</summary>
    private sealed class CountingQueue : IJobQueue
    {
        private readonly Lock gate = new();
        private readonly List<(int Count, TaskCompletionSource Done)> waiting = [];
        private int renewals;

        public LeaseState Found { get; init; } = LeaseState.Held;

        public int Failures { get; set; }

        public IngestionProgress? Last { get; private set; }

        public Task RenewedAsync(int count)
        {
            lock (gate)
            {
                var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                if (renewals >= count)
                {
                    done.SetResult();
                }
                else
                {
                    waiting.Add((count, done));
                }

                return done.Task;
            }
        }

        public Task<LeaseState> RenewAsync(JobLease lease, IngestionProgress progress, CancellationToken cancel)
        {
            lock (gate)
            {
                renewals++;
                Last = progress;
                waiting.FindAll(entry => entry.Count <= renewals).ForEach(entry => entry.Done.TrySetResult());
                return Failures-- > 0 ? throw new InvalidOperationException("database is locked") : Task.FromResult(Found);
            }
        }

        public Task ReleaseOwnedAsync(string owner, CancellationToken cancel) => throw new NotSupportedException();

        public Task<JobLease?> TryLeaseAsync(string owner, CancellationToken cancel) => throw new NotSupportedException();

        public Task WaitForWorkAsync(CancellationToken cancel) => throw new NotSupportedException();

        public Task NoteAsync(JobLease lease, string text, CancellationToken cancel) => throw new NotSupportedException();

        public Task<DateTime?> PostponeAsync(JobLease lease, RefusalReason reason, CancellationToken cancel) => throw new NotSupportedException();

        public Task<bool> MakeWayAsync(JobLease lease, CancellationToken cancel) => throw new NotSupportedException();

        public Task<bool> FailAsync(JobLease lease, RefusalReason reason, CancellationToken cancel) => throw new NotSupportedException();

        public Task ReturnAsync(JobLease lease, CancellationToken cancel) => throw new NotSupportedException();
    }
}
