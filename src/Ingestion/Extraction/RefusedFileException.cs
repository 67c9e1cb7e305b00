using Rag.Retrieval.Knowledge;

namespace Rag.Ingestion.Extraction;

/// <summary>A reader gives a file up for a reason that its owner can act on. Never leaves the extractor process as an exception.</summary>
internal sealed class RefusedFileException(RefusalReason reason) : Exception($"The file is refused: {reason}.")
{
    public RefusalReason Reason => reason;
}
