using System.Text;
using System.Text.Json;
using Rag.Inference.Chat;
using Rag.Inference.Models;
using Rag.Inference.Runtime;
using Rag.Inference.Tokenizers;

namespace Rag.Inference.Import;

/// <summary>Reads a GGUF file and writes the model folder: tokenizer and template first, since they refuse at once, then the weights; then the model is tried.</summary>
internal sealed class ModelImporter(InferenceOptions options, ModelStore store, SessionFactory sessions) : IModelImporter
{
    private const string Graph = "model.onnx";
    private const string TokenizerFile = "tokenizer.json";

    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true };

    /// <summary>Of MatMulNBits, see <see cref="DecoderGraph"/>; tests compare without rounded activations.</summary>
    internal int Accuracy { get; init; } = 4;

    /// <summary>Bytes of one file of weights.</summary>
    internal long LongestPiece { get; init; } = 1L << 30;

    /// <summary>Bytes free on the disk of a folder; null: unknown.</summary>
    internal Func<string, long?> FreeSpace { get; init; } = ImportSpace.Free;

    public Task<ImportedModel> ImportAsync(ModelImportRequest request, IProgress<ModelImportProgress>? progress, CancellationToken cancel) =>
        Task.Run(() => Import(request, new(progress, cancel)), cancel);

    internal ImportedModel Import(ModelImportRequest request, ImportSteps steps)
    {
        if (request.WeightBits is not (8 or 4))
        {
            throw Invalid($"A weight can have 8 or 4 bits, not {request.WeightBits}.");
        }

        try
        {
            steps.Next("reading the file");
            using var file = GgufFile.Open(request.File);
            return Import(request, steps, file);
        }
        catch (FormatException error)
        {
            throw new InferenceException(InferenceFailure.InvalidOption, $"The file {request.ShownName} cannot be imported: {error.Message}.", error);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new InferenceException(InferenceFailure.Unavailable, $"There is no file {request.File}.", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new InferenceException(InferenceFailure.Unavailable, $"The file {request.ShownName} cannot be imported: {error.Message}", error);
        }
    }

    private ImportedModel Import(ModelImportRequest request, ImportSteps steps, GgufFile file)
    {
        var plan = ImportPlan.Read(file, request.ShownName, options.MaxContextTokens);
        var shape = plan.Shape;
        steps.Total = shape.WeightBytes;

        using var folder = new ImportFolder(store.Root, ImportFolder.Name(request.Name, plan.Title));
        ImportSpace.Check(ImportSpace.Needed(plan, request.WeightBits), FreeSpace(folder.Path), store.Root);
        var manifest = new ModelManifest
        {
            Id = folder.Id,
            Kind = ModelKind.Chat,
            Files = [],
            Tokenizer = new() { Type = plan.Vocabulary.Model == "llama" ? TokenizerLoader.SentencePiece : TokenizerLoader.ByteLevel, File = TokenizerFile },
            License = plan.License,
            DisplayName = plan.Title,
            Source = new(plan.Title, request.ShownName),
            Graphs = new() { Cpu = Graph },
            Parameters = shape.Parameters,
            ContextLength = shape.Context,
            VocabularySize = shape.Vocabulary,
            Languages = plan.Languages,
            ChatTemplate = new(plan.Family, null),
            StopTokens = plan.Vocabulary.StopTokens,
            AnswerStyle = ManifestInference.StyleOf(shape.Parameters),
        };

        steps.Next("writing the tokenizer");
        folder.Write(TokenizerFile, plan.Tokenizer, manifest.Files);
        folder.Write("chat_template.jinja", Encoding.UTF8.GetBytes(plan.Vocabulary.Template), manifest.Files);
        folder.Write("config.json", Config(shape, plan.Vocabulary), manifest.Files);
        CheckTokenizer(folder, manifest);
        using (var pieces = new WeightPieces(folder.Path, Graph + "_data", manifest.Files, LongestPiece))
        using (var graph = new DecoderGraph(file, shape, pieces, steps, request.WeightBits, Accuracy))
        {
            var bytes = graph.Write();
            pieces.Finish();
            folder.Write(Graph, bytes, manifest.Files);
        }

        var own = ManifestJson(manifest, shape, request);
        folder.Write("model.json", own, []);
        steps.Next("trying the model");
        ImportTrial.Run(sessions, ModelFolder.Open(folder.Path, ModelKind.Chat, options.MaxContextTokens), steps.Cancel);
        steps.Next("finishing");
        var path = folder.Finish();
        return new(manifest.Id, path, plan.Title, shape.Architecture, shape.Parameters, own.Length + manifest.Files.Values.Sum(f => f.Bytes), shape.Context);
    }

    // As the chat client will read them.
    private static void CheckTokenizer(ImportFolder folder, ModelManifest manifest)
    {
        try
        {
            _ = new ChatTemplate(manifest, TokenizerLoader.Chat(new ModelFolder(folder.Path, manifest)));
        }
        catch (InferenceException error)
        {
            throw new FormatException(error.Message.TrimEnd('.'), error);
        }
    }

    private static byte[] ManifestJson(ModelManifest manifest, DecoderShape shape, ModelImportRequest request) => JsonSerializer.SerializeToUtf8Bytes(
        new
        {
            id = manifest.Id,
            kind = "chat",
            displayName = manifest.DisplayName,
            license = manifest.License,
            source = new { model = manifest.DisplayName, file = manifest.Source!.File, architecture = shape.Architecture, weightBits = request.WeightBits },
            graphs = new { cpu = manifest.Graphs.Cpu },
            parameters = manifest.Parameters,
            contextLength = manifest.ContextLength,
            vocabularySize = manifest.VocabularySize,
            languages = manifest.Languages,
            tokenizer = new { type = manifest.Tokenizer.Type, file = manifest.Tokenizer.File },
            chatTemplate = new { family = manifest.ChatTemplate!.Family },
            stopTokens = manifest.StopTokens,
            answerStyle = JsonNamingPolicy.CamelCase.ConvertName(manifest.AnswerStyle.ToString()),
            files = manifest.Files.ToDictionary(entry => entry.Key, entry => new { sha256 = entry.Value.Sha256, bytes = entry.Value.Bytes }),
        },
        Json);

    // What exporters state, for people and other programs; this library reads model.json.
    private static byte[] Config(DecoderShape shape, GgufVocabulary vocabulary) => JsonSerializer.SerializeToUtf8Bytes(
        new
        {
            model_type = shape.Architecture,
            hidden_size = shape.Hidden,
            intermediate_size = shape.Inner,
            num_hidden_layers = shape.Layers.Count,
            num_attention_heads = shape.Heads,
            num_key_value_heads = shape.KeyHeads,
            head_dim = shape.HeadSize,
            max_position_embeddings = shape.StatedContext,
            vocab_size = shape.Vocabulary,
            rms_norm_eps = shape.Epsilon,
            rope_theta = shape.FrequencyBase,
            eos_token_id = vocabulary.StopTokens,
            tie_word_embeddings = shape.Head is null,
        },
        Json);

    private static InferenceException Invalid(string message) => new(InferenceFailure.InvalidOption, message);
}
