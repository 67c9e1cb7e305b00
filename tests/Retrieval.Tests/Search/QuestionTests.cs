using Rag.Retrieval.Search;

namespace Rag.Retrieval.Tests.Search;

/// <summary>What is read out of a question before it is searched for.</summary>
public sealed class QuestionTests
{
    [Theory]
    [InlineData("What was the gross margin for Apple in the latest 10-Q report?", "What was the gross margin for Apple?")]
    [InlineData("What was NVIDIA's gross margin as stated in the most recent 10-Q report?", "What was NVIDIA's gross margin?")]
    [InlineData("From NVIDIA's Q3 2023 10-Q, how does the tax rate compare?", "for NVIDIA how does the tax rate compare?")]
    [InlineData("According to this document, who wrote the Liber servitoris?", "who wrote the Liber servitoris?")]
    [InlineData("What does it cost to rent a boat in the attached PDF?", "What does it cost to rent a boat?")]
    [InlineData("How are the risks of suppliers described in Amazon’s annual report?", "How are the risks of suppliers for Amazon?")]
    [InlineData("What happened in the latest quarter?", "What happened in the latest quarter?")]
    [InlineData("Which papers did Turing publish in 1936?", "Which papers did Turing publish in 1936?")]
    [InlineData("How is a report written?", "How is a report written?")]
    [InlineData("What is in this file?", "What is in this file?")]
    [InlineData("in the report", "in the report")]
    [InlineData("", "")]
    public void Reference_ToTheFilesThemselves_IsNotSearchedFor(string question, string expected) =>
        Assert.Equal(expected, DocumentReference.Strip(question));

    [Theory]
    [InlineData("When was the theatre built?", "It was built in 1870.", true)]
    [InlineData("When was the theatre built?", "It was built by the city.", false)]
    [InlineData("In which month did sales fall?", "Sales fell in March.", true)]
    [InlineData("When in 1870 was it built?", "It was built in 1870.", false)]
    [InlineData("How many shares were bought?", "The company bought 365 million shares.", true)]
    [InlineData("How many shares were bought?", "The company bought several shares.", false)]
    [InlineData("How much of the 2023 budget is left?", "Of the 2023 budget little is left.", false)]
    [InlineData("How many legs has a spider?", "A spider has eight legs.", true)]
    [InlineData("What were total net sales?", "Total net sales\t$81,797\t$82,959", true)]
    [InlineData("What were the main sales channels?", "They sell through shops.", false)]
    [InlineData("Who won the game?", "The game was won by the Broncos.", true)]
    [InlineData("Who won the game?", "The game was won by nobody.", false)]
    [InlineData("Where did Tesla live?", "For a time Tesla lived in Prague.", true)]
    [InlineData("Where did Tesla live?", "For a time Tesla lived abroad.", false)]
    [InlineData("Why do leaves fall?", "In 1870 Tesla counted 300 leaves.", false)]
    public void Answer_OfTheKindAskedFor_IsSeen(string question, string sentence, bool expected) =>
        Assert.Equal(expected, AnswerKind.Of(question).IsIn(sentence));
}
