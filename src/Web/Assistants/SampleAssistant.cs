using Rag.Web.Access;
using Rag.Web.Documents;

namespace Rag.Web.Assistants;

/// <summary>An assistant with one small file, for people who have none at hand.</summary>
internal sealed class SampleAssistant(AssistantStore assistants, DocumentShelf shelf)
{
    private const string FileName = "Harbour House handbook.md";

    private static readonly AssistantDraft Draft = new(
        "Harbour House",
        "Answer guests' questions about the house from its handbook. Be brief and friendly.",
        ["When is breakfast?", "Which rooms can I bring my dog to?", "What does it cost to cancel?"]);

    /// <summary>Null for callers without an account.</summary>
    public async Task<AssistantId?> CreateAsync(Caller caller, CancellationToken cancel)
    {
        if (await assistants.CreateAsync(caller, Draft, cancel) is not { } assistant)
        {
            return null;
        }

        await using var content = typeof(SampleAssistant).Assembly.GetManifestResourceStream($"Sample/{FileName}")
            ?? throw new InvalidOperationException("The sample file is not part of this build.");
        await shelf.UploadAsync(caller, assistant.Id, FileName, content, cancel);
        return assistant.Id;
    }
}
