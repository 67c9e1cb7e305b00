namespace Rag.Ingestion.Extraction.Pdf;

/// <summary>What the threads that parse files have in common.</summary>
internal static class ParserThread
{
    /// <summary>Files nest deep, on purpose or not, and parsers descend.</summary>
    public const int StackBytes = 16 * 1024 * 1024;
}
