using System.Text.Json;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Rag.Inference.Import;
using Rag.Inference.Models;
using Rag.Inference.Runtime;
using Rag.Testing.Gguf;

namespace Rag.Inference.Tests.Import;

public sealed class ModelImporterTests : IDisposable
{
    private readonly ImportBench bench = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => bench.Dispose();

    [Fact]
    public async Task Folder_IsWholeAndAnswers()
    {
        var reports = new Reports();
        await using var services = InferenceHost.Build(("ModelsFolder", bench.Models));
        var file = new TinyGguf(new() { Type = "Q8_0" }).File.Save(bench.PathOf("some file.gguf"));
        var imported = await services.GetRequiredService<IModelImporter>().ImportAsync(new(file), reports, Cancel);

        Assert.Equal(("tiny-test-model", "Tiny Test Model", "llama", 256), (imported.Id, imported.Title, imported.Architecture, imported.ContextLength));
        Assert.Equal([imported.Folder], Directory.GetDirectories(bench.Models));
        Assert.Equal(["chat_template.jinja", "config.json", "model.json", "model.onnx", "model.onnx_data", "tokenizer.json"], Directory.GetFiles(imported.Folder).Select(Path.GetFileName).Order());
        Assert.Equal(imported.Bytes, Directory.GetFiles(imported.Folder).Sum(path => new FileInfo(path).Length));
        Assert.Equal(reports.All.Select(report => report.Done).Order(), reports.All.Select(report => report.Done));
        Assert.Contains(reports.All, report => report.Stage == "writing layer 2 of 2");
        Assert.Equal(reports.All[^1].Total, reports.All[^1].Done);

        using var manifest = JsonDocument.Parse(await File.ReadAllBytesAsync(Path.Combine(imported.Folder, "model.json"), Cancel));
        Assert.Equal("mit", manifest.RootElement.GetProperty("license").GetString());
        Assert.Equal("some file.gguf", manifest.RootElement.GetProperty("source").GetProperty("file").GetString());
        Assert.Equal(5, manifest.RootElement.GetProperty("files").EnumerateObject().Count());

        await using var loaded = InferenceHost.Build(("ModelsFolder", bench.Models), ("ChatModel", imported.Id), ("Provider", "Cpu"));
        var chat = loaded.GetRequiredService<IChatClient>();
        var info = chat.GetService<ChatModelInfo>()!;
        Assert.Equal(("Tiny Test Model", AnswerStyle.Quote, imported.Parameters, "mit"), (info.DisplayName, info.AnswerStyle, info.Parameters, info.License));
        Assert.Equal(["en", "de"], info.Languages);
        var response = await chat.GetResponseAsync("Hi the", new() { MaxOutputTokens = 5, Temperature = 0 }, Cancel);
        // <|im_start|>user\nHi the<|im_end|>\n<|im_start|>assistant\n: "the" is one token, all else one per byte
        Assert.Equal(1 + 5 + 4 + 1 + 1 + 1 + 10, response.Usage!.InputTokenCount);
        Assert.Equal(ModelState.Ready, loaded.GetRequiredService<InferenceStatus>().Models[0].State);
    }

    [Fact]
    public async Task Weights_InSeveralFiles_AreTheSameModel()
    {
        var model = new TinyGguf(new());
        var file = model.File.Save(bench.PathOf("tiny.gguf"));
        var whole = await bench.Importer().ImportAsync(new(file, "whole"), null, Cancel);
        var pieces = await bench.Importer(longestPiece: 40_000).ImportAsync(new(file, "pieces"), null, Cancel);
        Assert.InRange(Directory.GetFiles(pieces.Folder, "model.onnx_data*").Length, 3, 20);
        using var one = ImportBench.Open(whole);
        using var many = ImportBench.Open(pieces);
        Assert.Equal(one.Read([1, 2, 3], Cancel).ToArray(), many.Read([1, 2, 3], Cancel).ToArray());
    }

    [Fact]
    public async Task Name_ThatIsTakenOrUnsafe_IsRefused()
    {
        var file = new TinyGguf(new()).File.Save(bench.PathOf("tiny.gguf"));
        await bench.Importer().ImportAsync(new(file, "Mine_1.0"), null, Cancel);
        Assert.Contains("There is a model named Mine_1.0 already", await RefusalAsync(new(file, "Mine_1.0")));
        foreach (var name in new[] { "", "..", ".hidden", "a/b", "a\\b", "a b", "con", "NUL.txt", "end.", new string('a', 65) })
        {
            Assert.Contains("A model's name has letters", await RefusalAsync(new(file, name)));
        }

        Assert.Contains("8 or 4 bits, not 5", await RefusalAsync(new(file, "five", 5)));
        Assert.Contains("There is no file", await RefusalAsync(new(bench.PathOf("none.gguf")), InferenceFailure.Unavailable));
        Assert.Single(Directory.GetFileSystemEntries(bench.Models));
    }

    [Fact]
    public async Task FileName_OfAnUpload_IsWhatPeopleSee()
    {
        var writer = new TinyGguf(new()).File.Remove("general.name");
        var file = writer.Save(bench.PathOf("0123abcd.gguf"));
        var imported = await bench.Importer().ImportAsync(new(file, FileName: "Some Model.gguf"), null, Cancel);
        Assert.Equal(("some-model", "Some Model"), (imported.Id, imported.Title));
        var options = new InferenceOptions { ModelsFolder = bench.Models };
        using var catalogue = new ModelCatalogue(new ModelStore(options, ""), options, _ => false);
        Assert.Equal("Some Model.gguf", catalogue.List().Single().Source);

        await File.WriteAllBytesAsync(file, writer.ToArray()[..1_000], Cancel);
        Assert.StartsWith("The file Some Model.gguf cannot be imported", await RefusalAsync(new(file, "cut", FileName: "Some Model.gguf")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Qwen2.5 0.5B Instruct", "qwen2.5-0.5b-instruct")]
    [InlineData("../../étc/passwd", "tc-passwd")]
    [InlineData("COM1", "imported-model")]
    [InlineData("日本", "imported-model")]
    public void Name_MadeOfATitle_IsSafe(string title, string name) => Assert.Equal(name, ImportFolder.Name(null, title));

    [Fact]
    public async Task Import_ThatIsCalledOff_LeavesNothing()
    {
        using var stopping = new CancellationTokenSource();
        var file = new TinyGguf(new()).File.Save(bench.PathOf("tiny.gguf"));
        var watcher = new Reports(report =>
        {
            if (report.Stage == "writing layer 1 of 2")
            {
                stopping.Cancel();
            }
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => bench.Importer().ImportAsync(new(file), watcher, stopping.Token));
        Assert.Empty(Directory.GetFileSystemEntries(bench.Models));
    }

    [Fact]
    public async Task LeftOvers_OfAKilledImport_AreRemoved_ThoseInUseAreNot()
    {
        var dead = Directory.CreateDirectory(Path.Combine(bench.Models, ".import-dead")).FullName;
        await File.WriteAllTextAsync(Path.Combine(dead, ".lock"), "", Cancel);
        using var busy = new ImportFolder(bench.Models, "busy");
        await bench.ImportAsync(new TinyGguf(new()).File);
        Assert.False(Directory.Exists(dead));
        Assert.True(Directory.Exists(busy.Path));
    }

    private async Task<string> RefusalAsync(ModelImportRequest request, InferenceFailure reason = InferenceFailure.InvalidOption)
    {
        var error = await Assert.ThrowsAsync<InferenceException>(() => bench.Importer().ImportAsync(request, null, Cancel));
        Assert.Equal(reason, error.Reason);
        return error.Message;
    }

    private sealed class Reports(Action<ModelImportProgress>? also = null) : IProgress<ModelImportProgress>
    {
        public List<ModelImportProgress> All { get; } = [];

        public void Report(ModelImportProgress value)
        {
            All.Add(value);
            also?.Invoke(value);
        }
    }
}
