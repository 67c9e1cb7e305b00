using Rag.Inference.Models;

namespace Rag.Inference.Import;

/// <summary>Where a tensor lies outside of the graph's file.</summary>
internal sealed record ExternalData(string File, long Offset, long Length);

/// <summary>
/// A graph's external data: <c>model.onnx_data</c>, <c>model.onnx_data_1</c> …, each tensor in one of them and at a page's beginning, so that it can be mapped. A new piece
/// begins where the next tensor would make one longer than <paramref name="longest"/> bytes.
/// </summary>
internal sealed class WeightPieces(string folder, string name, Dictionary<string, ManifestFile> written, long longest) : IDisposable
{
    private const int Page = 4_096;

    private HashedFile? piece;
    private int count;
    private long left;   // bytes of the tensor that are still to come

    /// <summary>Where the tensor will lie whose bytes are written next.</summary>
    public ExternalData Begin(long bytes)
    {
        if (left != 0)
        {
            throw new InvalidOperationException($"{left} bytes of the tensor before are missing.");
        }

        if (piece is not null && piece.Length + bytes + Page > longest)
        {
            End();
        }

        piece ??= new HashedFile(Path.Combine(folder, count++ == 0 ? name : $"{name}_{count - 1}"));
        piece.Write(new byte[(Page - (int)(piece.Length % Page)) % Page]);
        left = bytes;
        return new(piece.Name, piece.Length, bytes);
    }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        piece!.Write(bytes);
        left -= bytes.Length;
    }

    public void Finish()
    {
        if (piece is not null)
        {
            End();
        }
    }

    public void Dispose() => piece?.Dispose();

    private void End()
    {
        written.Add(piece!.Name, piece.Finish());
        piece.Dispose();
        piece = null;
    }
}
