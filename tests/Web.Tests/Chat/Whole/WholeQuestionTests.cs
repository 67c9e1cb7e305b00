using Rag.Web.Chat.Whole;

namespace Rag.Web.Tests.Chat.Whole;

/// <summary>The rule that sends a question to every passage, both ways.</summary>
public sealed class WholeQuestionTests
{
    [Theory]
    [InlineData("Summarise this document", WholeTask.Summary, null)]
    [InlineData("summarize", WholeTask.Summary, null)]
    [InlineData("Please summarise all the files.", WholeTask.Summary, null)]
    [InlineData("Can you summarize these documents for me?", WholeTask.Summary, null)]
    [InlineData("Could you please give me a short summary of the report?", WholeTask.Summary, null)]
    [InlineData("Give me a summary", WholeTask.Summary, null)]
    [InlineData("TL;DR", WholeTask.Summary, null)]
    [InlineData("Summarise the whole document in five sentences", WholeTask.Summary, null)]
    [InlineData("Write an executive summary of the paper", WholeTask.Summary, null)]
    [InlineData("Give me an overview of these files", WholeTask.Summary, null)]
    [InlineData("What are the main points?", WholeTask.Summary, null)]
    [InlineData("What are the key takeaways from this report?", WholeTask.Summary, null)]
    [InlineData("key findings", WholeTask.Summary, null)]
    [InlineData("Summarise it", WholeTask.Summary, null)]
    [InlineData("sum up the book", WholeTask.Summary, null)]
    [InlineData("Summarise the risk factors", WholeTask.Summary, "risk factors")]
    [InlineData("Give me a summary of the legal proceedings in these files", WholeTask.Summary, "legal proceedings")]
    [InlineData("Summarise what the report says about climate", WholeTask.Summary, "what the report says about climate")]
    [InlineData("What is this document about?", WholeTask.About, null)]
    [InlineData("What are these files about", WholeTask.About, null)]
    [InlineData("what's this about?", WholeTask.About, null)]
    [InlineData("What does this paper deal with?", WholeTask.About, null)]
    [InlineData("Which topics are covered in these documents?", WholeTask.About, null)]
    [InlineData("List all share repurchases", WholeTask.List, "share repurchases")]
    [InlineData("list all the risks mentioned in the report", WholeTask.List, "risks")]
    [InlineData("Please list every deadline in these documents", WholeTask.List, "deadline")]
    [InlineData("Find all mentions of Anna Weiss", WholeTask.List, "mentions of Anna Weiss")]
    [InlineData("Show me all dates", WholeTask.List, "dates")]
    [InlineData("Give me a complete list of suppliers", WholeTask.List, "suppliers")]
    [InlineData("Extract all e-mail addresses from the files", WholeTask.List, "e-mail addresses")]
    [InlineData("every mention of covenant", WholeTask.List, "covenant")]
    [InlineData("Every place where interest rates appear", WholeTask.List, "interest rates appear")]
    [InlineData("What are all the obligations of the tenant?", WholeTask.List, "obligations of the tenant")]
    [InlineData("Which companies are mentioned?", WholeTask.List, "companies")]
    [InlineData("What countries are named in the document?", WholeTask.List, "countries")]
    [InlineData("Where is the warranty mentioned?", WholeTask.List, "warranty")]
    [InlineData("On which pages is depreciation discussed?", WholeTask.List, "depreciation")]
    [InlineData("How many different currencies are mentioned?", WholeTask.Count, "currencies")]
    [InlineData("How many distinct suppliers are there?", WholeTask.Count, "suppliers")]
    [InlineData("How many lawsuits are mentioned in the filing?", WholeTask.Count, "lawsuits")]
    [InlineData("How often is inflation mentioned?", WholeTask.Count, "inflation")]
    [InlineData("How many times does the word tariff appear in these files?", WholeTask.Count, "word tariff")]
    public void Recognise_OfEverything_IsRouted(string question, WholeTask task, string? subject)
    {
        var found = WholeQuestion.Recognise(question, hasEarlier: false);

        Assert.NotNull(found);
        Assert.Equal(task, found.Task);
        Assert.Equal(subject, found.Subject);
    }

    [Theory]
    [InlineData("How many shares did Apple repurchase?")]
    [InlineData("What were total net sales in the quarter?")]
    [InlineData("Who built the lighthouse?")]
    [InlineData("Is the fee paid every month?")]
    [InlineData("How often is the report due?")]
    [InlineData("How many employees does the company have?")]
    [InlineData("What is the summary judgment in the Epic case?")]
    [InlineData("When was the list of exhibits filed?")]
    [InlineData("Do all employees get a bonus?")]
    [InlineData("What was the sum of all expenses?")]
    [InlineData("List three causes of the decline")]
    [InlineData("What is the main reason for the loss?")]
    [InlineData("What is the report about climate based on?")]
    [InlineData("Why did every segment grow?")]
    [InlineData("How do I list a property?")]
    [InlineData("What does the contract say about termination?")]
    [InlineData("Which company was mentioned as the supplier of the lamp?")]
    [InlineData("Where is the harbour office?")]
    [InlineData("Who is the author?")]
    [InlineData("Tell me about Apple's gross margin")]
    [InlineData("What changed in the third quarter?")]
    [InlineData("Explain the share repurchase program")]
    [InlineData("What is the total of all share repurchases in 2023?")]
    [InlineData("Are all files encrypted?")]
    [InlineData("How many pages does the visitor guide have?")]
    [InlineData("Summarise your last answer")]
    [InlineData("Please summarize our conversation")]
    [InlineData("summarise what you said")]
    [InlineData("hello")]
    [InlineData("thanks")]
    [InlineData("what can you do?")]
    [InlineData("list all")]
    [InlineData("")]
    [InlineData("   ?")]
    public void Recognise_OfSomething_IsSearched(string question) => Assert.Null(WholeQuestion.Recognise(question, hasEarlier: false));

    [Theory]
    [InlineData("Summarise that")]
    [InlineData("Can you summarise it in one sentence?")]
    public void Recognise_PointingBack_IsAFollowUp(string question)
    {
        Assert.NotNull(WholeQuestion.Recognise(question, hasEarlier: false));
        Assert.Null(WholeQuestion.Recognise(question, hasEarlier: true));
    }

    [Theory]
    [InlineData("Summarise this in 5 sentences", 5)]
    [InlineData("Summarise the report in three bullet points", 3)]
    [InlineData("Give me an overview", null)]
    public void Recognise_WithANumber_TakesIt(string question, int? points) => Assert.Equal(points, WholeQuestion.Recognise(question, false)!.Points);

    [Fact]
    public void Recognise_AVeryLongQuestion_IsSearched() => Assert.Null(WholeQuestion.Recognise("Summarise " + new string('x', 400), false));
}
