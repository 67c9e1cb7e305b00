using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using Rag.Web.Chat;
using Rag.Web.Models;
using TestContext = Xunit.TestContext;

namespace Rag.Web.Tests.Models;

public sealed class ModelsPageTests : IAsyncLifetime
{
    private readonly BunitContext screen = new();
    private ModelWorld world = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        world = await ModelWorld.CreateAsync();
        screen.JSInterop.Mode = JSRuntimeMode.Loose;
        screen.Services.AddFallbackServiceProvider(world.Services.CreateScope().ServiceProvider);
        screen.SetRendererInfo(new RendererInfo("Server", isInteractive: true));
    }

    public async ValueTask DisposeAsync()
    {
        await screen.DisposeAsync();
        await world.DisposeAsync();
    }

    [Fact]
    public async Task Import_GoesOnWithoutThePage_AndAnotherPageSeesItsEnd()
    {
        var (first, release) = (Open(), new TaskCompletionSource<ImportedFolder>());
        world.Importer.Work = (progress, _) =>
        {
            progress.Report(new("writing layer 3 of 30", 100, 1_000));
            return release.Task;
        };
        first.Find("#import-name").Change("mine");
        first.Find("#import-path").Change(world.FileOnDisk());
        first.Find("form").Submit();
        first.WaitForAssertion(() => Assert.Equal("writing layer 3 of 30 · 10 %", first.Find(".import .numbers").TextContent), ModelWorld.Patience);
        Assert.Equal("10", first.Find("progress").GetAttribute("value"));
        Assert.Empty(first.FindAll("#import-path"));
        await screen.DisposeComponentsAsync();

        var second = Open();
        Assert.Contains("tiny.gguf", second.Find(".import strong").TextContent, StringComparison.Ordinal);
        world.Folders.Models.Add(ScriptedFolders.Folder("mine"));
        release.SetResult(ScriptedImport.Model);
        second.WaitForAssertion(() => Assert.Contains("Tiny Model is installed: 135 million parameters, 143 MB.", second.Find(".import .notice").TextContent, StringComparison.Ordinal), ModelWorld.Patience);
        Assert.Equal("--Inference:ChatModel tiny", second.Find(".import .command").TextContent);
        second.WaitForElement("[data-model=mine]", ModelWorld.Patience);

        Button(second, "Import another").Click();
        second.WaitForElement("#import-path", ModelWorld.Patience);
    }

    [Fact]
    public async Task Remove_OfTheModelJustImported_TakesItsNoticeAway()
    {
        var done = world.UntilAsync(ImportState.Done);
        await world.Board.FromDiskAsync(ModelWorld.Admin, new(), world.FileOnDisk(), Cancel);
        await done;
        world.Folders.Models.Add(ScriptedFolders.Folder("tiny"));
        var page = Open();
        Assert.NotEmpty(page.FindAll(".import .notice"));
        page.Find("[aria-label='Remove tiny']").Click();
        Button(page, "Remove the model").Click();
        page.WaitForElement("#import-path", ModelWorld.Patience);
        Assert.Empty(page.FindAll(".import .notice"));
    }

    [Fact]
    public async Task Cancel_EndsTheImport_AndTheFormComesBack()
    {
        world.Importer.Work = ScriptedImport.Forever;
        await world.Board.FromDiskAsync(ModelWorld.Admin, new(), world.FileOnDisk(), Cancel);
        var page = Open();
        Button(page, "Cancel the import").Click();
        page.WaitForAssertion(() => Assert.Contains("The import of tiny.gguf was cancelled. Nothing was kept.", page.Find(".import").TextContent, StringComparison.Ordinal), ModelWorld.Patience);
        Assert.NotEmpty(page.FindAll("#import-path"));
    }

    [Fact]
    public async Task Failure_IsASentenceAboveTheForm()
    {
        var failed = world.UntilAsync(ImportState.Failed);
        world.Importer.Work = (_, _) => throw new ModelException(ModelFailure.Failed, "It ends too early. Download it again.");
        await world.Board.FromDiskAsync(ModelWorld.Admin, new(), world.FileOnDisk("<b>.gguf"), Cancel);
        await failed;
        var page = Open();
        Assert.Contains("<b>.gguf was not imported. It ends too early. Download it again.", page.Find(".import [role=alert]").TextContent, StringComparison.Ordinal);
        Assert.NotEmpty(page.FindAll("#import-path"));
    }

    [Fact]
    public void Failure_ThatNamesTheFile_IsNotSaidTwice() => Assert.Equal(
        "The file a.gguf cannot be imported: it is cut.",
        ModelWords.Failure(new(ImportState.Failed, "a.gguf", Problem: "The file a.gguf cannot be imported: it is cut.")));

    [Fact]
    public void Path_ThatCannotBe_IsToldAtItsField()
    {
        var page = Open();
        page.Find("#import-path").Change("model.gguf");
        page.Find("form").Submit();
        page.WaitForAssertion(() => Assert.StartsWith("Write the whole path", page.Find("#import-problem").TextContent, StringComparison.Ordinal), ModelWorld.Patience);
        Assert.Equal("import-problem", page.Find("#import-path").GetAttribute("aria-describedby"));
    }

    [Fact]
    public void Upload_OfAnotherPage_IsShownAndCanBeCancelled()
    {
        using var body = new Endless();
        var upload = world.Board.UploadAsync(ModelWorld.Admin, new(), "tiny.gguf", body, null, Cancel);
        var page = Open();
        page.WaitForAssertion(() => Assert.Contains("tiny.gguf is being uploaded from another page.", page.Find(".import").TextContent, StringComparison.Ordinal), ModelWorld.Patience);
        Button(page, "Cancel the upload").Click();
        page.WaitForAssertion(() => Assert.Contains("was cancelled", page.Find(".import").TextContent, StringComparison.Ordinal), ModelWorld.Patience);
    }

    [Fact]
    public void Importer_ThatIsNotThere_OffersNothing()
    {
        world.Importer.IsAvailable = false;
        var page = Open();
        Assert.Contains("cannot import models", page.Find(".import").TextContent, StringComparison.Ordinal);
        Assert.Empty(page.FindAll("#import-path"));
    }

    [Fact]
    public void Installed_SaysWhatIsUsedAndWhatIsBroken()
    {
        world.Folders.Models.AddRange(
        [
            ScriptedFolders.Folder("used") with { Configured = true, InUse = true, Files = FileProof.NotYet },
            ScriptedFolders.Folder("elsewhere") with { Configured = true },
            ScriptedFolders.Folder("spare"),
            ScriptedFolders.Folder("broken") with { Purpose = null, Files = FileProof.Wrong, Problem = "The file model.onnx is missing." },
        ]);
        var page = Open();
        page.WaitForAssertion(() => Assert.Contains("checked: all as model.json says", page.Find("[data-model=used]").TextContent, StringComparison.Ordinal), ModelWorld.Patience);
        Assert.Equal(["chat model", "in use"], page.FindAll("[data-model=used] .badge").Select(badge => badge.TextContent));
        Assert.Equal(["chat model", "in the settings"], page.FindAll("[data-model=elsewhere] .badge").Select(badge => badge.TextContent));
        Assert.Equal(["Remove spare", "Remove broken"], page.FindAll(".installed .button-danger").Select(button => button.GetAttribute("aria-label")));
        Assert.Contains("The file model.onnx is missing.", page.Find("[data-model=broken]").TextContent, StringComparison.Ordinal);
        Assert.Empty(page.FindAll("[data-model=broken] .command"));
        Assert.Equal("--Inference:ChatModel spare", page.Find("[data-model=spare] .command").TextContent);
    }

    [Fact]
    public void Installed_NothingOrNoFolder_SaysWhatToDo()
    {
        Assert.Contains("No model is installed.", Open().Find(".installed").TextContent, StringComparison.Ordinal);
        world.Folders.Problem = "No models folder was found.";
        Assert.Contains("No models folder was found.", Open().Find(".installed [role=alert]").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void Remove_AsksFirst_SaysWhyNot_AndTakesItOffTheList()
    {
        world.Folders.Models.Add(ScriptedFolders.Folder("spare"));
        world.Folders.Refusal = "Docent's account may not write there.";
        var page = Open();
        page.Find("[aria-label='Remove spare']").Click();
        Assert.Contains("The folder spare with its 143 MB will be deleted", page.Find("dialog").TextContent, StringComparison.Ordinal);
        Button(page, "Keep it").Click();
        Assert.Empty(page.FindAll("dialog"));

        page.Find("[aria-label='Remove spare']").Click();
        Button(page, "Remove the model").Click();
        page.WaitForAssertion(() => Assert.Contains("may not write there", page.Find("dialog [role=alert]").TextContent, StringComparison.Ordinal), ModelWorld.Patience);

        world.Folders.Refusal = null;
        Button(page, "Remove the model").Click();
        page.WaitForAssertion(() => Assert.Empty(page.FindAll("dialog")), ModelWorld.Patience);
        Assert.Empty(page.FindAll("[data-model]"));
    }

    private IRenderedComponent<ModelsPage> Open()
    {
        var page = screen.Render<ModelsPage>();
        page.WaitForElement(".installed p", ModelWorld.Patience);
        page.WaitForAssertion(() => Assert.DoesNotContain("Looking", page.Markup, StringComparison.Ordinal), ModelWorld.Patience);
        return page;
    }

    private static AngleSharp.Dom.IElement Button(IRenderedComponent<ModelsPage> page, string text) => page.FindAll("button").Single(button => button.TextContent.Trim() == text);

    /// <summary>A body that never comes.</summary>
    private sealed class Endless : MemoryStream
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return 0;
        }
    }
}
