using Bunit;
using Rag.Web.Chat;

namespace Rag.Web.Tests.Chat;

public sealed class QuoteTextTests : IAsyncDisposable
{
    private readonly BunitContext screen = new();

    [Fact]
    public void Quote_TableRowWithHeads_StandsUnderThem()
    {
        var quote = Render("Total net sales\t$81,797\t$82,959", "Net sales (in millions)\nJuly 1, 2023 | June 25, 2022");
        Assert.Equal("Net sales (in millions)", quote.Find("caption").TextContent);
        Assert.Equal(["", "July 1, 2023", "June 25, 2022"], quote.FindAll("thead tr > *").Select(c => c.TextContent));
        Assert.Equal(["Total net sales", "$81,797", "$82,959"], quote.FindAll("tbody tr > *").Select(c => c.TextContent));
    }

    [Fact]
    public void Quote_HeadsThatDoNotFit_StayInTheCaption()
    {
        var quote = Render("Total\t1\t2\t3", "Sales\n2023 | 2022");
        Assert.Empty(quote.FindAll("thead"));
        Assert.Equal("Sales 2023 | 2022", quote.Find("caption").TextContent);
    }

    [Fact]
    public void Quote_Sentence_IsPlainText() => Assert.Equal("A <b>sentence</b>.", Render("A <b>sentence</b>.", null).Find("p").TextContent);

    public ValueTask DisposeAsync() => screen.DisposeAsync();

    private IRenderedComponent<QuoteText> Render(string quote, string? caption) => screen.Render<QuoteText>(p => p.Add(
        x => x.Citation, new StoredCitation(1, Guid.NewGuid(), 1, "", "T", "t.pdf", 1, null, 0, 1, quote, caption, [])));
}
