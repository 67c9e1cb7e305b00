using System.Numerics.Tensors;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Rag.Inference.Embeddings;
using Rag.Inference.Models;
using Rag.Inference.Runtime;
using Rag.Inference.Tokenizers;

namespace Rag.Inference.Tests.Models;

/// <summary>A folder of an encoder like XLM-R, with a Unigram tokenizer and random weights.</summary>
public sealed class MultilingualEncoderTests : IDisposable
{
    private const int Begin = 0, Pad = 1, End = 2, Unknown = 3, The = 5, Sea = 6, Side = 7, Blank = 4;

    private readonly TinyModels models = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => models.Dispose();

    [Fact]
    public void Tokens_StandBetweenTheSpecialOnes()
    {
        var tokenizer = TokenizerLoader.Embedding(ModelFolder.Open(models.AddMultilingualEncoder("tiny"), ModelKind.Embedding, 8_192));
        Assert.Equal(Pad, tokenizer.Pad);
        Assert.Equal([Begin, The, Sea, Side, End], tokenizer.EncodeForModel("the  seaside", 16));
        Assert.Equal([Begin, Blank, Unknown, Sea, End], tokenizer.EncodeForModel("東京 sea", 16));
        Assert.Equal([Begin, End], tokenizer.EncodeForModel("", 16));
        Assert.Equal([Begin, The, Sea, End], tokenizer.EncodeForModel("the sea the", 4));
        Assert.DoesNotContain(tokenizer.EncodeForModel("</s><s> <pad>", 16)[1..^1], id => id is Begin or Pad or End);
    }

    [Fact]
    public async Task Vectors_AreTheMeanOfTheTokensRows()
    {
        models.AddMultilingualEncoder("tiny");
        await using var services = InferenceHost.Build(("ModelsFolder", models.Root), ("EmbeddingModel", "tiny"), ("Provider", "Cpu"));
        var generator = services.GetRequiredService<IEmbeddingGenerator<string, Embedding<float>>>();
        var found = await generator.GenerateAsync(["the seaside", "the sea the sea the", string.Join(' ', Enumerable.Repeat("sea", 40))], cancellationToken: Cancel);
        Assert.Equal(5 + 7 + 16, found.Usage!.InputTokenCount);
        Same(Sum(Begin, The, Sea, Side, End), found[0].Vector.ToArray());
        Same(Sum(Begin, The, Sea, The, Sea, The, End), found[1].Vector.ToArray());
        Same(Sum([Begin, .. Enumerable.Repeat(Sea, 14), End]), found[2].Vector.ToArray());   // cut, and closed all the same
        Assert.Equal((TinyModels.Hidden, 16), (generator.GetService<EmbeddingModelInfo>()!.Dimensions, generator.GetService<EmbeddingModelInfo>()!.MaxTokens));
        Assert.Equal(ModelState.Ready, services.GetRequiredService<InferenceStatus>().Models[1].State);
    }

    // The graph adds up all rows, padding too: what the shorter text was filled up with shows.
    [Fact]
    public void ShorterTexts_AreFilledUpWithTheTokenizersPadding()
    {
        var folder = ModelFolder.Open(models.AddMultilingualEncoder("tiny", sums: true), ModelKind.Embedding, 8_192);
        var tokenizer = TokenizerLoader.Embedding(folder);
        var options = new InferenceOptions { Provider = ExecutionProvider.Cpu };
        using var model = new EmbeddingModel(new SessionFactory(options, new(ExecutionProvider.Cpu, () => null)).Open(folder), folder.Manifest, tokenizer.Pad);
        var found = model.Run([tokenizer.EncodeForModel("the sea the", 16), tokenizer.EncodeForModel("the", 16)]);
        Same(Sum(Begin, The, Sea, The, End), found[0]);
        Same(Sum(Begin, The, End, Pad, Pad), found[1]);
    }

    [Theory]
    [InlineData("xlm-roberta", 514, 1, null, 512)]
    [InlineData("xlm-roberta", 8_194, 1, 8_192, 8_192)]   // BGE-M3
    [InlineData("roberta", 514, null, null, 512)]
    [InlineData("camembert", 514, 1, 128, 128)]
    [InlineData("bert", 512, 0, null, 512)]
    [InlineData("bert", 512, 1, 1_000, 512)]
    public void Positions_BehindThePaddingsId_AreNotCounted(string type, int positions, int? pad, int? stated, int expected)
    {
        var folder = models.AddMultilingualEncoder("tiny");
        TinyModels.Write(folder, "config.json", new { model_type = type, hidden_size = TinyModels.Hidden, max_position_embeddings = positions, pad_token_id = pad });
        if (stated is not null)
        {
            TinyModels.Write(folder, "sentence_bert_config.json", new { max_seq_length = stated });
        }

        Assert.Equal(expected, ModelFolder.Open(folder, ModelKind.Embedding, 8_192).Manifest.MaxTokens);
    }

    private static float[] Sum(params int[] tokens)
    {
        var sum = new float[TinyModels.Hidden];
        var table = OnnxWriter.Numbers(TinyModels.EncoderTokens * TinyModels.Hidden);
        foreach (var token in tokens)
        {
            TensorPrimitives.Add(sum, table.AsSpan(token * TinyModels.Hidden, TinyModels.Hidden), sum);
        }

        return sum;
    }

    // Both of length 1.
    private static void Same(float[] expected, float[] found)
    {
        var length = TensorPrimitives.Norm<float>(expected);
        Assert.All(expected.Zip(found), pair => Assert.Equal(pair.First / length, pair.Second, 1e-4f));
    }
}
