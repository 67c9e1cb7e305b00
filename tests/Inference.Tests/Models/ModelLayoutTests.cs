using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.ML.OnnxRuntime;
using Rag.Inference.Chat;
using Rag.Inference.Models;
using Rag.Inference.Runtime;

namespace Rag.Inference.Tests.Models;

public sealed class ModelLayoutTests : IDisposable
{
    private const string ChatMl = "{{ '<|im_start|>' + message['role'] }}";
    private static readonly string[] ChatMlTokens = ["<|im_start|>", "<|im_end|>"];

    private readonly TinyModels models = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => models.Dispose();

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void DecodeLoop_PieceByPiece_GivesTheLogitsOfTheWholeSequence(bool positions, bool choosesLogits)
    {
        var folder = models.AddOnnxCommunity("tiny", ChatMl, ChatMlTokens, positions, choosesLogits);
        var model = ModelFolder.Open(folder, ModelKind.Chat, 8_192);
        int[] tokens = [.. Enumerable.Range(0, 40).Select(i => (i * 37) % 256)];
        var options = new InferenceOptions { Provider = ExecutionProvider.Cpu };
        using var loop = new DecodeLoop(new SessionFactory(options, new(ExecutionProvider.Cpu, () => null)).Open(model), model.Manifest, prefillChunk: 16, cacheStep: 24);
        var expected = WholeSequence(Path.Combine(folder, "onnx", "model.onnx"), tokens, positions, choosesLogits);

        // 33 tokens in chunks of 16, then one by one, over two growths of the cache; then again from the middle.
        Same(expected, 32, loop.Read(tokens.AsSpan(0, 33), Cancel));
        for (var next = 33; next < 40; next++)
        {
            Same(expected, next, loop.Read(tokens.AsSpan(next, 1), Cancel));
        }

        loop.Rewind(20, 40);
        var three = loop.Read(tokens.AsSpan(20, 18), Cancel, kept: 3);
        Assert.Equal(3 * TinyModels.Vocabulary, three.Length);
        for (var row = 0; row < 3; row++)
        {
            Same(expected, 35 + row, three.Slice(row * TinyModels.Vocabulary, TinyModels.Vocabulary));
        }
    }

    [Fact]
    public async Task OnnxCommunity_WithoutManifest_Answers()
    {
        models.AddOnnxCommunity("tiny", ChatMl, ChatMlTokens);
        await using var services = InferenceHost.Build(("ModelsFolder", models.Root), ("ChatModel", "tiny"));
        var chat = services.GetRequiredService<IChatClient>();
        var info = chat.GetService<ChatModelInfo>()!;
        Assert.Equal(("tiny", 128, Rag.Inference.Models.AnswerStyle.Quote), (info.Id, info.ContextLength, info.AnswerStyle));
        Assert.Equal(2 * (2 * 32 * 16 * 3) + (2 * 272 * 32), info.Parameters);
        var response = await chat.GetResponseAsync("Hi", new() { MaxOutputTokens = 5, Temperature = 0 }, Cancel);
        // <|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n: a token per byte and one per control token
        Assert.Equal(1 + 7 + 1 + 1 + 1 + 10, response.Usage!.InputTokenCount);
        Assert.InRange(response.Usage.OutputTokenCount!.Value, 1, 5);
        var status = services.GetRequiredService<InferenceStatus>().Models[0];
        Assert.Equal(ModelState.Ready, status.State);
        Assert.Equal("No model.json: read as onnx-community, chat template chatml, onnx/model.onnx, 128 of 128 tokens of context. Its files are not checked.", status.Note);
    }

    [Fact]
    public async Task Genai_WithoutManifest_Answers()
    {
        models.AddGenai("tiny", "<|start_header_id|> <|eot_id|>", ["<|begin_of_text|>", "<|eot_id|>", "<|start_header_id|>", "<|end_header_id|>"]);
        await using var services = InferenceHost.Build(("ModelsFolder", models.Root), ("ChatModel", "tiny"));
        var response = await services.GetRequiredService<IChatClient>().GetResponseAsync("Hi", new() { MaxOutputTokens = 5, Temperature = 0 }, Cancel);
        Assert.InRange(response.Usage!.OutputTokenCount!.Value, 1, 5);
        Assert.Contains("read as onnxruntime-genai, chat template llama3, decoder.onnx", services.GetRequiredService<InferenceStatus>().Models[0].Note);
    }

    [Fact]
    public async Task ShippedModels_LaidOutAsTheExportersDo_GiveTheSameResults()
    {
        var chat = Copy(ShippedModels.ChatFolder, name => name.StartsWith("model.onnx", StringComparison.Ordinal));
        var embedder = Copy(ShippedModels.EmbeddingFolder, name => name == "model.onnx");
        Directory.CreateDirectory(Path.Combine(embedder, "1_Pooling"));
        TinyModels.Write(Path.Combine(embedder, "1_Pooling"), "config.json", new { pooling_mode_cls_token = true });
        TinyModels.Write(embedder, "config_sentence_transformers.json", new { prompts = new { query = ShippedModels.EmbeddingFolder.Manifest.QueryPrefix } });
        File.Delete(Path.Combine(embedder, "vocab.txt"));

        await using var copied = InferenceHost.Build(("ModelsFolder", models.Root), ("ChatModel", Path.GetFileName(chat)), ("EmbeddingModel", Path.GetFileName(embedder)));
        await using var shipped = InferenceHost.Build();
        ChatMessage[] messages = [new(ChatRole.System, "Be brief."), new(ChatRole.User, "What is the capital of France?")];
        var options = new ChatOptions { MaxOutputTokens = 12, Temperature = 0, AdditionalProperties = new() { [InferenceProperties.RepetitionPenalty] = 1.1 } };
        Assert.Equal(await AnswerAsync(shipped, messages, options), await AnswerAsync(copied, messages, options));
        foreach (var role in new[] { InferenceProperties.Query, InferenceProperties.Passage })
        {
            var pairs = (await VectorAsync(shipped, role)).Zip(await VectorAsync(copied, role));
            Assert.All(pairs, pair => Assert.Equal(pair.First, pair.Second, 1e-6f));   // scaled to length 1 once more
        }
    }

    [Theory]
    [InlineData("pooling_mode_cls_token", new[] { 2 })]
    [InlineData("pooling_mode_lasttoken", new[] { 3 })]
    [InlineData("pooling_mode_mean_tokens", new[] { 2, 6, 4, 5, 3 })]
    [InlineData(null, new[] { 2, 6, 4, 5, 3 })]
    public async Task Encoder_WithoutManifest_PoolsAsItsFolderSays(string? pooling, int[] averaged)
    {
        models.AddEncoder("tiny", pooling);
        await using var services = InferenceHost.Build(("ModelsFolder", models.Root), ("EmbeddingModel", "tiny"));
        var generator = services.GetRequiredService<IEmbeddingGenerator<string, Embedding<float>>>();
        var vectors = await generator.GenerateAsync(["the seaside", "the seaside the sea the sea"], cancellationToken: Cancel);   // the other text's padding must not count

        using var session = new InferenceSession(Path.Combine(models.Root, "tiny", "onnx", "model.onnx"));
        var expected = new float[TinyModels.Hidden];
        foreach (var token in averaged)
        {
            using var run = new RunOptions();
            long[] shape = [1, 1];
            using var ids = OrtValue.CreateTensorValueFromMemory(new long[] { token }, shape);
            using var one = OrtValue.CreateTensorValueFromMemory(new long[] { 1 }, shape);
            using var rows = session.Run(run, ["input_ids", "attention_mask", "token_type_ids"], [ids, one, one], ["last_hidden_state"]);
            System.Numerics.Tensors.TensorPrimitives.Add(expected, rows[0].GetTensorDataAsSpan<float>(), expected);
        }

        var length = MathF.Sqrt(expected.Sum(x => x * x));
        Assert.All(expected.Zip(vectors[0].Vector.ToArray()), pair => Assert.Equal(pair.First / length, pair.Second, 1e-4f));
        Assert.Equal((TinyModels.Hidden, 16), (generator.GetService<EmbeddingModelInfo>()!.Dimensions, generator.GetService<EmbeddingModelInfo>()!.MaxTokens));
        Assert.Contains($"pooling {(pooling is null ? "mean (not stated, assumed)" : "")}", services.GetRequiredService<InferenceStatus>().Models[1].Note);
    }

    [Theory]
    [InlineData("{{ '<|unheard|>' }}", "its chat template is of no family that is known (chatml, llama3, phi4, phi3, gemma, mistral)")]
    [InlineData("[INST] <<SYS>>", "of no family")]
    [InlineData("<|im_start|> <start_of_turn>", "of no family")]
    public async Task Template_ThatIsNotKnown_IsRefusedByName(string template, string words)
    {
        models.AddOnnxCommunity("tiny", template, ChatMlTokens);
        Assert.Contains(words, await RefusalAsync());
    }

    [Theory]
    [InlineData("config.json", """{"vocab_size":272}""", "its config.json does not say max_position_embeddings")]
    [InlineData("config.json", "{", "one of its other files is damaged")]
    [InlineData("tokenizer.json", """{"model":{"type":"Unigram"}}""", "its tokenizer is of the type Unigram")]
    [InlineData("tokenizer_config.json", "{}", "it has no chat template")]
    public async Task File_ThatDoesNotSayEnough_IsNamed(string file, string content, string words)
    {
        await File.WriteAllTextAsync(Path.Combine(models.AddOnnxCommunity("tiny", ChatMl, ChatMlTokens), file), content, Cancel);
        Assert.Contains(words, await RefusalAsync());
    }

    [Fact]
    public async Task Graph_ThatIsMissing_IsNamed()
    {
        File.Delete(Path.Combine(models.AddOnnxCommunity("tiny", ChatMl, ChatMlTokens), "onnx", "model.onnx"));
        Assert.Contains("there is no model_q4.onnx or model.onnx", await RefusalAsync());
    }

    [Fact]
    public void Graph_OutsideTheFolder_IsNotRead()
    {
        var folder = models.AddGenai("tiny", ChatMl, ChatMlTokens);
        TinyModels.Write(folder, "genai_config.json", new { model = new { context_length = 128, vocab_size = 272, decoder = new { filename = "../secret.onnx" } } });
        var model = ModelFolder.Open(folder, ModelKind.Chat, 8_192);
        var error = Assert.Throws<InferenceException>(() => new SessionFactory(new(), new(ExecutionProvider.Cpu, () => null)).Open(model));
        Assert.Contains("outside of its folder", error.Message);
    }

    [Fact]
    public void Context_IsCutToWhatTheSettingsAllow() =>
        Assert.Equal(100, ModelFolder.Open(models.AddOnnxCommunity("tiny", ChatMl, ChatMlTokens), ModelKind.Chat, 100).Manifest.ContextLength);

    private static void Same(float[] expected, int row, ReadOnlySpan<float> logits)
    {
        for (var i = 0; i < TinyModels.Vocabulary; i++)
        {
            Assert.Equal(expected[(row * TinyModels.Vocabulary) + i], logits[i], 1e-4f);
        }
    }

    private static float[] WholeSequence(string path, int[] tokens, bool positions, bool choosesLogits)
    {
        using var session = new InferenceSession(path);
        var values = new Dictionary<string, OrtValue>();
        OrtValue Whole(long[] data, params long[] shape) => OrtValue.CreateTensorValueFromMemory(data, shape);
        values["input_ids"] = Whole([.. tokens.Select(t => (long)t)], 1, tokens.Length);
        values["attention_mask"] = Whole([.. tokens.Select(_ => 1L)], 1, tokens.Length);
        if (positions)
        {
            values["position_ids"] = Whole([.. tokens.Select((_, i) => (long)i)], 1, tokens.Length);
        }

        if (choosesLogits)
        {
            values["num_logits_to_keep"] = Whole([tokens.Length]);
        }

        foreach (var past in session.InputNames.Where(name => name.StartsWith("past", StringComparison.Ordinal)))
        {
            values[past] = OrtValue.CreateTensorValueFromMemory(Array.Empty<float>(), [1, 1, 0, 16]);
        }

        using var run = new RunOptions();
        using var results = session.Run(run, values, ["logits"]);
        return results[0].GetTensorDataAsSpan<float>().ToArray();
    }

    private string Copy(ModelFolder model, Func<string, bool> isGraph)
    {
        var target = Directory.CreateDirectory(Path.Combine(models.Root, "copied-" + model.Manifest.Kind)).FullName;
        Directory.CreateDirectory(Path.Combine(target, "onnx"));
        foreach (var file in Directory.EnumerateFiles(model.Path).Where(file => Path.GetFileName(file) != "model.json" && !file.Contains("fp16", StringComparison.Ordinal)))
        {
            var name = Path.GetFileName(file);
            File.Copy(file, Path.Combine(target, isGraph(name) ? "onnx" : "", name));
        }

        return target;
    }

    private static async Task<string> AnswerAsync(IServiceProvider services, ChatMessage[] messages, ChatOptions options) =>
        (await services.GetRequiredService<IChatClient>().GetResponseAsync(messages, options, Cancel)).Text;

    private static async Task<float[]> VectorAsync(IServiceProvider services, string role) =>
        (await services.GetRequiredService<IEmbeddingGenerator<string, Embedding<float>>>()
            .GenerateAsync(["Größe matters: naïve façades, 東京."], new() { AdditionalProperties = new() { [InferenceProperties.Role] = role } }, Cancel))[0].Vector.ToArray();

    private async Task<string> RefusalAsync()
    {
        await using var services = InferenceHost.Build(("ModelsFolder", models.Root), ("ChatModel", "tiny"));
        var error = await Assert.ThrowsAsync<InferenceException>(() => services.GetRequiredService<IChatClient>().GetResponseAsync("Hi", cancellationToken: Cancel));
        Assert.Equal(InferenceFailure.Unavailable, error.Reason);
        return error.Message;
    }
}
