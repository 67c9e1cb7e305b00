using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace Rag.Testing.Pdf;

/// <summary>A picture as a PDF stores it.</summary>
/// <param name="Entries">Of its dictionary, but for type and length.</param>
/// <param name="Globals">What its JBIG2 stream shares with others; null where it shares nothing.</param>
public sealed record StoredPicture(byte[] Data, string Entries, byte[]? Globals = null);

/// <summary>PDF files whose pages are pictures, as scanners write them.</summary>
public static class ScanFiles
{
    /// <summary>What the picture shows on a page of 612 × 792 points: left end and baseline of each line, from the top left corner, and its size.</summary>
    public static readonly (double X, double Baseline, double Size, string Text)[] Lines =
    [
        (72, 100, 24, "The warranty lasts seven years"),
        (72, 150, 18, "Spare parts are sold until 2031"),
        (72, 400, 18, "Second paragraph about delivery"),
        (72, 700, 14, "Signed in Lisbon on Monday"),
    ];

    private const int Width = 1_020, Height = 1_320, Row = (Width + 7) / 8;

    /// <summary>Draws picture 1 over the whole page.</summary>
    public const string Whole = "q 612 0 0 792 0 0 cm /Im1 Do Q\n";

    /// <summary>The same for a picture that lies on its side.</summary>
    public const string Sideways = "q 0 792 -612 0 612 0 cm /Im1 Do Q\n";

    public static StoredPicture Jpeg { get; } = new(Data("words.jpg"), "/Width 935/Height 1210/ColorSpace/DeviceGray/BitsPerComponent 8/Filter/DCTDecode");

    /// <summary>Turned by a quarter clockwise.</summary>
    public static StoredPicture SidewaysJpeg { get; } = Jpeg with { Data = Data("sideways.jpg"), Entries = "/Width 1210/Height 935/ColorSpace/DeviceGray/BitsPerComponent 8/Filter/DCTDecode" };

    /// <summary>Two levels, 1 is black.</summary>
    public static StoredPicture TwoLevel { get; } = Rows(0, Height);

    public static StoredPicture Stencil { get; } = TwoLevel with { Entries = $"/ImageMask true/Width {Width}/Height {Height}/BitsPerComponent 1/Decode[1 0]/Filter/FlateDecode" };

    /// <summary>Two levels, 0 is black, LZW.</summary>
    public static StoredPicture Lzw => new(LzwOf([.. Bits().Select(each => (byte)~each)]), Plain + "/Filter/LZWDecode");

    /// <summary>Two levels, 0 is black, in runs.</summary>
    public static StoredPicture Runs => new(RunsOf([.. Bits().Select(each => (byte)~each)]), Plain + "/Filter/RunLengthDecode");

    /// <summary>Two levels, pixel by pixel in JBIG2.</summary>
    public static StoredPicture Jbig2 => new(Jbig2Files.Generic(Pixels(), Width, template: 0, typical: true), Plain + "/Filter/JBIG2Decode");

    /// <summary>Two levels, symbols in JBIG2 that are kept apart.</summary>
    public static StoredPicture Jbig2Symbols => Jbig2Files.Symbols(Pixels(), Width, (60, 44), built: true) is var (globals, data) ? new(data, Plain + "/Filter/JBIG2Decode", globals) : throw new InvalidOperationException();

    private static string Plain => $"/Width {Width}/Height {Height}/ColorSpace/DeviceGray/BitsPerComponent 1";

    /// <summary>The two-level picture, a byte for each pixel, 1 is black.</summary>
    public static byte[] Pixels()
    {
        byte[] bits = Bits();
        return [.. Enumerable.Range(0, Width * Height).Select(i => (byte)((bits[(i / Width * Row) + (i % Width / 8)] >> (7 - (i % Width % 8))) & 1))];
    }

    /// <summary>LZW with codes that grow early, as PDF has it. Source: ISO 32000-1, 7.4.4.</summary>
    public static byte[] LzwOf(ReadOnlySpan<byte> samples)
    {
        var packed = new List<byte>();
        var known = new Dictionary<(int Before, byte Next), int>();
        int code = -1, width = 9, codes = 258;
        uint held = 0;
        int bits = 0;
        Put(256);
        foreach (byte sample in samples)
        {
            if (code < 0)
            {
                code = sample;
            }
            else if (known.TryGetValue((code, sample), out int longer))
            {
                code = longer;
            }
            else
            {
                Put(code);
                known[(code, sample)] = codes++;
                width = codes >= 2_048 ? 12 : codes >= 1_024 ? 11 : codes >= 512 ? 10 : 9;
                if (codes == 4_095)
                {
                    Put(256);
                    known.Clear();
                    (width, codes) = (9, 258);
                }

                code = sample;
            }
        }

        Put(code);
        codes++;
        width = codes >= 2_048 ? 12 : codes >= 1_024 ? 11 : codes >= 512 ? 10 : 9;
        Put(257);
        packed.Add((byte)(held << (8 - bits)));
        return [.. packed];

        void Put(int value)
        {
            (held, bits) = ((held << width) | (uint)value, bits + width);
            for (; bits >= 8; bits -= 8)
            {
                packed.Add((byte)(held >> (bits - 8)));
            }
        }
    }

    /// <summary>Runs of two and more, and the rest. Source: ISO 32000-1, 7.4.5.</summary>
    private static byte[] RunsOf(ReadOnlySpan<byte> samples)
    {
        var packed = new List<byte>();
        for (int at = 0; at < samples.Length;)
        {
            int run = 1;
            while (run < 128 && at + run < samples.Length && samples[at + run] == samples[at])
            {
                run++;
            }

            packed.AddRange(run > 1 ? [(byte)(257 - run), samples[at]] : [0, samples[at]]);
            at += run;
        }

        packed.Add(128);
        return [.. packed];
    }

    /// <summary>Rows of the two-level picture.</summary>
    public static StoredPicture Rows(int from, int until) => new(
        Pack(Bits().AsSpan(from * Row, (until - from) * Row)), $"/Width {Width}/Height {until - from}/ColorSpace/DeviceGray/BitsPerComponent 1/Decode[1 0]/Filter/FlateDecode");

    /// <summary>In colour, turned by a quarter clockwise.</summary>
    public static StoredPicture SidewaysColour()
    {
        byte[] bits = Bits(), samples = new byte[Width * Height * 3];
        for (int y = 0; y < Height; y++)
        {
            for (int x = 0; x < Width; x++)
            {
                bool black = (bits[(y * Row) + (x / 8)] & (0x80 >> (x % 8))) != 0;
                samples.AsSpan(((x * Height) + Height - 1 - y) * 3, 3).Fill(black ? (byte)20 : (byte)250);
            }
        }

        return new StoredPicture(Pack(samples), $"/Width {Height}/Height {Width}/ColorSpace/DeviceRGB/BitsPerComponent 8/Filter/FlateDecode");
    }

    public static byte[] Pack(ReadOnlySpan<byte> samples)
    {
        using var packed = new MemoryStream();
        using (var packing = new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            packing.Write(samples);
        }

        return packed.ToArray();
    }

    /// <summary>One page for each: its content, its pictures (Im1, Im2, …) and its /Rotate. Pages turned by a quarter are 792 × 612 points before. Helvetica is F1.</summary>
    public static byte[] Build(params (string Content, StoredPicture[] Pictures, int Rotate)[] pages)
    {
        var file = new PdfObjects();
        int tree = file.Reserve();
        int font = file.Add("<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>");
        var kids = new StringBuilder();
        foreach ((string content, StoredPicture[] pictures, int rotate) in pages)
        {
            string names = string.Concat(pictures.Select((picture, i) => string.Create(
                CultureInfo.InvariantCulture, $"/Im{i + 1} {file.AddStream(picture.Data, "/Type/XObject/Subtype/Image" + picture.Entries + Shared(picture))} 0 R ")));
            string box = rotate % 180 == 0 ? "[0 0 612 792]" : "[0 0 792 612]";
            int page = file.Add(
                $"<</Type/Page/Parent {tree} 0 R/MediaBox{box}/Rotate {rotate}/Contents {file.AddStream(content)} 0 R/Resources<</Font<</F1 {font} 0 R>>/XObject<<{names}>>>>>>");
            kids.Append(CultureInfo.InvariantCulture, $"{page} 0 R ");
        }

        string Shared(StoredPicture picture) =>
            picture.Globals is null ? "" : string.Create(CultureInfo.InvariantCulture, $"/DecodeParms<</JBIG2Globals {file.AddStream(picture.Globals, "")} 0 R>>");

        file.Set(tree, $"<</Type/Pages/Kids[{kids}]/Count {pages.Length}>>");
        return file.ToFile(file.Add($"<</Type/Catalog/Pages {tree} 0 R>>"));
    }

    /// <summary>A page with letters.</summary>
    public static (string Content, StoredPicture[] Pictures, int Rotate) TextPage(string text) => ($"BT /F1 12 Tf 1 0 0 1 72 700 Tm ({text}) Tj ET\n", [], 0);

    private static byte[] Bits()
    {
        using var packed = new ZLibStream(new MemoryStream(Data("words.pbm.z")), CompressionMode.Decompress);
        using var whole = new MemoryStream();
        packed.CopyTo(whole);
        return whole.ToArray()[^(Row * Height)..];
    }

    private static byte[] Data(string name) => File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Data", "scans", name));
}
