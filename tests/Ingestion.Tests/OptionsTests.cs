namespace Rag.Ingestion.Tests;

public sealed class OptionsTests
{
    private static readonly IngestionOptionsValidator Validator = new();

    [Fact]
    public void Defaults_AreValid() => Assert.True(Validator.Validate(null, new IngestionOptions()).Succeeded);

    [Fact]
    public void Values_OutOfBounds_AreNamed()
    {
        Assert.Contains("ParallelJobs", Validator.Validate(null, new IngestionOptions { ParallelJobs = 17 }).FailureMessage, StringComparison.Ordinal);
        Assert.Contains("WorkerName", Validator.Validate(null, new IngestionOptions { WorkerName = "A b" }).FailureMessage, StringComparison.Ordinal);
    }

    [Fact]
    public void Chunks_ThatWouldNotFitTheModel_AreRefused()
    {
        Assert.Contains("ChunkTokens", Validator.Validate(null, new IngestionOptions { ChunkTokens = 400 }).FailureMessage, StringComparison.Ordinal);
    }

    [Fact]
    public void PageCap_AboveTheFileCap_IsRefused()
    {
        Assert.True(Validator.Validate(null, new IngestionOptions { FileTimeoutSeconds = 5 }).Failed);
    }
}
