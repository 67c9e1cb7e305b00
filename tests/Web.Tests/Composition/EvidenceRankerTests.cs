using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Rag.Inference;
using Rag.Inference.Scoring;
using Rag.Web.Composition;

namespace Rag.Web.Tests.Composition;

public sealed class EvidenceRankerTests
{
    private static readonly string[] Sentences =
    [
        "Standard shipping takes 3 to 5 days.",
        "The refund period is 30 days from delivery.",
        "The warranty covers manufacturing defects for two years.",
    ];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Score_RealModel_PutsTheSentenceThatAnswersFirst()
    {
        await using var services = Models();
        var scores = await Over(new TranslatingChatClient(services.GetRequiredService<IChatClient>())).ScoreAsync("How long can I get a refund?", Sentences, Cancel);
        Assert.Equal(Sentences.Length, scores!.Count);
        Assert.All(scores, score => Assert.True(score < 0));
        Assert.Equal(1, scores.Index().MaxBy(score => score.Item).Index);
    }

    [Fact]
    public async Task Score_ModelMissing_IsNotAvailable()
    {
        await using var services = Models(("Inference:ChatModel", "not-there"));
        Assert.Null(await Over(services.GetRequiredService<IChatClient>()).ScoreAsync("How long?", Sentences, Cancel));
    }

    [Fact]
    public async Task Score_ChatClientWithoutScorer_IsNotAvailable() =>
        Assert.Null(await new EvidenceRanker(() => null, NullLogger<EvidenceRanker>.Instance).ScoreAsync("How long?", Sentences, Cancel));

    [Fact]
    public async Task Score_BlankQuestion_IsNotAvailable()
    {
        await using var services = Models();
        Assert.Null(await Over(services.GetRequiredService<IChatClient>()).ScoreAsync(" ", Sentences, Cancel));
    }

    [Fact]
    public async Task Score_Cancelled_Throws()
    {
        await using var services = Models();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => Over(services.GetRequiredService<IChatClient>()).ScoreAsync("How long?", Sentences, new CancellationToken(canceled: true)));
    }

    private static EvidenceRanker Over(IChatClient chat) => new(() => chat.GetService<IContinuationScorer>(), NullLogger<EvidenceRanker>.Instance);

    private static ServiceProvider Models(params (string Key, string Value)[] settings) => new ServiceCollection()
        .AddLogging()
        .AddInference(new ConfigurationBuilder().AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Key, (string?)s.Value))).Build())
        .BuildServiceProvider();
}
