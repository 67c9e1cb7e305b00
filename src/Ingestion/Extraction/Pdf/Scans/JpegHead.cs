using System.Buffers.Binary;

namespace Rag.Ingestion.Extraction.Pdf.Scans;

/// <summary>What a JPEG file says of its size, for what the PDF says of it need not be true. Source: ITU-T T.81, annex B.</summary>
internal static class JpegHead
{
    /// <returns>Null when the file has no head.</returns>
    public static (int Width, int Height)? Size(ReadOnlySpan<byte> file)
    {
        if (file is not [0xFF, 0xD8, ..])
        {
            return null;
        }

        for (int at = 2; at + 9 <= file.Length;)
        {
            if (file[at] != 0xFF)
            {
                return null;
            }

            byte marker = file[at + 1];
            if (marker is 0xFF)
            {
                at++;   // filling
            }
            else if (marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC))
            {
                return (BinaryPrimitives.ReadUInt16BigEndian(file[(at + 7)..]), BinaryPrimitives.ReadUInt16BigEndian(file[(at + 5)..]));
            }
            else if (marker is 0x01 or (>= 0xD0 and <= 0xD8))
            {
                at += 2;   // no length
            }
            else
            {
                at += 2 + BinaryPrimitives.ReadUInt16BigEndian(file[(at + 2)..]);
            }
        }

        return null;
    }
}
