using Rag.Inference.Chat;

namespace Rag.Inference.Tests.Chat;

public sealed class SamplerTests
{
    private static readonly GenerationSettings Plain = new(10, 0, 1, null, 1, 1, 0, 0, []);

    [Fact]
    public void Next_TemperatureZero_TakesTheGreatest() => Assert.Equal(2, new Sampler(Plain, new HashSet<int>()).Next([1, 3, 5, 4]));

    [Fact]
    public void Next_RepetitionPenalty_TurnsToAnotherTokenButSparesTheFreeOnes()
    {
        var sampler = new Sampler(Plain with { RepetitionPenalty = 2 }, new HashSet<int> { 0 });
        Assert.Equal(1, sampler.Next([3, 5]));
        Assert.Equal(0, sampler.Next([3, 5]));    // 5 / 2 < 3
        Assert.Equal(0, sampler.Next([3, 5]));    // 0 is free
    }

    [Fact]
    public void Next_RepetitionPenaltyOnNegativeLogit_MakesItLessLikely()
    {
        var sampler = new Sampler(Plain with { RepetitionPenalty = 2 }, new HashSet<int>());
        Assert.Equal(1, sampler.Next([-3, -2]));
        Assert.Equal(0, sampler.Next([-3, -2]));
    }

    [Fact]
    public void Next_FreeTokenOverAndOver_EndsInSpiteOfIt()
    {
        var sampler = new Sampler(Plain with { RepetitionPenalty = 1.1f }, new HashSet<int> { 1 });
        Assert.Equal([1, 1, 1, 1, 1, 1, 0], Enumerable.Range(0, 7).Select(_ => sampler.Next([20, 25])));
    }

    [Fact]
    public void Next_FrequencyPenalty_GrowsWithEachUse()
    {
        var sampler = new Sampler(Plain with { FrequencyPenalty = 1 }, new HashSet<int>());
        Assert.Equal([1, 1, 1, 0], Enumerable.Range(0, 4).Select(_ => sampler.Next([3, 5.5f])));
    }

    [Fact]
    public void Next_Temperature_DrawsInProportion()
    {
        var sampler = new Sampler(Plain with { Temperature = 1, Seed = 3 }, new HashSet<int>());
        var ones = Enumerable.Range(0, 4_000).Count(_ => sampler.Next([0, MathF.Log(3), -50]) == 1);
        Assert.InRange(ones, 2_880, 3_120);   // 3 : 1, four standard deviations
    }

    [Fact]
    public void Next_TopP_DrawsFromTheSmallestSetThatReachesIt()
    {
        // Shares 0.5, 0.3, 0.2.
        var sampler = new Sampler(Plain with { Temperature = 1, TopP = 0.7f }, new HashSet<int>());
        var drawn = Enumerable.Range(0, 400).Select(_ => sampler.Next([MathF.Log(0.2f), MathF.Log(0.5f), MathF.Log(0.3f)])).ToHashSet();
        Assert.Equal([1, 2], drawn.Order());
    }

    [Fact]
    public void Next_TopK_DrawsFromTheBest()
    {
        var sampler = new Sampler(Plain with { Temperature = 2, TopK = 1 }, new HashSet<int>());
        Assert.All(Enumerable.Range(0, 100), _ => Assert.Equal(1, sampler.Next([1, 1.1f, 1])));
    }

    // One token weighs as much as 1,000 of the 5,000 others: most of what may be drawn lies far below the best.
    [Theory]
    [InlineData(1f, null, 0f, 5.0 / 6, 5_000)]
    [InlineData(1f, 101, 0f, 0.1 / 1.1, 100)]
    [InlineData(0.5f, null, 0f, 2.0 / 3, 2_000)]
    [InlineData(0.5f, 900, 0f, 0, 0)]
    [InlineData(1f, null, 0.0009f, 5.0 / 6, 5_000)]
    [InlineData(1f, null, 0.002f, 0, 0)]
    public void Next_ManyLightTokens_AreDrawnByTheirShareWithinTheCuts(float topP, int? topK, float minP, double share, int most)
    {
        const int Draws = 4_000;
        var sampler = new Sampler(Plain with { Temperature = 1, TopP = topP, TopK = topK, MinP = minP, Seed = 9 }, new HashSet<int>());
        var light = new List<int>();
        for (var i = 0; i < Draws; i++)
        {
            var logits = new float[5_001];
            logits[77] = MathF.Log(1_000);
            light.AddRange(new[] { sampler.Next(logits) }.Where(token => token != 77));
        }

        Assert.Equal(share, (double)light.Count / Draws, 4 * Math.Sqrt(share * (1 - share) / Draws));
        Assert.InRange(light.Distinct().Count(), Math.Min(most, 1) * Math.Min(most, light.Count) / 3, most);
    }

    [Fact]
    public void Next_NotANumber_Fails() => Assert.Equal(
        InferenceFailure.Failed, Assert.Throws<InferenceException>(() => new Sampler(Plain, new HashSet<int>()).Next([1, float.NaN, 2])).Reason);
}
