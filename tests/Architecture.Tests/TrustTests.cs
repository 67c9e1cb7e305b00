using System.Text.RegularExpressions;

namespace Rag.Architecture.Tests;

/// <summary>Doors that must stay single: scopes, markup, the console.</summary>
public sealed partial class TrustTests
{
    private static readonly string[] Projects = ["Inference", "Ingestion", "Retrieval", "Web"];

    [Fact]
    public void KnowledgeScope_IsMadeByAccessPolicyAndTheJobRowAlone() =>
        Assert.All(
            Files(source => ScopeMaker().IsMatch(source)),
            path => Assert.True(path == "src/Web/Access/AccessPolicy.cs" || path.StartsWith("src/Retrieval/Jobs/", StringComparison.Ordinal), path));

    [Fact]
    public void AccessPolicy_MakesScopes() =>
        Assert.Contains("src/Web/Access/AccessPolicy.cs", Files(source => ScopeMaker().IsMatch(source)));

    [Fact]
    public void MarkupString_IsMadeInOneFile() =>
        Assert.True(Files(source => MarkupMaker().IsMatch(source)) is [] or [_], string.Join(", ", Files(source => MarkupMaker().IsMatch(source))));

    [Fact]
    public void Components_TalkToNoModel() =>
        Assert.DoesNotContain(Repository.Sources("Web", ".razor"), source => source.Text.Contains("IChatClient", StringComparison.Ordinal));

    private static string[] Files(Func<string, bool> matches) =>
        [.. Projects.SelectMany(folder => Repository.Sources(folder, ".cs", ".razor")).Where(source => matches(source.Text)).Select(source => source.Path)];

    [GeneratedRegex(@"KnowledgeScope\.For\(")]
    private static partial Regex ScopeMaker();

    [GeneratedRegex(@"\(MarkupString\)|new MarkupString\(")]
    private static partial Regex MarkupMaker();
}
