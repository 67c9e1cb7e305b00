using Rag.Retrieval.Knowledge;
using Rag.Web.Chat.Whole;

namespace Rag.Web.Tests.Chat.Whole;

public sealed class NamedFileTests
{
    private static readonly List<DocumentStatus> Files =
    [
        ScriptedLibrary.File(DocumentId.New(), "2023 Q3 AAPL.pdf", DocumentState.Ready),
        ScriptedLibrary.File(DocumentId.New(), "2023 Q3 NVDA.pdf", DocumentState.Ready),
        ScriptedLibrary.File(DocumentId.New(), "Summary of costs.txt", DocumentState.Ready),
    ];

    [Theory]
    [InlineData("Summarise 2023 Q3 NVDA.pdf", "2023 Q3 NVDA.pdf", "2023 Q3 NVDA.pdf", null)]
    [InlineData("Summarise the NVDA filing", "the NVDA filing", "2023 Q3 NVDA.pdf", null)]
    [InlineData("List all dates in 2023 Q3 AAPL", "dates in 2023 Q3 AAPL", "2023 Q3 AAPL.pdf", "dates")]
    [InlineData("Give me a summary of the files", null, null, null)]
    [InlineData("Summarise 2023", "2023", null, null)]
    [InlineData("Summarise the risk factors", "risk factors", null, "risk factors")]
    public void Find_ByItsName(string question, string? subject, string? file, string? rest)
    {
        var found = NamedFile.Find(question, subject, Files);

        Assert.Equal(file, found.File?.FileName);
        Assert.Equal(rest, found.Subject);
    }

    [Fact]
    public void StandsOut_OnlyWhatIsFarAhead()
    {
        Assert.Equal(1, NamedFile.StandsOut(new Dictionary<int, int> { [1] = 40, [2] = 3 }));
        Assert.Null(NamedFile.StandsOut(new Dictionary<int, int> { [1] = 40, [2] = 30 }));
        Assert.Null(NamedFile.StandsOut(new Dictionary<int, int> { [1] = 1, [2] = 0 }));
    }
}
