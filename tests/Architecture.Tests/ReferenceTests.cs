using ArchUnitNET.Loader;
using ArchUnitNET.xUnitV3;
using static ArchUnitNET.Fluent.ArchRuleDefinition;

namespace Rag.Architecture.Tests;

/// <summary>Who may know whom: the last column of the table of parts.</summary>
public sealed class ReferenceTests
{
    private static readonly ArchUnitNET.Domain.Architecture Code = new ArchLoader().LoadAssemblies(
        typeof(Rag.Retrieval.Knowledge.KnowledgeScope).Assembly,
        System.Reflection.Assembly.Load("Rag.Inference"),
        System.Reflection.Assembly.Load("Rag.Ingestion"),
        typeof(Rag.Web.Access.AccessPolicy).Assembly).Build();

    [Theory]
    [InlineData("Inference", "")]
    [InlineData("Retrieval", "")]
    [InlineData("Ingestion", "Retrieval,Inference")]
    [InlineData("Web", "Retrieval,Ingestion,Inference")]
    public void Project_References_AreThoseOfTheDesign(string project, string allowed) =>
        Assert.Equal(
            allowed.Split(',', StringSplitOptions.RemoveEmptyEntries).Order(),
            Repository.References(project, "ProjectReference").Select(path => Path.GetFileNameWithoutExtension(path.Replace('\\', '/')).Replace("Rag.", "")).Order());

    [Fact]
    public void Web_OutsideTheCompositionRoot_KnowsNoModelAndNoParser() =>
        Types().That().ResideInNamespaceMatching(@"^Rag\.Web(\.(?!Composition).*)?$")
            .Should().NotDependOnAny(Types().That().ResideInNamespaceMatching(@"^Rag\.(Inference|Ingestion)"))
            .Check(Code);

    [Fact]
    public void Ingestion_OutsideTheCompositionRoot_KnowsNoModelRuntime() =>
        Types().That().ResideInNamespaceMatching(@"^Rag\.Ingestion(\.(?!Composition).*)?$")
            .Should().NotDependOnAny(Types().That().ResideInNamespaceMatching(@"^Rag\.Inference"))
            .Check(Code);

    [Theory]
    [InlineData("Microsoft.ML.OnnxRuntime", "Inference")]
    [InlineData("PdfPig", "Ingestion")]
    [InlineData("AngleSharp", "Ingestion")]
    [InlineData("ExcelNumberFormat", "Ingestion")]
    [InlineData("MimeKit", "Ingestion")]
    [InlineData("UTF.Unknown", "Ingestion")]
    [InlineData("System.Numerics.Tensors", "Inference,Retrieval")]
    [InlineData("HtmlSanitizer", "Web")]
    [InlineData("Markdig", "Web")]
    [InlineData("QRCoder", "Web")]
    public void Package_IsReferencedByItsOwnersAlone(string package, string owners) =>
        Assert.Equal(
            owners.Split(',').Order(),
            new[] { "Inference", "Ingestion", "Retrieval", "Web" }
                .Where(project => Repository.References(project, "PackageReference").Any(name => name == package || name.StartsWith(package + ".", StringComparison.Ordinal)))
                .Order());

    [Fact]
    public void FullTextSearch_IsRetrievalsAlone() =>
        Assert.DoesNotContain(
            new[] { "Web", "Ingestion", "Inference" }.SelectMany(folder => Repository.Sources(folder, ".cs", ".razor")),
            source => source.Text.Contains("fts5", StringComparison.OrdinalIgnoreCase));

    [Fact]
    public void RazorFiles_StandInWebAlone() =>
        Assert.Empty(new[] { "Retrieval", "Ingestion", "Inference" }.SelectMany(folder => Repository.Sources(folder, ".razor", ".cshtml")));
}
