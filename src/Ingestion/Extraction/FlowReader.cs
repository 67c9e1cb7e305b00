using Rag.Ingestion.Extraction.Flow;
using Rag.Ingestion.Extraction.Mail;
using Rag.Ingestion.Extraction.Markup;
using Rag.Ingestion.Extraction.Office;
using Rag.Ingestion.Extraction.Tables;
using Rag.Retrieval.Knowledge;

namespace Rag.Ingestion.Extraction;

/// <summary>Reads every kind of file that has no page geometry. Runs in the extractor process only.</summary>
internal static class FlowReader
{
    /// <exception cref="RefusedFileException">The file cannot be read, for a reason its owner can act on.</exception>
    public static FlowDocument Read(FileKind kind, byte[] file, FlowLimits limits)
    {
        FlowDocument document = kind switch
        {
            FileKind.PlainText or FileKind.Markdown => TextExtractor.Read(file, kind),
            FileKind.Csv => CsvReader.Read(file),
            FileKind.Html => HtmlReader.Read(file),
            FileKind.Word => WordReader.Read(file, limits),
            FileKind.Slides => SlidesReader.Read(file, limits),
            FileKind.Sheets => SheetsReader.Read(file, limits),
            FileKind.Epub => EpubReader.Read(file, limits),
            FileKind.Mail => MailReader.Read(file),
            FileKind.Image => throw new RefusedFileException(RefusalReason.OcrOff),
            _ => throw new RefusedFileException(RefusalReason.WrongType),
        };
        return document.Pages.Any(page => page.HasText) ? document : throw new RefusedFileException(RefusalReason.Empty);
    }
}
