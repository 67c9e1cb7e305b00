using System.Globalization;
using System.Text;

namespace Rag.Testing.Pdf;

/// <summary>Writes PDF syntax object by object; no parser and no library is involved, so a test file holds exactly what was asked for.</summary>
public sealed class PdfObjects
{
    private readonly List<byte[]?> bodies = [];

    /// <summary>Encrypts streams when set; called with object number and plain bytes.</summary>
    public Func<int, byte[], byte[]>? Encrypt { get; set; }

    /// <summary>Added to the trailer, e.g. <c>/Encrypt 7 0 R /ID[…]</c>.</summary>
    public string TrailerExtra { get; set; } = "";

    public string Version { get; set; } = "1.7";

    /// <summary>Takes the next object number; its body follows by <see cref="Set(int, string)"/>.</summary>
    public int Reserve()
    {
        bodies.Add(null);
        return bodies.Count;
    }

    public int Add(string body)
    {
        int number = Reserve();
        Set(number, body);
        return number;
    }

    public void Set(int number, string body) => bodies[number - 1] = Encoding.Latin1.GetBytes(body);

    public int AddStream(byte[] content, string entries = "")
    {
        int number = Reserve();
        byte[] stored = Encrypt is null ? content : Encrypt(number, content);
        bodies[number - 1] =
        [
            .. Encoding.Latin1.GetBytes(string.Create(CultureInfo.InvariantCulture, $"<</Length {stored.Length}{entries}>>\nstream\n")),
            .. stored,
            .. "\nendstream"u8,
        ];
        return number;
    }

    public int AddStream(string content, string entries = "") => AddStream(Encoding.Latin1.GetBytes(content), entries);

    public byte[] ToFile(int catalog, int? info = null)
    {
        using var file = new MemoryStream();
        Write(file, $"%PDF-{Version}\n%\u00e2\u00e3\u00cf\u00d3\n");
        var offsets = new long[bodies.Count];
        for (int i = 0; i < bodies.Count; i++)
        {
            offsets[i] = file.Position;
            Write(file, $"{i + 1} 0 obj\n");
            file.Write(bodies[i] ?? throw new InvalidOperationException($"Object {i + 1} was reserved and never set."));
            Write(file, "\nendobj\n");
        }

        long crossReference = file.Position;
        Write(file, $"xref\n0 {bodies.Count + 1}\n0000000000 65535 f \n");
        foreach (long offset in offsets)
        {
            Write(file, $"{offset:D10} 00000 n \n");
        }

        string infoEntry = info is { } number ? $"/Info {number} 0 R" : "";
        Write(file, $"trailer\n<</Size {bodies.Count + 1}/Root {catalog} 0 R{infoEntry}{TrailerExtra}>>\nstartxref\n{crossReference}\n%%EOF\n");
        return file.ToArray();
    }

    private static void Write(Stream file, FormattableString text) => file.Write(Encoding.Latin1.GetBytes(text.ToString(CultureInfo.InvariantCulture)));

    private static void Write(Stream file, string text) => file.Write(Encoding.Latin1.GetBytes(text));
}
