using Rag.Ingestion.Extraction.Ocr;

namespace Rag.Ingestion.Extraction.Pdf.Scans;

/// <summary>How much packed samples unfold to, found without unfolding them: PdfPig's filters know no bound.</summary>
internal static class PackedSize
{
    private const int Clear = 256, End = 257, MostCodes = 4_096;

    /// <summary>LZW: ISO 32000-1, 7.4.4.</summary>
    /// <param name="early">Codes grow longer one code before they must.</param>
    /// <exception cref="ScanException">More than <paramref name="most"/>, or no such data. A table that is never cleared would grow with every code.</exception>
    public static void OfLzw(ReadOnlySpan<byte> packed, bool early, long most)
    {
        int[] lengths = new int[MostCodes + 1];   // of the string behind each code
        lengths.AsSpan(0, Clear).Fill(1);
        int codes = End + 1, width = 9, before = -1, slack = early ? 1 : 0;
        long total = 0;
        uint bits = 0;
        for (int at = 0, held = 0; ;)
        {
            for (; held < width; held += 8)
            {
                bits = at < packed.Length ? (bits << 8) | packed[at++] : throw new ScanException(ScanTrouble.Damaged);
            }

            held -= width;
            int code = (int)(bits >> held) & ((1 << width) - 1);
            if (code == End)
            {
                return;
            }

            if (code == Clear)
            {
                (codes, width, before) = (End + 1, 9, -1);
                continue;
            }

            if (code > codes || (code == codes && before < 0) || codes > MostCodes)
            {
                throw new ScanException(ScanTrouble.Damaged);
            }

            int length = code < codes ? lengths[code] : lengths[before] + 1;
            if ((total += length) > most)
            {
                throw new ScanException(ScanTrouble.TooLarge);
            }

            if (before >= 0)
            {
                lengths[codes++] = lengths[before] + 1;
            }

            before = code;
            width = codes + slack >= 2_048 ? 12 : codes + slack >= 1_024 ? 11 : codes + slack >= 512 ? 10 : 9;
        }
    }

    /// <summary>Run lengths: ISO 32000-1, 7.4.5.</summary>
    /// <inheritdoc cref="OfLzw" path="/exception"/>
    public static void OfRuns(ReadOnlySpan<byte> packed, long most)
    {
        const int end = 128;
        long total = 0;
        for (int at = 0; at < packed.Length && packed[at] != end;)
        {
            int count = packed[at] < end ? packed[at] + 1 : 257 - packed[at];
            at += packed[at] < end ? count + 1 : 2;
            if ((total += count) > most)
            {
                throw new ScanException(ScanTrouble.TooLarge);
            }
        }
    }
}
