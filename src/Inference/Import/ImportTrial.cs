using System.Numerics.Tensors;
using Microsoft.Extensions.AI;
using Rag.Inference.Chat;
using Rag.Inference.Models;
using Rag.Inference.Runtime;
using Rag.Inference.Tokenizers;

namespace Rag.Inference.Import;

/// <summary>
/// Opens a model that was just written, through the same checks and the same loop as the chat client, and lets it read a greeting and one token more: what does not run is
/// never called installed.
/// </summary>
internal static class ImportTrial
{
    private const int Chunk = 32;   // tokens of one run, and of a step of the cache

    /// <exception cref="FormatException">It does not run; the message says why, as the end of a sentence.</exception>
    public static void Run(SessionFactory sessions, ModelFolder folder, CancellationToken cancel)
    {
        try
        {
            var greeting = new ChatTemplate(folder.Manifest, TokenizerLoader.Chat(folder)).Render([new(ChatRole.User, "Hello")]).Ids;
            var graph = sessions.OpenUnpacked(folder);
            using var session = graph.Session;
            using var loop = new DecodeLoop(graph, folder.Manifest, Chunk, Chunk, ownsSession: false);
            var next = Check(loop.Read(greeting.AsSpan(0, Math.Min(greeting.Length, folder.Manifest.ContextLength)), cancel));
            if (loop.Count < folder.Manifest.ContextLength)
            {
                Check(loop.Read([next], cancel));   // behind what is in the cache
            }
        }
        catch (InferenceException error)
        {
            throw new FormatException($"the model that came of it does not run. {error.Message.TrimEnd('.')}", error);
        }
    }

    /// <returns>The likeliest token.</returns>
    private static int Check(ReadOnlySpan<float> logits)
    {
        if (!float.IsFinite(TensorPrimitives.MaxMagnitude(logits)))
        {
            throw new FormatException("the model that came of it computes numbers that are not finite, so the file is damaged; copy it again");
        }

        // A trained model never does; one without weights always does.
        if (TensorPrimitives.Max(logits) == TensorPrimitives.Min(logits))
        {
            throw new FormatException("the model that came of it finds every word equally likely, so its weights are missing or damaged; copy it again");
        }

        return TensorPrimitives.IndexOfMax(logits);
    }
}
