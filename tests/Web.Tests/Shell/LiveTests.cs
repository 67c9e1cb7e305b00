using AngleSharp.Html.Parser;
using Rag.Web.Tests.Hosting;

namespace Rag.Web.Tests.Shell;

/// <summary>A page is drawn before its circuit is there; what is pressed in between would be lost, so nothing can be.</summary>
public sealed class LiveTests
{
    [Fact]
    public async Task EveryPage_BeforeItIsLive_HasNoButtonAndNoFieldThatCanBeUsed()
    {
        await using var server = new DocentServer();
        using var owner = server.OpenBrowser();
        using var created = await owner.PostFormAsync(server.PrintedLink(), new() { ["Input.Name"] = DocentServer.OwnerName, ["Input.Password"] = DocentServer.Password });
        var ids = await new Household(server).MakeAsync(await server.AddAccountAsync(DocentServer.OwnerName), null);
        foreach (var path in new[] { "/", "/models", "/status", $"/assistants/{ids.Assistant}", $"/chat/{ids.Assistant}", $"/chat/{ids.Assistant}/{ids.Conversation}" })
        {
            using var answer = await owner.GetAsync(path);
            Assert.True(answer.IsSuccessStatusCode, path);
            var page = new HtmlParser().ParseDocument(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
            var controls = page.QuerySelectorAll("main button, main input, main textarea, main select");
            Assert.NotEmpty(controls);
            Assert.All(controls, control => Assert.True(control.Closest("fieldset.live[disabled]") is not null, $"{path}: {control.OuterHtml}"));
        }
    }
}
