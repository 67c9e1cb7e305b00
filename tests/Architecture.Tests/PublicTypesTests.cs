namespace Rag.Architecture.Tests;

/// <summary>Public types are a reviewed text file: a new one is a decision, seen in the diff.</summary>
public sealed class PublicTypesTests
{
    [Theory]
    [InlineData("Inference")]
    [InlineData("Retrieval")]
    [InlineData("Ingestion")]
    public void PublicTypes_AreTheReviewedOnes(string project)
    {
        var found = System.Reflection.Assembly.Load($"Rag.{project}").GetExportedTypes()
            .Where(type => !type.FullName!.Contains("Migrations", StringComparison.Ordinal))
            .Select(type => type.FullName!).Order(StringComparer.Ordinal).ToList();
        var file = Path.Combine(Repository.Root, "tests", "Architecture.Tests", "PublicTypes", $"{project}.txt");
        if (Environment.GetEnvironmentVariable("DOCENT_ACCEPT_PUBLIC_TYPES") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllLines(file, found);
        }

        Assert.Equal(File.ReadAllLines(file), found);
    }
}
