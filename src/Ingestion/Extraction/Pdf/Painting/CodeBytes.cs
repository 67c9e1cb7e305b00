using UglyToad.PdfPig.Core;

namespace Rag.Ingestion.Extraction.Pdf.Painting;

/// <summary>The codes of one string after the other, as a font of PdfPig reads them.</summary>
internal sealed class CodeBytes(ReadOnlyMemory<byte> all) : IInputBytes
{
    private ReadOnlyMemory<byte> codes;
    private int next;

    public long CurrentOffset => next;

    public byte CurrentByte { get; private set; }

    public long Length => codes.Length;

    public void Over(int start, int length) => (codes, next, CurrentByte) = (all.Slice(start, length), 0, 0);

    public bool MoveNext()
    {
        if (next == codes.Length)
        {
            return false;
        }

        CurrentByte = codes.Span[next++];
        return true;
    }

    public byte? Peek() => next == codes.Length ? null : codes.Span[next];

    public bool IsAtEnd() => next == codes.Length;

    public void Seek(long position)
    {
        next = (int)position;
        CurrentByte = next > 0 ? codes.Span[next - 1] : (byte)0;
    }

    public int Read(Span<byte> buffer)
    {
        int count = Math.Min(buffer.Length, codes.Length - next);
        codes.Span.Slice(next, count).CopyTo(buffer);
        next += count;
        CurrentByte = count > 0 ? buffer[count - 1] : CurrentByte;
        return count;
    }

    public void Dispose()
    {
    }
}
