using System.Globalization;
using Rag.Web.Admin;
using Rag.Web.Documents;
using Rag.Web.Shell;

namespace Rag.Web.Models;

/// <summary>A model folder, and an import, in the reader's words.</summary>
internal static class ModelWords
{
    public static string Purpose(ModelPurpose? purpose) => purpose switch
    {
        ModelPurpose.Chat => "chat model",
        ModelPurpose.Embedding => "embedding model",
        _ => "kind unknown",
    };

    public static string Setting(ModelPurpose purpose) => purpose == ModelPurpose.Chat ? "Inference:ChatModel" : "Inference:EmbeddingModel";

    /// <summary>"135 million", "1.2 billion".</summary>
    public static string Parameters(long count) => count >= 999_500_000
        ? string.Create(CultureInfo.InvariantCulture, $"{count / 1e9:0.#} billion")
        : count >= 1_000_000 ? string.Create(CultureInfo.InvariantCulture, $"{count / 1e6:0} million") : count.ToString("N0", CultureInfo.InvariantCulture);

    /// <param name="checking">Its files are being compared right now.</param>
    public static IReadOnlyList<StatusLine> Facts(ModelFolderView model, bool checking)
    {
        var lines = new List<StatusLine> { new("Folder", model.Name) };
        if (model.Parameters > 0)
        {
            lines.Add(new("Parameters", Parameters(model.Parameters)));
        }

        lines.Add(new("Size on disk", FileSize.Words(model.Bytes)));
        if (model.ContextTokens > 0)
        {
            lines.Add(new(model.Purpose == ModelPurpose.Embedding ? "Reads at once" : "Context", $"{model.ContextTokens.ToString("N0", CultureInfo.InvariantCulture)} tokens"));
        }

        if (model.Purpose is not null)
        {
            lines.Add(new("Licence", model.Licence.Length > 0 ? model.Licence : "not stated"));
            lines.Add(new("Source", string.IsNullOrEmpty(model.Source) ? "not stated" : model.Source));
        }

        if (Proof(model.Files, checking) is { } proof)
        {
            lines.Add(new("Files", proof, model.Files == FileProof.NoList ? StatusLevel.Warning : StatusLevel.Normal));
        }

        if (model.Problem is { } problem)
        {
            lines.Add(new("Cannot be used", problem, StatusLevel.Error));
        }

        return lines;
    }

    /// <summary>"41 % · about 2 min left"; null while there is nothing to say.</summary>
    public static string? Pace(ImportView import) =>
        import.Percent is not { } percent ? null : import.SecondsLeft is { } left ? $"{percent} % · {Words.Left(left)}" : $"{percent} %";

    /// <summary>Which file was not imported and why, in sentences; most reasons name the file themselves.</summary>
    public static string Failure(ImportView import) =>
        import.Problem?.Contains($"The file {import.File} ", StringComparison.Ordinal) == true ? import.Problem : $"{import.File} was not imported. {import.Problem}";

    /// <summary>For screen readers: changes at each tenth, not several times a second.</summary>
    public static string Spoken(ImportView import) => import.State switch
    {
        ImportState.Receiving => $"Uploading {import.File}.",
        ImportState.Running when import.Percent is >= 10 and var percent => $"Importing {import.File}, {percent / 10 * 10} percent.",
        ImportState.Running => $"Importing {import.File}.",
        _ => "",
    };

    private static string? Proof(FileProof files, bool checking) => files switch
    {
        FileProof.Checked => "checked: all as model.json says",
        FileProof.NotYet => checking ? "being checked …" : "not checked yet",
        FileProof.NoList => "read off its exporter's files, not checked",
        _ => null,   // the problem says it
    };
}
