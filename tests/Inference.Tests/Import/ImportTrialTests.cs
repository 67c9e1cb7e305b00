using Rag.Inference.Import;
using Rag.Inference.Models;
using Rag.Testing.Gguf;

namespace Rag.Inference.Tests.Import;

/// <summary>What is asked before a model's first byte is written, and after its last: is there room, does it run.</summary>
public sealed class ImportTrialTests : IDisposable
{
    private readonly ImportBench bench = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => bench.Dispose();

    [Fact]
    public async Task Model_ThatComputesNoNumbers_IsNotInstalled()
    {
        // Each weight is finite; the sum over a row is not.
        var file = new TinyGguf(new()).File.Remove("output_norm.weight").Tensor("output_norm.weight", 0, [.. Enumerable.Repeat(BitConverter.GetBytes(3e38f), 64).SelectMany(bytes => bytes)], 64);
        Assert.Contains("computes numbers that are not finite", await RefusalAsync(file));
    }

    [Theory]
    [InlineData("llama", 8)]
    [InlineData("qwen3", 4)]
    public async Task Model_WithoutWeights_IsNotInstalled(string architecture, int bits) =>
        Assert.Contains("finds every word equally likely", await RefusalAsync(new TinyGguf(new() { Architecture = architecture, Hollow = true }).File, bits));

    [Theory]
    [InlineData(8)]
    [InlineData(24)]
    public async Task Model_WhoseHeadsRuntimeDoesNotTake_IsRefusedBeforeItIsWritten(int headSize) =>
        Assert.Contains($"its heads have {headSize} numbers each", await RefusalAsync(new TinyGguf(new() { HeadSize = headSize }).File));

    [Theory]
    [InlineData("model.onnx_data", "SHA-256 differs")]
    [InlineData("model.onnx", "SHA-256 differs")]
    [InlineData("tokenizer.json", "SHA-256 differs")]
    public async Task Trial_OfAFolderThatIsNotAsWritten_SaysSo(string file, string words)
    {
        var imported = await bench.ImportAsync(new TinyGguf(new()).File);
        var path = Path.Combine(imported.Folder, file);
        var bytes = await File.ReadAllBytesAsync(path, Cancel);
        bytes[^1] ^= 1;   // as a failing disk does
        await File.WriteAllBytesAsync(path, bytes, Cancel);
        var error = Assert.Throws<FormatException>(() => ImportTrial.Run(ImportBench.Sessions, ModelFolder.Open(imported.Folder, ModelKind.Chat, 8_192), Cancel));
        Assert.StartsWith("the model that came of it does not run. The model file ", error.Message);
        Assert.Contains(words, error.Message);
    }

    [Fact]
    public async Task Trial_OfAGraphThatRuntimeRefuses_SaysSo()
    {
        var imported = await bench.ImportAsync(new TinyGguf(new()).File);
        var manifest = ModelFolder.Open(imported.Folder, ModelKind.Chat, 8_192).Manifest;
        var nonsense = "\x08\x08\x3A\x00"u8.ToArray();   // ir_version, and an empty graph
        await File.WriteAllBytesAsync(Path.Combine(imported.Folder, "model.onnx"), nonsense, Cancel);
        manifest.Files["model.onnx"] = new(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(nonsense)), nonsense.Length);
        var error = Assert.Throws<FormatException>(() => ImportTrial.Run(ImportBench.Sessions, new(imported.Folder, manifest), Cancel));
        Assert.StartsWith($"the model that came of it does not run. ONNX Runtime refused the model {imported.Id}: ", error.Message);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Model_OfFewTokens_IsTriedWithThose(int context) => Assert.Equal(context, (await bench.ImportAsync(new TinyGguf(new() { Context = context }).File)).ContextLength);

    [Theory]
    [InlineData("llama", 8, false)]
    [InlineData("llama", 4, true)]
    [InlineData("qwen2", 8, true)]
    [InlineData("qwen3", 4, false)]
    public async Task Room_IsAskedForBeforeAByteIsWritten(string architecture, int bits, bool tied)
    {
        var model = new TinyGguf(new() { Architecture = architecture, Tied = tied });
        var imported = await bench.ImportAsync(model.File, bits: bits);
        long needed;
        using (var file = GgufFile.Open(bench.PathOf("tiny.gguf")))
        {
            needed = ImportSpace.Needed(ImportPlan.Read(file, "tiny.gguf", 8_192), bits);
        }

        Assert.InRange(needed, imported.Bytes, imported.Bytes + 300_000);
        Directory.Delete(imported.Folder, recursive: true);

        var request = new ModelImportRequest(bench.PathOf("tiny.gguf"), "tight", bits);
        var error = Assert.Throws<InferenceException>(() => bench.Importer(free: ImportSpace.Reserve + needed - 1).Import(request, new(null, default)));
        Assert.Equal(InferenceFailure.Unavailable, error.Reason);
        Assert.Equal($"The model will take 1 MB, and the disk of {bench.Models} has 501 MB free, of which 500 MB are kept for everything else. Free some space there, then import again.", error.Message);
        Assert.Empty(Directory.GetFileSystemEntries(bench.Models));
        Assert.Equal("tight", bench.Importer(free: ImportSpace.Reserve + needed).Import(request, new(null, default)).Id);
    }

    [Fact]
    public void Room_OfTheRealDisk_IsKnown()
    {
        Assert.InRange(ImportSpace.Free(bench.Models) ?? -1, 1, long.MaxValue);
        Assert.Null(ImportSpace.Free(bench.PathOf("no such folder")));
        ImportSpace.Check(long.MaxValue, null, "a share of a network");
    }

    private async Task<string> RefusalAsync(GgufWriter file, int bits = 8)
    {
        var error = await Assert.ThrowsAsync<InferenceException>(() => bench.ImportAsync(file, bits: bits));
        TestContext.Current.TestOutputHelper?.WriteLine(error.Message);
        Assert.Equal(InferenceFailure.InvalidOption, error.Reason);
        Assert.StartsWith("The file tiny.gguf cannot be imported: ", error.Message);
        Assert.EndsWith(".", error.Message);
        Assert.Empty(Directory.GetFileSystemEntries(bench.Models));
        return error.Message;
    }
}
