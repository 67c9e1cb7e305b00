using System.Buffers.Binary;

namespace Rag.Testing.Pdf;

/// <summary>Streams of JBIG2 as PDF holds them. Pictures are a byte for each pixel, 1 is black. Source: ITU-T T.88.</summary>
public static class Jbig2Files
{
    // Pixels around the one at hand from which it is guessed, the last bit of the context first; the movable ones at their usual places.
    private static readonly (int X, int Y)[][] Templates =
    [
        [(-1, 0), (-2, 0), (-3, 0), (-4, 0), (3, -1), (2, -1), (1, -1), (0, -1), (-1, -1), (-2, -1), (-3, -1), (2, -2), (1, -2), (0, -2), (-1, -2), (-2, -2)],
        [(-1, 0), (-2, 0), (-3, 0), (3, -1), (2, -1), (1, -1), (0, -1), (-1, -1), (-2, -1), (2, -2), (1, -2), (0, -2), (-1, -2)],
        [(-1, 0), (-2, 0), (2, -1), (1, -1), (0, -1), (-1, -1), (-2, -1), (1, -2), (0, -2), (-1, -2)],
        [(-1, 0), (-2, 0), (-3, 0), (-4, 0), (2, -1), (1, -1), (0, -1), (-1, -1), (-2, -1), (-3, -1)],
    ];

    private static readonly int[] Typical = [0x9B25, 0x0795, 0x00E5, 0x0195];   // contexts that say of a row whether it is like the one before
    private static readonly (int X, int Y)[][] RefinedOwn = [[(-1, 0), (1, -1), (0, -1), (-1, -1)], [(-1, 0), (1, -1), (0, -1), (-1, -1)]];
    private static readonly (int X, int Y)[][] RefinedOther = [[(1, 1), (0, 1), (-1, 1), (1, 0), (0, 0), (-1, 0), (1, -1), (0, -1), (-1, -1)], [(1, 1), (0, 1), (1, 0), (0, 0), (-1, 0), (0, -1)]];
    private static readonly byte[][] Places = [[3, 0xFF, 0xFD, 0xFF, 2, 0xFE, 0xFE, 0xFE], [3, 0xFF], [2, 0xFF], [2, 0xFF]];
    private static readonly byte[] RefinedPlaces = [0xFF, 0xFF, 0xFF, 0xFF];

    /// <summary>One generic region over the whole page.</summary>
    public static byte[] Generic(byte[] pixels, int width, int template, bool typical)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        var encoder = new ArithmeticEncoder();
        Encode(pixels, width, encoder, new byte[1 << 16], template, typical);
        byte[] region = [.. Place(width, pixels.Length / width), (byte)((template << 1) | (typical ? 8 : 0)), .. Places[template], .. encoder.Finish()];
        return [.. Page(1, width, pixels.Length / width), .. Segment(2, 38, [], region)];
    }

    /// <summary>A refinement of the page, which is first <paramref name="like"/>.</summary>
    public static byte[] Refined(byte[] pixels, byte[] like, int width, int template, bool typical)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        var encoder = new ArithmeticEncoder();
        Refine(pixels, like, width, encoder, new byte[1 << 13], template, typical);
        byte[] region = [.. Place(width, pixels.Length / width), (byte)(template | (typical ? 2 : 0)), .. template == 0 ? RefinedPlaces : [], .. encoder.Finish()];
        region[16] = 4;   // in place of what is there
        return [.. Generic(like, width, 0, false), .. Segment(3, 42, [], region)];
    }

    /// <summary>The picture cut into cells: each that differs is a symbol, text regions lay them down. Some symbols are wrong and are refined where they are laid.</summary>
    /// <param name="corner">0 bottom left, 1 top left, 2 bottom right, 3 top right.</param>
    /// <param name="built">Symbols are refinements of others in an earlier dictionary.</param>
    /// <returns>Segments that pictures can share, and those of the picture.</returns>
    public static (byte[] Globals, byte[] Data) Symbols(byte[] pixels, int width, (int Width, int Height) cell, int corner = 1, bool transposed = false, int logStrips = 0, bool built = false)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        int height = pixels.Length / width;
        List<byte[]> symbols = [];
        List<(int X, int Y, int Symbol, byte[] Looks)> laid = [];
        for (int y = 0; y < height; y += cell.Height)
        {
            for (int x = 0; x < width; x += cell.Width)
            {
                byte[] looks = Cut(pixels, width, x, y, cell);
                int symbol = symbols.FindIndex(known => known.AsSpan().SequenceEqual(looks));
                if (symbol < 0 && laid.Count % 7 == 3)
                {
                    symbol = 0;   // the first will be made to look like it
                }
                else if (symbol < 0)
                {
                    symbol = symbols.Count;
                    symbols.Add(looks);
                }

                laid.Add((x, y, symbol, looks));
            }
        }

        byte[] plain = Segment(0, 0, [], Dictionary(built ? [.. symbols.Select(Smudge)] : symbols, cell));
        byte[] globals = built ? [.. plain, .. Segment(1, 0, [0], BuiltDictionary(symbols, cell))] : plain;
        byte[] region = Text(laid, symbols, cell, corner, transposed, logStrips);
        return (globals, [.. Page(2, width, height), .. Segment(3, 6, [built ? 1 : 0], [.. Place(width, height), .. region])]);
    }

    public static byte[] Segment(int number, int kind, int[] others, byte[] data)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(others);
        return [.. Int(number), (byte)kind, (byte)(others.Length << 5), .. others.Select(other => (byte)other), 1, .. Int(data.Length), .. data];
    }

    public static byte[] Page(int number, int width, int height) => Segment(number, 48, [], [.. Int(width), .. Int(height), .. new byte[11]]);

    private static byte[] Dictionary(IReadOnlyList<byte[]> symbols, (int Width, int Height) cell)
    {
        var encoder = new ArithmeticEncoder();
        byte[] higher = new byte[512], wider = new byte[512], run = new byte[512], generic = new byte[1 << 16];
        encoder.Number(higher, cell.Height);
        for (int i = 0; i < symbols.Count; i++)
        {
            encoder.Number(wider, i == 0 ? cell.Width : 0);
            Encode(symbols[i], cell.Width, encoder, generic, template: 0, typical: false);
        }

        encoder.Number(wider, null);
        encoder.Number(run, 0);
        encoder.Number(run, symbols.Count);
        return [0, 0, .. Places[0], .. Int(symbols.Count), .. Int(symbols.Count), .. encoder.Finish()];
    }

    /// <summary>Of as many symbols as the dictionary before, each made of the one there of its number: alone, or laid down in a small text region and refined there.</summary>
    private static byte[] BuiltDictionary(List<byte[]> symbols, (int Width, int Height) cell)
    {
        var encoder = new ArithmeticEncoder();
        int length = Length(2 * symbols.Count);
        var text = new TextNumbers(length);
        byte[] higher = new byte[512], wider = new byte[512], many = new byte[512], run = new byte[512];
        encoder.Number(higher, cell.Height);
        for (int i = 0; i < symbols.Count; i++)
        {
            encoder.Number(wider, i == 0 ? cell.Width : 0);
            byte[] before = Smudge(symbols[i]);
            if (i % 3 != 1)
            {
                encoder.Number(many, 1);
                encoder.Symbol(text.Symbol, length, i);
                encoder.Number(text.Right, 0);
                encoder.Number(text.Below, 0);
                Refine(symbols[i], before, cell.Width, encoder, text.Refinement, 1, false);
                continue;
            }

            encoder.Number(many, 2);   // twice in the same place
            encoder.Number(text.StripStep, 0);
            encoder.Number(text.StripStep, 0);
            encoder.Number(text.First, 0);
            Instance(encoder, text, i, symbols[i], before, cell.Width);
            encoder.Number(text.Step, -cell.Width + 1);
            Instance(encoder, text, i, symbols[i], before, cell.Width);
            encoder.Number(text.Step, null);
        }

        encoder.Number(wider, null);
        encoder.Number(run, symbols.Count);   // the earlier ones are not handed on
        encoder.Number(run, symbols.Count);
        return [0x10, 2, .. Places[0], .. Int(symbols.Count), .. Int(symbols.Count), .. encoder.Finish()];
    }

    private static void Instance(ArithmeticEncoder encoder, TextNumbers text, int symbol, byte[] looks, byte[] known, int width)
    {
        encoder.Symbol(text.Symbol, text.Length, symbol);
        bool same = looks.AsSpan().SequenceEqual(known);
        encoder.Number(text.IsRefined, same ? 0 : 1);
        if (!same)
        {
            foreach (byte[] nothing in (byte[][])[text.Wider, text.Higher, text.Right, text.Below])
            {
                encoder.Number(nothing, 0);
            }

            Refine(looks, known, width, encoder, text.Refinement, 1, false);
        }
    }

    private static byte[] Text(List<(int X, int Y, int Symbol, byte[] Looks)> laid, List<byte[]> symbols, (int Width, int Height) cell, int corner, bool transposed, int logStrips)
    {
        var encoder = new ArithmeticEncoder();
        var text = new TextNumbers(Length(symbols.Count));
        (int right, int bottom) = (corner >= 2 ? cell.Width - 1 : 0, corner is 0 or 2 ? cell.Height - 1 : 0);
        encoder.Number(text.StripStep, 0);
        int strip = 0, first = 0, size = transposed ? cell.Height : cell.Width;
        foreach (var row in laid.Select(each => (each, Along: transposed ? each.Y : each.X, Down: transposed ? each.X + right : each.Y + bottom))
            .GroupBy(each => each.Down >> logStrips).OrderBy(group => group.Key))
        {
            encoder.Number(text.StripStep, row.Key - strip);
            strip = row.Key;
            int along = 0;
            bool begun = false;
            foreach (var (each, at, down) in row.OrderBy(each => each.Along))
            {
                encoder.Number(begun ? text.Step : text.First, at - (begun ? along : first));
                first = begun ? first : at;
                along = at + size - 1;
                begun = true;
                if (logStrips > 0)
                {
                    encoder.Number(text.Within, down - (strip << logStrips));
                }

                Instance(encoder, text, each.Symbol, each.Looks, symbols[each.Symbol], cell.Width);
            }

            encoder.Number(text.Step, null);
        }

        int flags = 2 | (logStrips << 2) | (corner << 4) | (transposed ? 0x40 : 0) | 0x8000;
        return [(byte)(flags >> 8), (byte)flags, .. Int(laid.Count), .. encoder.Finish()];
    }

    private static void Encode(byte[] pixels, int width, ArithmeticEncoder encoder, byte[] contexts, int template, bool typical)
    {
        bool before = false;
        for (int y = 0; y < pixels.Length / width; y++)
        {
            ReadOnlySpan<byte> row = pixels.AsSpan(y * width, width), above = y > 0 ? pixels.AsSpan((y - 1) * width, width) : new byte[width];
            bool same = typical && row.SequenceEqual(above);
            if (typical)
            {
                encoder.Bit(contexts, Typical[template], same == before ? 0 : 1);
                before = same;
            }

            for (int x = 0; x < width && !same; x++)
            {
                encoder.Bit(contexts, Context(Templates[template], pixels, width, x, y), row[x]);
            }
        }
    }

    private static void Refine(byte[] pixels, byte[] like, int width, ArithmeticEncoder encoder, byte[] contexts, int template, bool typical)
    {
        bool before = false;
        for (int y = 0; y < pixels.Length / width; y++)
        {
            // A row may be guessed where each pixel amid nine of one level is of that level.
            bool guess = typical && Enumerable.Range(0, width).All(x => Around(like, width, x, y) is not { } level || level == pixels[(y * width) + x]);
            if (typical)
            {
                encoder.Bit(contexts, template == 0 ? 0x100 : 0x80, guess == before ? 0 : 1);
                before = guess;
            }

            for (int x = 0; x < width; x++)
            {
                if (!guess || Around(like, width, x, y) is null)
                {
                    int own = Context(RefinedOwn[template], pixels, width, x, y), other = Context(RefinedOther[template], like, width, x, y);
                    encoder.Bit(contexts, own | (other << RefinedOwn[template].Length), pixels[(y * width) + x]);
                }
            }
        }
    }

    private static int? Around(byte[] pixels, int width, int x, int y)
    {
        int black = Enumerable.Range(0, 9).Sum(i => At(pixels, width, x - 1 + (i % 3), y - 1 + (i / 3)));
        return black == 0 ? 0 : black == 9 ? 1 : null;
    }

    private static int Context((int X, int Y)[] around, byte[] pixels, int width, int x, int y)
    {
        int context = 0;
        for (int i = 0; i < around.Length; i++)
        {
            context |= At(pixels, width, x + around[i].X, y + around[i].Y) << i;
        }

        return context;
    }

    private static int At(byte[] pixels, int width, int x, int y) => x >= 0 && x < width && y >= 0 && y < pixels.Length / width ? pixels[(y * width) + x] : 0;

    private static byte[] Cut(byte[] pixels, int width, int left, int top, (int Width, int Height) cell) =>
        [.. Enumerable.Range(0, cell.Width * cell.Height).Select(i => (byte)At(pixels, width, left + (i % cell.Width), top + (i / cell.Width)))];

    /// <summary>A few pixels are of the other level.</summary>
    private static byte[] Smudge(byte[] symbol) => [.. symbol.Select((pixel, i) => i % 37 == 5 ? (byte)(1 - pixel) : pixel)];

    private static byte[] Place(int width, int height) => [.. Int(width), .. Int(height), .. new byte[9]];

    private static int Length(int symbols) => (int)Math.Ceiling(Math.Log2(symbols));

    private static byte[] Int(int value)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, value);
        return bytes;
    }

    private sealed class TextNumbers(int length)
    {
        public int Length => length;
        public byte[] StripStep { get; } = new byte[512];
        public byte[] First { get; } = new byte[512];
        public byte[] Step { get; } = new byte[512];
        public byte[] Within { get; } = new byte[512];
        public byte[] IsRefined { get; } = new byte[512];
        public byte[] Wider { get; } = new byte[512];
        public byte[] Higher { get; } = new byte[512];
        public byte[] Right { get; } = new byte[512];
        public byte[] Below { get; } = new byte[512];
        public byte[] Symbol { get; } = new byte[1 << length];
        public byte[] Refinement { get; } = new byte[1 << 13];
    }
}
