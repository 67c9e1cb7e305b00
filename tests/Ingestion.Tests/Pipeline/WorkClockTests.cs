using Microsoft.Extensions.Time.Testing;

namespace Rag.Ingestion.Tests.Pipeline;

/// <summary>The time left is measured or not said.</summary>
public sealed class WorkClockTests
{
    private readonly FakeTimeProvider clock = new();
    private readonly EmbeddingRate rate = new();

    [Fact]
    public void Reading_BeforeAnythingWasMeasured_SaysNothing()
    {
        WorkClock time = Begin();
        clock.Advance(TimeSpan.FromSeconds(2));
        time.Read(2);
        Assert.Null(time.PagesPerSecond);   // two pages are no rate
        time.Read(10);
        Assert.Equal(5, time.PagesPerSecond);
        Assert.Null(time.WhileReading(10, 100, 20));   // nobody knows how fast this machine embeds
    }

    [Fact]
    public void Reading_WithAKnownRate_AddsReadingAndEmbedding()
    {
        rate.Add(40, TimeSpan.FromSeconds(2));
        WorkClock time = Begin();
        clock.Advance(TimeSpan.FromSeconds(2));
        time.Read(10);

        // 90 pages at 5 pages/s, and 200 chunks, two a page, at 20 chunks/s.
        Assert.Equal(18 + 10, time.WhileReading(10, 100, 20)!.Value, 6);
    }

    [Fact]
    public void Reading_Resumed_CountsOnlyItsOwnPages()
    {
        var time = new WorkClock(rate, clock);
        time.BeginReading(1_000);
        clock.Advance(TimeSpan.FromSeconds(1));
        time.Read(1_001);
        Assert.Null(time.PagesPerSecond);
        time.Read(1_008);
        Assert.Equal(8, time.PagesPerSecond);
    }

    [Fact]
    public void Reading_FromLettersToScans_CountsWhatWasOfLate()
    {
        rate.Add(40, TimeSpan.FromSeconds(2));
        WorkClock time = Begin();
        for (int page = 1; page <= 100; page++)
        {
            clock.Advance(TimeSpan.FromSeconds(0.02));
            time.Read(page);
        }

        Assert.Equal(50, time.PagesPerSecond!.Value, 6);
        for (int page = 101; page <= 108; page++)
        {
            clock.Advance(TimeSpan.FromSeconds(5));
            time.Read(page);
        }

        Assert.Equal(0.2, time.PagesPerSecond!.Value, 6);
        clock.Advance(TimeSpan.FromSeconds(60));
        time.Read(109);
        Assert.Equal(3 / 70.0, time.PagesPerSecond!.Value, 6);   // three pages at least
        Assert.Equal(70 + (2 * 112 / 20.0), time.WhileReading(109, 112, 218)!.Value, 6);
    }

    [Fact]
    public void Embedding_FollowsTheRate()
    {
        WorkClock time = Begin();
        Assert.Null(time.WhileEmbedding(0, 100));
        rate.Add(16, TimeSpan.FromSeconds(4));
        Assert.Equal(84 / 4.0, time.WhileEmbedding(16, 100)!.Value, 6);
    }

    [Fact]
    public void Rate_ForgetsWhatWasLongAgo()
    {
        rate.Add(16, TimeSpan.FromSeconds(16));
        for (int i = 0; i < 30; i++)
        {
            rate.Add(16, TimeSpan.FromSeconds(1.6));
        }

        Assert.InRange(rate.ChunksPerSecond!.Value, 9.9, 10);
        rate.Add(0, TimeSpan.FromSeconds(1));
        rate.Add(1, TimeSpan.Zero);
        Assert.InRange(rate.ChunksPerSecond!.Value, 9.9, 10);
    }

    private WorkClock Begin()
    {
        var time = new WorkClock(rate, clock);
        time.BeginReading(0);
        return time;
    }
}
