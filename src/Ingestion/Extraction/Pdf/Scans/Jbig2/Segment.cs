namespace Rag.Ingestion.Extraction.Pdf.Scans.Jbig2;

/// <summary>The head of a part of a stream. Source: ITU-T T.88, 7.2.</summary>
/// <param name="Others">Numbers of the segments that it builds on.</param>
/// <param name="Length">Of its data, in bytes; all ones: not known.</param>
internal sealed record Segment(uint Number, int Kind, IReadOnlyList<uint> Others, uint Length)
{
    public const int ShortestHead = 11;

    private const int MostOthers = 10_000;

    public static Segment ReadHead(BigEndian stream)
    {
        uint number = stream.Int();
        byte flags = stream.Byte(), counts = stream.Byte();
        int others = counts >> 5;
        if (others == 7)
        {
            others = (counts & 0x1F) << 24 | stream.Byte() << 16 | stream.Short();
            stream.Take(others / 8 + 1);   // which of them are needed no more
        }

        if (others > MostOthers)
        {
            throw new Jbig2Exception(Ocr.ScanTrouble.TooLarge);
        }

        var numbers = new uint[others];
        for (int i = 0; i < others; i++)
        {
            numbers[i] = number <= 256 ? stream.Byte() : number <= 65_536 ? stream.Short() : stream.Int();
        }

        stream.Take((flags & 0x40) != 0 ? 4 : 1);   // the page that it belongs to
        return new Segment(number, flags & 0x3F, numbers, stream.Int());
    }
}
