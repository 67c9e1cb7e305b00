using System.Text;
using Rag.Ingestion.Extraction.Ocr;
using Rag.Retrieval.Knowledge;

namespace Rag.Ingestion.Extraction.Isolation;

/// <summary>
/// Payloads of the frames that carry content. The parent trusts none of it: reading checks every range. On the pipe a page's offsets count from its own
/// beginning: the child does not know how much text its parent found on the pages before.
/// </summary>
internal static class PageCodec
{
    /// <summary>Changes with everything that would read or cut a page differently: pages of two versions do not go together.</summary>
    private const byte StructureVersion = 4;

    private const int LongestTitle = 500;

    public static byte[] Begin(string? title, int pageCount) => Write(writer =>
    {
        writer.Write(pageCount);
        writer.Write(title is null ? "" : title.Length > LongestTitle ? title[..LongestTitle] : title);
    });

    public static (string Title, int PageCount) ReadBegin(byte[] payload) => Read(payload, reader =>
    {
        int pages = reader.ReadInt32();
        Check(pages >= 1, "page count");
        return (reader.ReadString(), pages);
    });

    public static byte[] Page(ExtractedPage page) => Write(writer =>
    {
        PageText text = page.Text;
        writer.Write(text.Number);
        writer.Write(text.Label ?? "");
        writer.Write(text.Width);
        writer.Write(text.Height);
        writer.Write(text.Text);
        writer.Write(text.Lines.Count);
        foreach (TextLine line in text.Lines)
        {
            Write(writer, line, text.Start);
        }

        WriteBlocks(writer, page.Blocks, text.Start);

        writer.Write(page.IsScan);
        WriteScan(writer, page.Scan);
        var hidden = page.Hidden.Take(PageFindings.MostSpans).ToList();
        writer.Write(hidden.Count);
        foreach (HiddenSpan span in hidden)
        {
            Write(writer, span);
        }
    });

    /// <summary>What is stored beside a page's text until its document is ready: blocks, and the document's title and number of pages.</summary>
    public static byte[] Structure(ExtractedPage page, string metadataTitle, int pageCount) => Write(writer =>
    {
        writer.Write(StructureVersion);
        writer.Write(pageCount);
        writer.Write(metadataTitle);
        WriteScan(writer, page.Scan);
        WriteBlocks(writer, page.Blocks, origin: 0);
    });

    /// <returns>Null when it was written by another version: the document is read from its beginning then.</returns>
    public static (ExtractedPage Page, string MetadataTitle, int PageCount)? ReadStructure(PageText text)
    {
        if (text.Structure is not [StructureVersion, ..] payload)
        {
            return null;
        }

        try
        {
            return Read(payload, reader =>
            {
                reader.ReadByte();
                int pageCount = reader.ReadInt32();
                string title = reader.ReadString();
                ScanOutcome? scan = ReadScan(reader);
                var page = new ExtractedPage(text, ReadBlocks(reader, payload, origin: 0, text.Start, text.Start + text.Text.Length))
                {
                    Scan = scan,
                    IsScan = text.Findings is { IsScan: true },
                    Hidden = text.Findings?.Hidden ?? [],
                };
                return (page, title, pageCount);
            });
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    /// <exception cref="InvalidDataException">The payload is no page, or not the page that must come next.</exception>
    /// <param name="number">Expected page number.</param>
    /// <param name="start">Its offset in the document's text.</param>
    public static ExtractedPage ReadPage(byte[] payload, int number, int start) => Read(payload, reader =>
    {
        Check(reader.ReadInt32() == number, "page number");
        string label = reader.ReadString();
        float width = Size(reader), height = Size(reader);
        string text = reader.ReadString();
        Check(text.Length <= int.MaxValue - start, "length of the text");
        int end = start + text.Length;
        return new ExtractedPage(new PageText(number, NullIfEmpty(label), width, height, start, text, ReadLines(reader, payload, start, end)), ReadBlocks(reader, payload, start, start, end))
        {
            IsScan = reader.ReadBoolean(),
            Scan = ReadScan(reader),
            Hidden = ReadHidden(reader, payload, number),
        };
    });

    private static void Write(BinaryWriter writer, HiddenSpan span)
    {
        writer.Write((byte)span.Kind);
        writer.Write(span.Text.Length > PageFindings.LongestText ? span.Text[..PageFindings.LongestText] : span.Text);
        writer.Write(span.Box is not null);
        if (span.Box is { } box)
        {
            writer.Write(box.X);
            writer.Write(box.Y);
            writer.Write(box.Width);
            writer.Write(box.Height);
        }
    }

    private static HiddenSpan[] ReadHidden(BinaryReader reader, byte[] payload, int page)
    {
        var spans = new HiddenSpan[Count(reader, payload, bytesEach: 3)];
        Check(spans.Length <= PageFindings.MostSpans, "count of hidden spans");
        for (int i = 0; i < spans.Length; i++)
        {
            byte kind = reader.ReadByte();
            Check(Enum.IsDefined((HiddenTextKind)kind), "kind of hidden text");
            string text = reader.ReadString();
            Check(text.Length <= PageFindings.LongestText, "length of hidden text");
            PageBox? box = reader.ReadBoolean() ? new PageBox(Finite(reader), Finite(reader), Size(reader), Size(reader)) : null;
            spans[i] = new HiddenSpan(page, (HiddenTextKind)kind, text, box);
        }

        return spans;
    }

    private static void WriteBlocks(BinaryWriter writer, IReadOnlyList<TextBlock> blocks, int origin)
    {
        writer.Write(blocks.Count);
        foreach (TextBlock block in blocks)
        {
            writer.Write((byte)block.Kind);
            writer.Write(block.Start - origin);
            writer.Write(block.End - origin);
            writer.Write(block.Rank);
            writer.Write(block.Caption ?? "");
        }
    }

    private static void Write(BinaryWriter writer, TextLine line, int origin)
    {
        writer.Write(line.Start - origin);
        writer.Write(line.Length);
        writer.Write(line.X);
        writer.Write(line.Y);
        writer.Write(line.Width);
        writer.Write(line.Height);
        writer.Write(line.FontSize);
        writer.Write(line.Bold);
        writer.Write(line.Edges.Length);
        WriteEach(writer, line.Edges);
        writer.Write(line.Lefts is not null);
        WriteEach(writer, line.Lefts ?? []);
    }

    private static void WriteEach(BinaryWriter writer, float[] values)
    {
        foreach (float value in values)
        {
            writer.Write(value);
        }
    }

    private static TextLine[] ReadLines(BinaryReader reader, byte[] payload, int origin, int pageEnd)
    {
        int position = origin;
        var lines = new TextLine[Count(reader, payload, bytesEach: 34)];
        for (int i = 0; i < lines.Length; i++)
        {
            int start = Offset(reader, origin), length = reader.ReadInt32();
            Check(start >= position && length >= 0 && length <= pageEnd - start, "line range");
            position = start + length;
            float x = Finite(reader), y = Finite(reader), width = Size(reader), height = Size(reader), size = Size(reader);
            bool bold = reader.ReadBoolean();
            var edges = new float[Count(reader, payload, bytesEach: 4)];
            Check(edges.Length == length || edges.Length == 0, "edges");
            ReadEach(reader, edges);
            float[]? lefts = reader.ReadBoolean() ? new float[edges.Length] : null;
            ReadEach(reader, lefts ?? []);
            lines[i] = new TextLine(start, length, x, y, width, height, size, bold, edges) { Lefts = lefts };
        }

        return lines;
    }

    private static void ReadEach(BinaryReader reader, float[] values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = Size(reader);
        }
    }

    private static TextBlock[] ReadBlocks(BinaryReader reader, byte[] payload, int origin, int position, int pageEnd)
    {
        var blocks = new TextBlock[Count(reader, payload, bytesEach: 14)];
        for (int i = 0; i < blocks.Length; i++)
        {
            byte kind = reader.ReadByte();
            Check(Enum.IsDefined((BlockKind)kind), "block kind");
            int start = Offset(reader, origin), end = Offset(reader, origin);
            Check(start >= position && end >= start && end <= pageEnd, "block range");
            position = end;
            blocks[i] = new TextBlock((BlockKind)kind, start, end, Finite(reader), NullIfEmpty(reader.ReadString()));
        }

        return blocks;
    }

    private static void WriteScan(BinaryWriter writer, ScanOutcome? scan)
    {
        writer.Write(scan is not null);
        writer.Write(scan?.Confidence ?? (byte)0);
        writer.Write((byte)(scan?.Trouble ?? ScanTrouble.None));
    }

    private static ScanOutcome? ReadScan(BinaryReader reader)
    {
        (bool there, byte confidence, byte trouble) = (reader.ReadBoolean(), reader.ReadByte(), reader.ReadByte());
        Check(confidence <= 100 && Enum.IsDefined((ScanTrouble)trouble), "scan");
        return there ? new ScanOutcome(confidence, (ScanTrouble)trouble) : null;
    }

    private static int Offset(BinaryReader reader, int origin)
    {
        int value = reader.ReadInt32();
        Check(value >= 0 && value <= int.MaxValue - origin, "offset");
        return value + origin;
    }

    private static float Finite(BinaryReader reader)
    {
        float value = reader.ReadSingle();
        Check(float.IsFinite(value), "number");
        return value;
    }

    private static float Size(BinaryReader reader)
    {
        float value = Finite(reader);
        Check(value >= 0, "size");
        return value;
    }

    private static int Count(BinaryReader reader, byte[] payload, int bytesEach)
    {
        int count = reader.ReadInt32();
        Check(count >= 0 && count <= (payload.Length - reader.BaseStream.Position) / bytesEach, "count");
        return count;
    }

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;

    private static void Check(bool holds, string what)
    {
        if (!holds)
        {
            throw new InvalidDataException($"Wrong {what}.");
        }
    }

    private static byte[] Write(Action<BinaryWriter> write)
    {
        using var buffer = new MemoryStream();
        using var writer = new BinaryWriter(buffer, Encoding.UTF8);
        write(writer);
        writer.Flush();
        return buffer.ToArray();
    }

    private static T Read<T>(byte[] payload, Func<BinaryReader, T> read)
    {
        using var reader = new BinaryReader(new MemoryStream(payload), Encoding.UTF8);
        try
        {
            T value = read(reader);
            Check(reader.BaseStream.Position == payload.Length, "length");
            return value;
        }
        catch (Exception exception) when (exception is EndOfStreamException or FormatException or ArgumentException)
        {
            throw new InvalidDataException("Cut or malformed payload.", exception);
        }
    }
}
