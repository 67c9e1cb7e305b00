using System.Runtime.InteropServices;
using Rag.Retrieval.Knowledge;

namespace Rag.Ingestion.Extraction.Ocr;

/// <summary>A picture of a scanned page on its way from the extractor to the OCR program. Places are points from the page's top left corner, as displayed.</summary>
/// <param name="File">A picture file: JPEG, JPEG 2000 or PGM.</param>
/// <param name="Place">Where its corners lie.</param>
/// <param name="Dpi">Pixels per inch of paper.</param>
/// <param name="Upright">False: its letters do not stand upright in the file, only on the page.</param>
/// <param name="Visible">What of the page shows it; words outside are not seen.</param>
/// <param name="Covers">Painted over it later; words under one are not seen.</param>
internal sealed record ScanPicture(ReadOnlyMemory<byte> File, Placement Place, int Dpi, bool Upright, PageBox Visible, IReadOnlyList<PageBox> Covers)
{
    /// <summary>Of one page.</summary>
    public const int MostPieces = 24;

    public const int MostCovers = 200;

    private const int MostDpi = 4_800;
    private const int FloatsBefore = 6 + 4;
    private const int Head = (FloatsBefore * sizeof(float)) + sizeof(int) + sizeof(byte) + sizeof(int);

    public byte[] ToPayload()
    {
        byte[] payload = new byte[Head + (Covers.Count * 4 * sizeof(float)) + File.Length];
        using var writer = new BinaryWriter(new MemoryStream(payload));
        float[] numbers = [Place.X, Place.Y, Place.RightX, Place.RightY, Place.DownX, Place.DownY, .. Numbers(Visible)];
        Array.ForEach(numbers, writer.Write);
        writer.Write(Dpi);
        writer.Write(Upright);
        writer.Write(Covers.Count);
        foreach (float number in Covers.SelectMany(Numbers))
        {
            writer.Write(number);
        }

        File.Span.CopyTo(payload.AsSpan(payload.Length - File.Length));
        return payload;
    }

    /// <exception cref="InvalidDataException">No such payload.</exception>
    public static ScanPicture Parse(byte[] payload)
    {
        if (payload.Length <= Head)
        {
            throw new InvalidDataException("Cut picture.");
        }

        using var reader = new BinaryReader(new MemoryStream(payload));
        float[] n = Floats(reader, FloatsBefore);
        int dpi = reader.ReadInt32();
        byte upright = reader.ReadByte();
        int covers = reader.ReadInt32();
        if (dpi is < 1 or > MostDpi || upright > 1 || covers is < 0 or > MostCovers || payload.Length <= Head + (covers * 4 * sizeof(float)))
        {
            throw new InvalidDataException("Wrong picture.");
        }

        PageBox[] boxes = new PageBox[covers];
        for (int i = 0; i < covers; i++)
        {
            boxes[i] = Box(Floats(reader, 4));
        }

        return new ScanPicture(payload.AsMemory((int)reader.BaseStream.Position), new Placement(n[0], n[1], n[2], n[3], n[4], n[5]), dpi, upright == 1, Box(n[6..]), boxes);
    }

    /// <summary>Resolution, bounded: no picture is refused for what it says of its size on paper.</summary>
    public static int DpiOf(double pixels, double points) => points > 0 ? (int)Math.Clamp(pixels / points * 72, 1, MostDpi) : 1;

    public Stream Open() => MemoryMarshal.TryGetArray(File, out ArraySegment<byte> bytes) ? new MemoryStream(bytes.Array!, bytes.Offset, bytes.Count, writable: false) : new MemoryStream(File.ToArray());

    private static IEnumerable<float> Numbers(PageBox box) => [box.X, box.Y, box.Width, box.Height];

    private static PageBox Box(float[] numbers) =>
        numbers[2] >= 0 && numbers[3] >= 0 ? new PageBox(numbers[0], numbers[1], numbers[2], numbers[3]) : throw new InvalidDataException("Wrong box.");

    private static float[] Floats(BinaryReader reader, int count)
    {
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++)
        {
            numbers[i] = reader.ReadSingle();
            if (!float.IsFinite(numbers[i]))
            {
                throw new InvalidDataException("Wrong number.");
            }
        }

        return numbers;
    }
}

/// <summary>A picture's top left corner on the page, and the ways from there to its top right and bottom left corners. Points, y downwards.</summary>
internal readonly record struct Placement(float X, float Y, float RightX, float RightY, float DownX, float DownY)
{
    /// <summary>Around a box that is given in shares of the picture's width and height.</summary>
    public PageBox Map(float left, float top, float right, float bottom)
    {
        Span<float> xs = [XOf(left, top), XOf(right, top), XOf(left, bottom), XOf(right, bottom)];
        Span<float> ys = [YOf(left, top), YOf(right, top), YOf(left, bottom), YOf(right, bottom)];
        xs.Sort();
        ys.Sort();
        return new PageBox(xs[0], ys[0], xs[3] - xs[0], ys[3] - ys[0]);
    }

    private float XOf(float across, float down) => X + (across * RightX) + (down * DownX);

    private float YOf(float across, float down) => Y + (across * RightY) + (down * DownY);
}
