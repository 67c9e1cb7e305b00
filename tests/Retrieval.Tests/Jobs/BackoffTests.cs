using Rag.Retrieval.Jobs;
using Rag.Retrieval.Knowledge;
using static Rag.Retrieval.Tests.Store;

namespace Rag.Retrieval.Tests.Jobs;

/// <summary>A cause that may pass is waited for, with growing pauses and an end.</summary>
public sealed class BackoffTests
{
    [Fact]
    public void Pauses_GrowToFiveMinutes() =>
        Assert.Equal([5, 15, 45, 135, 300, 300], Enumerable.Range(1, 6).Select(failures => Backoff.After(failures).TotalSeconds));

    [Fact]
    public async Task Postponed_IsTakenAgainAfterThePause_WithTheSameGeneration()
    {
        await using var store = await OpenAsync();
        var scope = NewScope();
        var document = await store.AddAsync(scope);
        var first = await store.LeaseAsync();

        Assert.Equal(store.Clock.GetUtcNow().UtcDateTime.AddSeconds(5), await store.Jobs.PostponeAsync(first, RefusalReason.StorageFull, Cancel));
        var waiting = await store.StatusAsync(scope, document);
        Assert.Equal((DocumentState.Stored, false, Refusals.WaitingSentence(RefusalReason.StorageFull)), (waiting.State, waiting.IsFinal, waiting.Message));
        store.Clock.Advance(TimeSpan.FromSeconds(4.9));
        Assert.Null(await store.Jobs.TryLeaseAsync("w", Cancel));
        store.Clock.Advance(TimeSpan.FromSeconds(0.1));

        var second = await store.LeaseAsync();
        Assert.Equal((first.Generation, 2), (second.Generation, second.Attempt));
        var taken = await store.StatusAsync(scope, document);
        Assert.Equal((null, null), (taken.Message, taken.RetryAt));
    }

    [Fact]
    public async Task Postponed_TooOften_EndsWithTheReason()
    {
        await using var store = await OpenAsync(settings: ("MaxTries", "3"));
        var scope = NewScope();
        var document = await store.AddAsync(scope);
        for (var i = 0; i < 2; i++)
        {
            Assert.NotNull(await store.Jobs.PostponeAsync(await store.LeaseAsync(), RefusalReason.ModelUnavailable, Cancel));
            store.Clock.Advance(TimeSpan.FromMinutes(5));
        }

        Assert.Null(await store.Jobs.PostponeAsync(await store.LeaseAsync(), RefusalReason.ModelUnavailable, Cancel));
        var failed = await store.StatusAsync(scope, document);
        Assert.Equal((DocumentState.Failed, RefusalReason.ModelUnavailable, null), (failed.State, failed.Reason, failed.RetryAt));
        Assert.True(await store.Library.RetryAsync(scope, document, Cancel));
        Assert.NotNull(await store.Jobs.PostponeAsync(await store.LeaseAsync(), RefusalReason.ModelUnavailable, Cancel));   // counted afresh
    }

    [Fact]
    public async Task Postponed_ThenCancelled_EndsAtOnce()
    {
        await using var store = await OpenAsync();
        var scope = NewScope();
        var document = await store.AddAsync(scope);
        await store.Jobs.PostponeAsync(await store.LeaseAsync(), RefusalReason.StorageBusy, Cancel);

        Assert.True(await store.Library.CancelAsync(scope, document, Cancel));

        Assert.Equal((DocumentState.Failed, RefusalReason.Cancelled), ((await store.StatusAsync(scope, document)).State, (await store.StatusAsync(scope, document)).Reason));
    }

    [Fact]
    public async Task Postponed_WhileCancellingWasAskedFor_IsCancelled()
    {
        await using var store = await OpenAsync();
        var scope = NewScope();
        var document = await store.AddAsync(scope);
        var lease = await store.LeaseAsync();
        await store.Library.CancelAsync(scope, document, Cancel);

        Assert.Null(await store.Jobs.PostponeAsync(lease, RefusalReason.StorageBusy, Cancel));

        Assert.Equal(RefusalReason.Cancelled, (await store.StatusAsync(scope, document)).Reason);
    }

    [Fact]
    public async Task Postponed_AndTheClockIsSetBackADay_IsNotForgotten()
    {
        await using var store = await OpenAsync();
        await store.AddAsync(NewScope());
        await store.Jobs.PostponeAsync(await store.LeaseAsync(), RefusalReason.StorageBusy, Cancel);
        await using var yesterday = await OpenAsync(store.Folder, new(store.Clock.GetUtcNow().AddDays(-1)));

        Assert.NotNull(await yesterday.Jobs.TryLeaseAsync("w", Cancel));
    }

    [Fact]
    public async Task Postponed_WithoutTheLease_ChangesNothing()
    {
        await using var store = await OpenAsync();
        var scope = NewScope();
        var document = await store.AddAsync(scope);
        var late = await store.LeaseAsync("w1");
        store.Clock.Advance(TimeSpan.FromSeconds(31));
        await store.LeaseAsync("w2");

        Assert.Null(await store.Jobs.PostponeAsync(late, RefusalReason.StorageFull, Cancel));
        Assert.Null((await store.StatusAsync(scope, document)).RetryAt);
    }
}
