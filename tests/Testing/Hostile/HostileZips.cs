using System.Buffers.Binary;
using System.Text;
using Rag.Testing.Office;

namespace Rag.Testing.Hostile;

/// <summary>Containers that mean harm, whatever is in them: each trick on one of the four kinds, which one changes with the seed.</summary>
internal static class HostileZips
{
    private const uint LocalHeader = 0x04034B50, DirectoryEntry = 0x02014B50, DirectoryEnd = 0x06054B50;

    private static readonly string[] Kinds = ["docx", "pptx", "xlsx", "epub"];

    public static IEnumerable<HostileFile> Tricks(int seed)
    {
        var random = new Random(seed);
        int turn = seed;
        (HostileFiles Files, string Kind) Next() => (new HostileFiles(Kinds[turn % 4]), Kinds[turn++ % 4]);

        (HostileFiles files, string kind) = Next();
        yield return files.Refuse("bomb-one-part", Good(kind, ("x/deep.xml", new string(' ', 40_000_000 + random.Next(9_000_000)))), "TooLarge");
        (files, kind) = Next();
        yield return files.Refuse("bomb-many-parts", Good(kind, [.. Enumerable.Range(0, 10_001).Select(i => ($"x/{i}", ""))]), "TooLarge");
        (files, kind) = Next();
        yield return files.Refuse("bomb-that-lies", Change(Good(kind, new string(' ', 40_000_000)), MainOf(kind), size: 1_000), "Damaged", "TooLarge");
        (files, kind) = Next();
        yield return files.Refuse("size-huge", Change(Good(kind), MainOf(kind), size: uint.MaxValue - 1), "TooLarge", "Damaged");
        (files, kind) = Next();
        yield return files.Read("size-small-elsewhere", Change(Good(kind, ("x/a.xml", new string('x', 9_000))), "x/a.xml", size: 1));
        (files, kind) = Next();
        yield return files.Refuse("parts-overlap", Overlap(Good(kind, ("x/kernel.xml", new string(' ', 1_000_000))), "x/kernel.xml", 5_000, size: null), "TooLarge");
        (files, kind) = Next();
        yield return files.Read("parts-overlap-and-lie", Overlap(Good(kind, ("x/kernel.xml", new string(' ', 1_000_000))), "x/kernel.xml", 5_000, size: 10));
        (files, kind) = Next();
        yield return files.Read("holds-itself", HoldsItself(Good(kind, ("x/self.zip", "x"))));
        (files, kind) = Next();
        yield return files.Read("zip-in-zip", Nested(kind, random.Next(3, 40)));
        (files, kind) = Next();
        yield return files.Refuse("nothing-but-a-zip", ZipFiles.Of(("nested.zip", Good(kind))), "WrongType");
        (files, kind) = Next();
        yield return files.Read("zip-slip", Good(kind, ("../../../../../../tmp/docent-slip", "x"), ("/etc/docent-slip", "x"), ("C:\\docent-slip", "x"), ("..\\..\\docent-slip", "x"), ("x/\u202Etxt.exe", "x"), ("a/../../b", "x")));
        (files, kind) = Next();
        yield return files.Read("names-long", Good(kind, [.. Enumerable.Range(0, 20).Select(i => ($"{i}{new string('n', 60_000)}", "x"))]));
        (files, kind) = Next();
        yield return files.Read("names-twice", Good(kind, [.. Enumerable.Range(0, 50).Select(_ => ("x/twice.xml", "x"))]));
        (files, kind) = Next();
        yield return files.Refuse("password", Change(Good(kind), MainOf(kind), flags: 1), "Encrypted");
        (files, kind) = Next();
        yield return files.Refuse("packed-unknown", Change(Good(kind), MainOf(kind), method: 99), "Damaged");
        (files, kind) = Next();
        yield return files.Refuse("place-outside", Change(Good(kind), MainOf(kind), offset: 0x7FFFFFF0), "Damaged");
        (files, kind) = Next();
        yield return files.Refuse("place-of-another", Change(Good(kind), MainOf(kind), offset: 0), "Damaged", "Empty", "WrongType");
        (files, kind) = Next();
        yield return files.Refuse("directory-counts-wrong", CountWrong(Good(kind)), "Damaged");
        (files, kind) = Next();
        yield return files.Refuse("directory-missing", Good(kind)[..^30], "Damaged");
        (files, kind) = Next();
        yield return files.Read("junk-after-end", [.. Good(kind), .. RandomBytes(random, 3_000)]);
        (files, kind) = Next();
        yield return files.Refuse("junk-before", [.. "<!-- -->"u8, .. Good(kind)], "WrongType");
        (files, kind) = Next();
        yield return files.Refuse("noise-with-header", [.. "PK\x03\x04"u8, .. RandomBytes(random, random.Next(100, 200_000))], "Damaged");
        (files, kind) = Next();
        yield return files.Refuse("header-only", [.. "PK\x03\x04"u8], "Damaged");
        for (int i = 0; i < 2; i++)
        {
            (files, kind) = Next();
            string other = Kinds[(turn + random.Next(3)) % 4];   // turn is one further: never the kind itself
            yield return files.Refuse($"is-{other}", Good(other), "WrongType");
        }

        string[] texts = ["pdf", "txt", "html", "csv", "eml", "png"];
        yield return new HostileFiles(texts[seed % texts.Length]).Refuse("is-a-container", Good(Kinds[seed % 4]), "WrongType");
        (files, kind) = Next();
        yield return files.Refuse("is-html", Encoding.UTF8.GetBytes($"<html><body><p>{HostileFile.Line}"), "WrongType");
        string office = Kinds[seed % 3];
        yield return new HostileFiles(office).Refuse("encrypted", Compound("EncryptedPackage"), "Encrypted");
        yield return new HostileFiles(office).Refuse("old-format", Compound(office == "xlsx" ? "Workbook" : "WordDocument"), "OldFormat");
        yield return new HostileFiles("epub").Refuse("old-format", Compound("WordDocument"), "WrongType");
    }

    /// <summary>A small file of a kind that can be read.</summary>
    public static byte[] Good(string kind, params (string Name, string Content)[] more) => Good(kind, "", more);

    /// <summary>The part that a kind cannot do without.</summary>
    public static string MainOf(string kind) => kind switch { "docx" => "word/document.xml", "pptx" => "ppt/slides/slide1.xml", "xlsx" => "xl/worksheets/sheet1.xml", _ => "b.opf" };

    /// <summary>The container of Office files before 2007, which also wraps encrypted new ones; only its first stream's name tells.</summary>
    private static byte[] Compound(string stream) => [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1, .. new byte[504], .. Encoding.Unicode.GetBytes(stream), .. new byte[512]];

    /// <param name="blank">White space in the main part.</param>
    private static byte[] Good(string kind, string blank, params (string Name, string Content)[] more) => kind switch
    {
        "docx" => ZipFiles.Word(blank + ZipFiles.Paragraph(HostileFile.Line), more),
        "pptx" => ZipFiles.Slides(blank + ZipFiles.Shape(HostileFile.Line), more),
        "xlsx" => ZipFiles.Sheets($"{blank}<sheetData><row>{ZipFiles.Cell("A1", HostileFile.Line)}</row></sheetData>", more),
        _ when blank.Length == 0 => ZipFiles.Chapter($"<p>{HostileFile.Line}</p>", more),
        _ => ZipFiles.Chapter($"<p>{HostileFile.Line}</p>", [("b.opf", $"""<package>{blank}<manifest><item id="a" href="a.xhtml" media-type="application/xhtml+xml"/></manifest><spine><itemref idref="a"/></spine></package>"""), .. more]),
    };

    private static byte[] Nested(string kind, int depth)
    {
        byte[] inner = ZipFiles.Of(("a.txt", new string('0', 1_000_000)));
        for (; depth > 1; depth--)
        {
            inner = ZipFiles.Of(("a.zip", inner));
        }

        return ZipFiles.Add(Good(kind), "x/a.zip", inner);
    }

    /// <summary>Changes what directory and header say of a part.</summary>
    private static byte[] Change(byte[] zip, string name, uint? size = null, ushort? flags = null, ushort? method = null, uint? offset = null)
    {
        int entry = Find(zip, name), header = (int)BinaryPrimitives.ReadUInt32LittleEndian(zip.AsSpan(entry + 42));
        foreach ((int at, int flagsAt, int methodAt, int sizeAt) in new[] { (entry, 8, 10, 24), (header, 6, 8, 22) })
        {
            Put(zip, at + sizeAt, size);
            Put(zip, at + flagsAt, flags);
            Put(zip, at + methodAt, method);
        }

        Put(zip, entry + 42, offset);
        return zip;
    }

    /// <summary>More names for the bytes of one part.</summary>
    private static byte[] Overlap(byte[] zip, string name, int times, uint? size)
    {
        int start = (int)BinaryPrimitives.ReadUInt32LittleEndian(zip.AsSpan(End(zip) + 16)), end = End(zip);
        byte[] entry = zip[Find(zip, name)..];
        entry = entry[..(46 + BinaryPrimitives.ReadUInt16LittleEndian(entry.AsSpan(28)) + BinaryPrimitives.ReadUInt16LittleEndian(entry.AsSpan(30)))];
        using var made = new MemoryStream();
        made.Write(zip.AsSpan(0, end));
        for (int i = 0; i < times; i++)
        {
            byte[] other = [.. entry];
            Encoding.ASCII.GetBytes(i.ToString("D5", System.Globalization.CultureInfo.InvariantCulture)).CopyTo(other, 46);
            Put(other, 24, size);
            made.Write(other);
        }

        byte[] last = zip[end..];
        ushort count = (ushort)(BinaryPrimitives.ReadUInt16LittleEndian(last.AsSpan(10)) + times);
        Put(last, 8, count);
        Put(last, 10, count);
        Put(last, 12, (uint)(made.Length - start));
        made.Write(last);
        return made.ToArray();
    }

    /// <summary>A part whose bytes are the whole file.</summary>
    private static byte[] HoldsItself(byte[] zip)
    {
        int entry = Find(zip, "x/self.zip");
        Put(zip, entry + 10, (ushort)0);
        Put(zip, entry + 20, (uint)zip.Length);
        Put(zip, entry + 24, (uint)zip.Length);
        Put(zip, entry + 42, 0u);
        return zip;
    }

    private static byte[] CountWrong(byte[] zip)
    {
        Put(zip, End(zip) + 8, (ushort)60_000);
        Put(zip, End(zip) + 10, (ushort)60_000);
        return zip;
    }

    /// <summary>Where a part stands in the directory.</summary>
    private static int Find(byte[] zip, string name)
    {
        for (int i = 0; i + 46 < zip.Length; i++)
        {
            if (BinaryPrimitives.ReadUInt32LittleEndian(zip.AsSpan(i)) == DirectoryEntry && Encoding.UTF8.GetString(zip, i + 46, Math.Min(name.Length, zip.Length - i - 46)) == name)
            {
                return BinaryPrimitives.ReadUInt32LittleEndian(zip.AsSpan((int)BinaryPrimitives.ReadUInt32LittleEndian(zip.AsSpan(i + 42)))) == LocalHeader ? i : throw new InvalidOperationException(name);
            }
        }

        throw new InvalidOperationException(name);
    }

    private static int End(byte[] zip)
    {
        int at = zip.Length - 22;
        return BinaryPrimitives.ReadUInt32LittleEndian(zip.AsSpan(at)) == DirectoryEnd ? at : throw new InvalidOperationException("A comment?");
    }

    private static void Put(byte[] bytes, int at, uint? value)
    {
        if (value is { } number)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(at), number);
        }
    }

    private static void Put(byte[] bytes, int at, ushort? value)
    {
        if (value is { } number)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(at), number);
        }
    }

    private static byte[] RandomBytes(Random random, int count)
    {
        byte[] bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }
}
