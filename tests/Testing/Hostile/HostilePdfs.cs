using System.Globalization;
using System.IO.Compression;
using System.Text;
using Rag.Testing.Pdf;

namespace Rag.Testing.Hostile;

/// <summary>Hostile and broken PDFs, each with how it must end. Seeded: the same seed gives the same bytes.</summary>
public static class HostilePdfs
{
    private const string Line = HostileFile.Line;
    private static readonly string[] AnyDeath = ["Damaged", "TooLarge", "OutOfMemory", "TimedOut", "ExtractorCrashed"];

    /// <summary>One file of each trick but truncation and flips.</summary>
    public static IEnumerable<HostileFile> Tricks(int seed)
    {
        var random = new Random(seed);
        byte[] good = Good(seed);
        yield return HostileFile.Read("xref-offsets-wrong", ShiftOffsets(good, random.Next(1, 500)), "anchor chain");
        yield return HostileFile.Read("startxref-wrong", Replace(good, "startxref\n", $"startxref\n{random.Next(1, 99)}"), "anchor chain");
        yield return HostileFile.Read("no-xref", CutAt(good, "xref\n0 "), "anchor chain");
        yield return HostileFile.Read("cut-after-last-page", CutAt(good, "startxref"), "anchor chain");
        yield return HostileFile.Either("xref-loop", XrefLoop(good));
        yield return HostileFile.Read("junk-before-header", [.. RandomBytes(random, random.Next(1, 900)), .. good], "anchor chain");
        yield return HostileFile.Read("junk-after-end", [.. good, .. RandomBytes(random, 3_000)], "anchor chain");
        yield return HostileFile.Read("stream-length-wrong", WrongLengths(good, random), "anchor chain");
        yield return HostileFile.Refuse("flate-bomb", FlateBomb(200 + random.Next(100)), AnyDeath);
        yield return HostileFile.Either("flate-bomb-in-font", FontBomb(64));
        yield return HostileFile.Either("object-stream-bomb", ObjectStreamBomb(random.Next(1_000_000, int.MaxValue)));
        yield return HostileFile.Either("arrays-nested", PdfFiles.DeepNesting(random.Next(1_000, 300_000)));
        yield return HostileFile.Either("dictionaries-nested", NestedDictionaries(random.Next(1_000, 100_000)));
        yield return HostileFile.Either("page-tree-deep", DeepPageTree(random.Next(100, 20_000)));
        yield return HostileFile.Either("page-tree-cycle", PageTreeCycle());
        yield return HostileFile.Either("form-cycle", PdfFiles.FormCycle());
        yield return HostileFile.Either("type3-cycle", Type3Cycle());
        yield return HostileFile.Either("function-cycle", PdfFiles.StackOverflow());
        yield return HostileFile.Either("reference-cycle", ReferenceCycle());
        yield return HostileFile.Refuse("page-count-huge", PdfFiles.HugePageCount(10_001 + random.Next(500)), "TooLarge", "OutOfMemory");
        yield return HostileFile.Either("page-count-lies", Replace(good, "/Count ", "/Count 2147483647 %"));
        yield return HostileFile.Read("box-huge", Boxed("0 0 1e9 1e9"), "anchor chain");
        yield return HostileFile.Either("box-negative", Boxed("612 792 -100 -100"));
        yield return HostileFile.Either("box-not-a-number", Boxed("0 0 NaN Infinity"));
        yield return HostileFile.Either("box-empty", Boxed("0 0 0 0"));
        yield return HostileFile.Read("image-bomb", ImageBomb(), "anchor chain");
        yield return HostileFile.Either("no-tounicode", NoToUnicode());
        yield return HostileFile.Either("number-monsters", Content($"BT /F1 12 Tf {new string('9', 5_000)} 700 Td ({Line}) Tj ET"));
        yield return HostileFile.Either("name-monster", Content($"BT /{new string('N', 2_000_000)} 12 Tf 72 700 Td ({Line}) Tj ET"));
        yield return HostileFile.Either("string-without-end", Content($"BT /F1 12 Tf 72 700 Td ({new string('(', 50_000)}{Line} Tj ET"));
        yield return HostileFile.Read("unknown-operators", Content($"q foo bar 1 2 3 baz BT /F1 12 Tf 72 700 Td ({Line}) Tj ET Q Q Q Q"), "anchor chain");
        yield return HostileFile.Read("many-saves", Content(string.Concat(Enumerable.Repeat("q ", 50_000)) + $"BT /F1 12 Tf 72 700 Td ({Line}) Tj ET"), "anchor chain");
        yield return HostileFile.Refuse("user-password", PdfFiles.UserPassword(strong: seed % 2 == 0), "Encrypted");
        yield return HostileFile.Read("owner-password", PdfFiles.OwnerPasswordOnly(Line, strong: seed % 2 == 0), "anchor chain");
        yield return HostileFile.Refuse("header-only", PdfFiles.HeaderOnly(), "Damaged", "Empty");
        yield return HostileFile.Refuse("html-as-pdf", PdfFiles.WrongHeader(), "WrongType");
        yield return HostileFile.Refuse("one-byte", [(byte)random.Next(256)], "WrongType", "Damaged", "Empty");
        yield return HostileFile.Refuse("nothing", [], "WrongType", "Damaged", "Empty");
        yield return new HostileFile("program-as-pdf", "setup.pdf", [0x4D, 0x5A, .. RandomBytes(random, 4_000)], HostileEnd.Refused, [], ["WrongType"]);
        yield return HostileFile.Either("noise-with-header", [.. "%PDF-1.7\n"u8, .. RandomBytes(random, random.Next(100, 200_000))]);
        yield return HostileFile.Either("zip-and-pdf", [.. "PK\u0003\u0004"u8, .. RandomBytes(random, 200), .. good]);
        yield return new HostileFile("text-one-line", "line.txt", Encoding.UTF8.GetBytes(new string('x', 2_000_000) + " " + Line), HostileEnd.Text, ["anchor chain"], []);
        yield return new HostileFile("text-with-zeros", "zeros.txt", [.. RandomBytes(random, 100), 0, 0, 0], HostileEnd.Refused, [], ["WrongType"]);
        yield return new HostileFile("text-broken-utf8", "broken.txt", [.. Encoding.UTF8.GetBytes(Line), 0xC3, 0x28, 0xF0, 0x90, .. Encoding.UTF8.GetBytes(" " + Line)], HostileEnd.Text, ["anchor chain"], []);
    }

    /// <summary>The file cut at each KB: what was before the cut may be there, and nothing else may happen.</summary>
    public static IEnumerable<HostileFile> Truncations(int seed)
    {
        byte[] whole = PdfFiles.Text(6, seed);
        for (int length = 1_024; length < whole.Length; length += 1_024)
        {
            yield return HostileFile.Either("cut-at-a-kb", whole[..length]);
        }
    }

    /// <summary>A good file with some of its bytes changed.</summary>
    public static HostileFile Flipped(int seed)
    {
        var random = new Random(seed);
        byte[] bytes = seed % 5 == 0 ? PdfFiles.Table("Stores", ["Item", "Sum"], ["Rope", "12"], ["Chain", "40"]) : PdfFiles.Text(1 + (seed % 4), seed);
        for (int flips = 1 << random.Next(0, 9); flips > 0; flips--)
        {
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
        }

        return HostileFile.Either("bytes-flipped", bytes);
    }

    /// <summary>A few pages of prose with a known line among it.</summary>
    private static byte[] Good(int seed)
    {
        var prose = new SeededProse(seed);
        return PdfFiles.Lines([.. Enumerable.Range(0, 2 + (seed % 3)).Select(page => Enumerable.Range(0, 30).Select(row => page == 0 && row == 9 ? Line : prose.Sentence()).ToArray())]);
    }

    private static byte[] ShiftOffsets(byte[] file, int by)
    {
        string text = Latin(file);
        int at = text.LastIndexOf("xref\n0 ", text.LastIndexOf("startxref", StringComparison.Ordinal), StringComparison.Ordinal);
        string table = System.Text.RegularExpressions.Regex.Replace(
            text[at..], @"\d{10}(?= \d{5} n)", match => (long.Parse(match.Value, CultureInfo.InvariantCulture) + by).ToString("D10", CultureInfo.InvariantCulture));
        return Bytes(text[..at] + table);
    }

    private static byte[] XrefLoop(byte[] file)
    {
        string text = Latin(file);
        int at = text.LastIndexOf("startxref", StringComparison.Ordinal);
        string offset = text[(at + "startxref\n".Length)..].Split('\n')[0];
        return Bytes(text.Replace("trailer\n<<", $"trailer\n<</Prev {offset}", StringComparison.Ordinal));
    }

    private static byte[] WrongLengths(byte[] file, Random random) =>
        Bytes(System.Text.RegularExpressions.Regex.Replace(Latin(file), @"/Length \d+", _ => $"/Length {random.Next(0, 99_999)}"));

    private static byte[] FlateBomb(int megabytes)
    {
        using var packed = new MemoryStream();
        using (var flate = new ZLibStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            byte[] chunk = Bytes(string.Concat(Enumerable.Repeat("0 0 m 1 1 l S\n", 80_000)));
            for (long written = 0; written < megabytes * 1_000_000L; written += chunk.Length)
            {
                flate.Write(chunk);
            }
        }

        return Page(file => file.AddStream(packed.ToArray(), "/Filter/FlateDecode"), "");
    }

    private static byte[] FontBomb(int megabytes)
    {
        using var packed = new MemoryStream();
        using (var flate = new ZLibStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            flate.Write(new byte[megabytes * 1_000_000]);
        }

        var objects = new PdfObjects();
        int font = objects.AddStream(packed.ToArray(), $"/Filter/FlateDecode/Length1 {megabytes * 1_000_000}");
        int descriptor = objects.Add($"<</Type/FontDescriptor/FontName/Bomb/Flags 4/FontBBox[0 0 9 9]/ItalicAngle 0/Ascent 9/Descent 0/CapHeight 9/StemV 9/FontFile2 {font} 0 R>>");
        int face = objects.Add($"<</Type/Font/Subtype/TrueType/BaseFont/Bomb/FirstChar 32/LastChar 32/Widths[500]/FontDescriptor {descriptor} 0 R>>");
        return Finish(objects, objects.AddStream($"BT /F1 12 Tf 72 700 Td ({Line}) Tj ET"), $"/Font<</F1 {face} 0 R>>", "0 0 612 792");
    }

    private static byte[] ObjectStreamBomb(int count)
    {
        var objects = new PdfObjects();
        objects.AddStream("1 0 2 0 <<>> <<>>", $"/Type/ObjStm/N {count}/First 8");
        return Finish(objects, objects.AddStream($"BT /F1 12 Tf 72 700 Td ({Line}) Tj ET"), Helvetica(objects), "0 0 612 792");
    }

    private static byte[] NestedDictionaries(int depth) => Content(
        $"/Span {string.Concat(Enumerable.Repeat("<</A ", depth))}1{string.Concat(Enumerable.Repeat(">>", depth))} BDC BT /F1 12 Tf 72 700 Td ({Line}) Tj ET EMC");

    private static byte[] DeepPageTree(int depth)
    {
        var objects = new PdfObjects();
        int[] nodes = [.. Enumerable.Range(0, depth).Select(_ => objects.Reserve())];
        int content = objects.AddStream($"BT /F1 12 Tf 72 700 Td ({Line}) Tj ET");
        int page = objects.Add($"<</Type/Page/Parent {nodes[^1]} 0 R/MediaBox[0 0 612 792]/Contents {content} 0 R/Resources<<{Helvetica(objects)}>>>>");
        for (int i = 0; i < depth; i++)
        {
            string parent = i == 0 ? "" : $"/Parent {nodes[i - 1]} 0 R";
            objects.Set(nodes[i], $"<</Type/Pages{parent}/Kids[{(i + 1 < depth ? nodes[i + 1] : page)} 0 R]/Count 1>>");
        }

        return objects.ToFile(objects.Add($"<</Type/Catalog/Pages {nodes[0]} 0 R>>"));
    }

    private static byte[] PageTreeCycle()
    {
        var objects = new PdfObjects();
        int first = objects.Reserve(), second = objects.Reserve();
        objects.Set(first, $"<</Type/Pages/Kids[{second} 0 R]/Count 1>>");
        objects.Set(second, $"<</Type/Pages/Parent {first} 0 R/Kids[{first} 0 R]/Count 1>>");
        return objects.ToFile(objects.Add($"<</Type/Catalog/Pages {first} 0 R>>"));
    }

    private static byte[] Type3Cycle()
    {
        var objects = new PdfObjects();
        int font = objects.Reserve();
        int glyph = objects.AddStream("500 0 d0 BT /F3 12 Tf (a) Tj ET");
        objects.Set(
            font,
            $"<</Type/Font/Subtype/Type3/FontBBox[0 0 9 9]/FontMatrix[0.001 0 0 0.001 0 0]/CharProcs<</a {glyph} 0 R>>/Encoding<</Differences[97/a]>>" +
            $"/FirstChar 97/LastChar 97/Widths[500]/Resources<</Font<</F3 {font} 0 R>>>>>>");
        return Finish(objects, objects.AddStream("BT /F3 12 Tf 72 700 Td (aaa) Tj ET"), $"/Font<</F3 {font} 0 R>>", "0 0 612 792");
    }

    private static byte[] ReferenceCycle()
    {
        var objects = new PdfObjects();
        int one = objects.Reserve(), two = objects.Reserve();
        objects.Set(one, $"{two} 0 R");
        objects.Set(two, $"{one} 0 R");
        int page = objects.Reserve(), tree = objects.Reserve();
        objects.Set(page, $"<</Type/Page/Parent {tree} 0 R/MediaBox {one} 0 R/Contents {one} 0 R/Resources {two} 0 R>>");
        objects.Set(tree, $"<</Type/Pages/Kids[{page} 0 R]/Count {one} 0 R>>");
        return objects.ToFile(objects.Add($"<</Type/Catalog/Pages {tree} 0 R>>"));
    }

    private static byte[] Boxed(string box)
    {
        var objects = new PdfObjects();
        return Finish(objects, objects.AddStream($"BT /F1 12 Tf 72 700 Td ({Line}) Tj ET"), Helvetica(objects), box);
    }

    private static byte[] ImageBomb()
    {
        var objects = new PdfObjects();
        int image = objects.AddStream([1, 2, 3, 4], "/Type/XObject/Subtype/Image/Width 2000000000/Height 2000000000/ColorSpace/DeviceRGB/BitsPerComponent 8");
        return Finish(objects, objects.AddStream($"q 100 0 0 100 72 72 cm /Im1 Do Q BT /F1 12 Tf 72 700 Td ({Line}) Tj ET"), $"/XObject<</Im1 {image} 0 R>>{Helvetica(objects)}", "0 0 612 792");
    }

    private static byte[] NoToUnicode()
    {
        var objects = new PdfObjects();
        int font = objects.Add("<</Type/Font/Subtype/Type0/BaseFont/Strange/Encoding/Identity-H/DescendantFonts[<</Type/Font/Subtype/CIDFontType2/BaseFont/Strange/CIDSystemInfo<</Registry(X)/Ordering(Y)/Supplement 0>>>>]>>");
        return Finish(objects, objects.AddStream("BT /F1 12 Tf 72 700 Td <00480065006C006C006F> Tj ET"), $"/Font<</F1 {font} 0 R>>", "0 0 612 792");
    }

    private static byte[] Content(string content) => Page(file => file.AddStream(content), null);

    private static byte[] Page(Func<PdfObjects, int> content, string? resources)
    {
        var objects = new PdfObjects();
        return Finish(objects, content(objects), resources ?? Helvetica(objects), "0 0 612 792");
    }

    private static string Helvetica(PdfObjects objects) => $"/Font<</F1 {objects.Add("<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>")} 0 R>>";

    private static byte[] Finish(PdfObjects objects, int content, string resources, string box)
    {
        int tree = objects.Reserve();
        int page = objects.Add($"<</Type/Page/Parent {tree} 0 R/MediaBox[{box}]/Contents {content} 0 R/Resources<<{resources}>>>>");
        objects.Set(tree, $"<</Type/Pages/Kids[{page} 0 R]/Count 1>>");
        return objects.ToFile(objects.Add($"<</Type/Catalog/Pages {tree} 0 R>>"));
    }

    private static byte[] CutAt(byte[] file, string mark)
    {
        string text = Latin(file);
        return file[..text.LastIndexOf(mark, StringComparison.Ordinal)];
    }

    private static byte[] Replace(byte[] file, string old, string with) => Bytes(Latin(file).Replace(old, with, StringComparison.Ordinal));

    private static byte[] RandomBytes(Random random, int count)
    {
        byte[] bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }

    private static string Latin(byte[] file) => Encoding.Latin1.GetString(file);

    private static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text);
}
