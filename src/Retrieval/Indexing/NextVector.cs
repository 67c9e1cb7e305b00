namespace Rag.Retrieval.Indexing;

/// <summary>A chunk's vector by the embedding model that is to take over; moved into the chunk when all of them are there.</summary>
internal sealed class NextVector
{
    public long Row { get; set; }

    /// <summary>L2-normalised embedding, little-endian float32.</summary>
    public required byte[] Vector { get; set; }
}
