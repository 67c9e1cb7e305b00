using Rag.Retrieval.Knowledge;

namespace Rag.Web.Documents;

/// <summary>How large a file may be, so that none is stored only to be refused by its reader.</summary>
/// <param name="upload">Of any file, in bytes.</param>
/// <param name="text">Of one that is read as one text, in bytes.</param>
internal sealed class UploadLimits(long upload, long text)
{
    private const string Texts = "text, Markdown, CSV and HTML";

    /// <summary>What may be dropped, in words.</summary>
    public string Hint => $"{FileNames.Readable}, up to {FileSize.Words(upload)} each" + (text < upload ? $"; {Texts} up to {FileSize.Words(text)}" : "");

    /// <summary>The most bytes of a file, by the ending of its name.</summary>
    public long Of(string? name) => IsText(name) ? Math.Min(upload, text) : upload;

    public string Sentence(string? name) => $"This file is larger than {FileSize.Words(Of(name))}{(IsText(name) && text < upload ? $", the most for {Texts}" : "")}. Split it and upload the parts.";

    /// <returns>Why a file need not be sent; null where it may be.</returns>
    public string? Refuse(UploadAnnouncement file) =>
        FileNames.Kind(FileNames.Clean(file.Name)) is null ? UnreadableSentence(file.Name)
        : file.Size > Of(file.Name) ? Sentence(file.Name)
        : null;

    /// <summary>Of a file whose ending names no kind that can be read.</summary>
    public static string UnreadableSentence(string? name) =>
        FileNames.IsOldOffice(FileNames.Clean(name)) ? Refusals.Sentence(RefusalReason.OldFormat) : $"This type of file cannot be read. Upload {FileNames.Readable}.";

    private static bool IsText(string? name) => name is not null && FileNames.Kind(FileNames.Clean(name)) is FileKind.Text or FileKind.Markdown or FileKind.Csv or FileKind.Html;
}
