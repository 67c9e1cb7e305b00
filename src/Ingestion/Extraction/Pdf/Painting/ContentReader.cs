using System.Buffers;
using UglyToad.PdfPig.Core;
using UglyToad.PdfPig.Graphics.Operations;
using UglyToad.PdfPig.Logging;
using UglyToad.PdfPig.Parser;

namespace Rag.Ingestion.Extraction.Pdf.Painting;

/// <summary>
/// Reads page content as PdfPig's parser does, without an object for each number and each string: that was a third of the time of a page. It knows what
/// ordinary pages hold. Other operators it hands over, with their operands; of what it does not understand it leaves the whole content to PdfPig.
/// </summary>
internal sealed class ContentReader(IPageContentParser usual) : IPageContentParser
{
    private const int Most = 64 * 1024 * 1024;   // bytes; it is copied once

    /// <summary>PdfPig's.</summary>
    public IPageContentParser Usual => usual;

    public IReadOnlyList<IGraphicsStateOperation> Parse(int pageNumber, IInputBytes inputBytes, ILog log)
    {
        int length = (int)Math.Min(inputBytes.Length, int.MaxValue);
        if (length is 0 or > Most || inputBytes.CurrentOffset != 0)
        {
            return usual.Parse(pageNumber, inputBytes, log);
        }

        byte[] content = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            bool whole = inputBytes.Read(content.AsSpan(0, length)) == length;
            // PdfPig loses a letter that ends its content right behind a number.
            var operators = new ContentOperators(new ContentOperands(content, length), some => usual.Parse(pageNumber, new MemoryInputBytes((byte[])[.. some, (byte)'\n']), log));
            if (whole && operators.ReadAll() is { } operations)
            {
                return operations;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(content);
        }

        inputBytes.Seek(0);
        return usual.Parse(pageNumber, inputBytes, log);
    }
}
