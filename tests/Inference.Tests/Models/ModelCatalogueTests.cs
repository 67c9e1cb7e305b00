using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Rag.Inference.Models;

namespace Rag.Inference.Tests.Models;

public sealed class ModelCatalogueTests : IDisposable
{
    private static readonly byte[] Graph = "graph"u8.ToArray();

    private readonly TinyModels models = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => models.Dispose();

    [Fact]
    public void List_WholeFolder_SaysWhatItsManifestSays()
    {
        var bytes = Directory.GetFiles(Add("good")).Sum(file => new FileInfo(file).Length);

        var model = Assert.Single(Catalogue().List());

        Assert.Equal(
            new("good", "Good One", ModelKind.Chat, 1_000, bytes, "mit", "somebody/good", 64, ModelFiles.Present, false, false, null, null),
            model);
    }

    [Theory]
    [InlineData("model.json", "{", "cannot be read")]
    [InlineData("model.json", "[]", "cannot be read")]
    [InlineData("model.json", """{"id":"x","kind":"painting","files":{},"tokenizer":{"type":"bpe-bytelevel"}}""", "cannot be read")]
    [InlineData("model.onnx", "longer than stated", "The file model.onnx does not have the length that model.json states.")]
    [InlineData("model.onnx", null, "The file model.onnx is missing.")]
    [InlineData("model.json", null, "model.json is missing")]
    public void List_BrokenFolder_IsThereWithItsProblem(string file, string? content, string words)
    {
        var path = Path.Combine(Add("broken"), file);
        if (content is null)
        {
            File.Delete(path);
        }
        else
        {
            File.WriteAllText(path, content);
        }

        var model = Assert.Single(Catalogue().List());

        Assert.Equal(("broken", ModelFiles.Wrong), (model.Id, model.Files));
        Assert.Contains(words, model.Problem, StringComparison.Ordinal);
        Assert.EndsWith(".", model.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void List_ManifestThatCannotBeRun_SaysWhy()
    {
        Add("a-outside", listed: "../model.onnx");
        Add("b-other-graph", graph: "other.onnx");
        Add("c-tokenizer", tokenizer: "wordpiece");
        Add("d-template", family: "unheard");

        Assert.Equal(
            [
                "Its model.json lists ../model.onnx, which lies outside of its folder.",
                "Its model.json does not list other.onnx, the graph to run.",
                "Its tokenizer is of the type wordpiece; bpe-bytelevel is needed.",
                "Its chat template is of no family that is known (chatml, llama3, phi4, phi3, gemma, mistral).",
            ],
            Catalogue().List().Select(model => model.Problem));
    }

    [Fact]
    public void List_FolderAsItsExporterWroteIt_IsReadOffItsFiles()
    {
        models.AddOnnxCommunity("chats", "{{ '<|im_start|>' + message['role'] }}", ["<|im_start|>", "<|im_end|>"]);
        models.AddEncoder("embeds", "pooling_mode_cls_token");

        var list = Catalogue().List();

        Assert.Equal([ModelKind.Chat, ModelKind.Embedding], list.Select(model => model.Kind!.Value));
        Assert.All(list, model => Assert.Equal((ModelFiles.Unlisted, null), (model.Files, model.Problem)));
        Assert.All(list, model => Assert.StartsWith("No model.json: ", model.Note, StringComparison.Ordinal));
        Assert.Equal((128, 16), (list[0].ContextLength, list[1].ContextLength));
    }

    [Fact]
    public void List_WhatNoSettingCouldName_OrIsNoModel_IsLeftOut()
    {
        Add(".import-0123456789ab");
        Add("two words");
        Directory.CreateDirectory(Path.Combine(models.Root, "empty"));
        File.WriteAllText(Path.Combine(models.Root, "model.json"), "{}");
        Assert.Empty(Catalogue().List());
    }

    [Fact]
    public void List_ConfiguredModel_IsInUse_UnlessAnEndpointStandsInForIt()
    {
        Add("good");
        Add("spare");
        Assert.Equal([(true, true), (false, false)], Catalogue("good").List().Select(model => (model.Configured, model.InUse)));
        Assert.Equal([(true, false), (false, false)], Catalogue("good", elsewhere: true).List().Select(model => (model.Configured, model.InUse)));
    }

    [Fact]
    public void List_WithoutAModelsFolder_SaysWhatToSet()
    {
        var options = new InferenceOptions { ModelsFolder = Path.Combine(models.Root, "none") };
        using var catalogue = new ModelCatalogue(new ModelStore(options, ""), options, _ => false);
        Assert.Contains("Set Inference:ModelsFolder", Assert.Throws<InferenceException>(() => catalogue.List()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_FilesAsListed_IsRememberedUntilOneChanges()
    {
        var graph = Path.Combine(Add("good"), "model.onnx");
        using var catalogue = Catalogue();

        await catalogue.CheckAsync("good", Cancel);
        Assert.Equal(ModelFiles.Checked, catalogue.List().Single().Files);

        // As long as before, so only the hash can tell; the time of change says that it is worth a look.
        File.WriteAllBytes(graph, "GRAPH"u8.ToArray());
        File.SetLastWriteTimeUtc(graph, DateTime.UnixEpoch);
        Assert.Equal(ModelFiles.Present, catalogue.List().Single().Files);

        await catalogue.CheckAsync("good", Cancel);
        var wrong = catalogue.List().Single();
        Assert.Equal(ModelFiles.Wrong, wrong.Files);
        Assert.Contains("its SHA-256 differs from model.json", wrong.Problem, StringComparison.Ordinal);

        File.WriteAllBytes(graph, Graph);
        await catalogue.CheckAsync("good", Cancel);
        Assert.Equal((ModelFiles.Checked, null), (catalogue.List().Single().Files, catalogue.List().Single().Problem));
    }

    [Fact]
    public async Task Check_CalledOffOrOfNothing_ChangesNothing()
    {
        Add("good");
        using var catalogue = Catalogue();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => catalogue.CheckAsync("good", new CancellationToken(canceled: true)));
        await catalogue.CheckAsync("none", Cancel);
        await catalogue.CheckAsync("../good", Cancel);
        Assert.Equal(ModelFiles.Present, catalogue.List().Single().Files);
    }

    [Fact]
    public void Remove_Spare_DeletesItsFolderAndNothingElse()
    {
        Add("good");
        Add("spare");
        var unfinished = Directory.CreateDirectory(Path.Combine(models.Root, ".removed-before")).FullName;   // a file in it was open then
        using var catalogue = Catalogue("good");

        Assert.True(catalogue.Remove("spare"));

        Assert.Equal(["good"], catalogue.List().Select(model => model.Id));
        Assert.Equal(["good"], Directory.GetFileSystemEntries(models.Root).Select(Path.GetFileName));
        Assert.False(Directory.Exists(unfinished));
        Assert.False(catalogue.Remove("spare"));
    }

    [Theory]
    [InlineData("good")]
    [InlineData("GOOD")]
    public void Remove_OneThatTheSettingsName_IsRefused(string configured)
    {
        var folder = Add("good");
        foreach (var elsewhere in new[] { false, true })
        {
            var error = Assert.Throws<InferenceException>(() => Catalogue(configured, elsewhere).Remove("good"));
            Assert.Equal(InferenceFailure.InvalidOption, error.Reason);
            Assert.Contains("is named in the settings, so it stays", error.Message, StringComparison.Ordinal);
        }

        Assert.True(Directory.Exists(folder));
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("../outside")]
    [InlineData("good/../../outside")]
    [InlineData(".import-busy")]
    [InlineData("plain")]
    [InlineData("good\n")]
    public void Remove_WhatIsNoModelOfTheFolder_IsNotFound(string id)
    {
        var inner = Path.Combine(models.Root, "models");
        AddTo(inner, "good");
        AddTo(inner, ".import-busy");
        AddTo(models.Root, "outside");
        Directory.CreateDirectory(Path.Combine(inner, "plain"));
        var options = new InferenceOptions { ModelsFolder = inner };
        using var catalogue = new ModelCatalogue(new ModelStore(options, ""), options, _ => false);

        Assert.False(catalogue.Remove(id));

        Assert.Equal(3, Directory.GetDirectories(inner).Length);
        Assert.True(File.Exists(Path.Combine(models.Root, "outside", "model.json")));
    }

    [Fact]
    public void Remove_LinkToAFolderElsewhere_TakesTheLinkAlone()
    {
        var real = AddTo(Path.Combine(models.Root, "elsewhere"), "real");
        var inner = Directory.CreateDirectory(Path.Combine(models.Root, "models")).FullName;
        Directory.CreateSymbolicLink(Path.Combine(inner, "linked"), real);
        var options = new InferenceOptions { ModelsFolder = inner };
        using var catalogue = new ModelCatalogue(new ModelStore(options, ""), options, _ => false);

        Assert.True(catalogue.Remove("linked"));

        Assert.Empty(Directory.GetFileSystemEntries(inner));
        Assert.Equal(3, Directory.GetFiles(real).Length);
    }

    [Fact]
    public void Remove_TargetOfTheConfiguredLink_IsRefused()
    {
        var real = Add("real");
        Directory.CreateSymbolicLink(Path.Combine(models.Root, "current"), real);
        Assert.Contains("so it stays", Assert.Throws<InferenceException>(() => Catalogue("current").Remove("real")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Remove_WhereNothingMayBeWritten_IsASentence()
    {
        if (OperatingSystem.IsWindows())
        {
            return;   // rights are another thing there
        }

        var folder = Add("spare");
        File.SetUnixFileMode(models.Root, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        try
        {
            if (Environment.IsPrivilegedProcess)
            {
                Assert.True(Catalogue().Remove("spare"));   // no mode holds root back
                return;
            }

            Assert.Contains("may not write there", Assert.Throws<InferenceException>(() => Catalogue().Remove("spare")).Message, StringComparison.Ordinal);
            Assert.True(Directory.Exists(folder));
        }
        finally
        {
            File.SetUnixFileMode(models.Root, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    private ModelCatalogue Catalogue(string configured = "other", bool elsewhere = false)
    {
        var options = new InferenceOptions { ModelsFolder = models.Root, ChatModel = configured };
        return new(new ModelStore(options, ""), options, _ => elsewhere);
    }

    private string Add(string name, string listed = "model.onnx", string graph = "model.onnx", string tokenizer = "bpe-bytelevel", string family = "chatml") =>
        AddTo(models.Root, name, listed, graph, tokenizer, family);

    /// <summary>A folder that looks whole: nothing here opens the graph.</summary>
    private static string AddTo(string root, string name, string listed = "model.onnx", string graph = "model.onnx", string tokenizer = "bpe-bytelevel", string family = "chatml")
    {
        var folder = Directory.CreateDirectory(Path.Combine(root, name)).FullName;
        File.WriteAllBytes(Path.Combine(folder, "model.onnx"), Graph);
        File.WriteAllText(Path.Combine(folder, "tokenizer.json"), "{}");
        File.WriteAllBytes(Path.Combine(folder, "model.json"), JsonSerializer.SerializeToUtf8Bytes(new
        {
            id = name, kind = "chat", displayName = "Good One", license = "mit", source = new { model = "somebody/good" }, parameters = 1_000, contextLength = 64, vocabularySize = 8,
            graphs = new { cpu = graph }, tokenizer = new { type = tokenizer }, chatTemplate = new { family },
            files = new Dictionary<string, object>
            {
                [listed] = new { sha256 = Convert.ToHexStringLower(SHA256.HashData(Graph)), bytes = Graph.Length },
                ["tokenizer.json"] = new { sha256 = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes("{}"))), bytes = 2 },
            },
        }));
        return folder;
    }
}
