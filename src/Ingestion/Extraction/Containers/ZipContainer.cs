using System.IO.Compression;
using System.Text;
using System.Xml;
using System.Xml.Linq;
using Rag.Retrieval.Knowledge;

namespace Rag.Ingestion.Extraction.Containers;

/// <summary>
/// The parts of an Office or EPUB file, in memory. Names of parts are only ever keys: nothing is written anywhere. What all parts unfold
/// to is capped twice, by what the directory says before any part is read, and by what comes out.
/// </summary>
internal sealed class ZipContainer : IDisposable
{
    /// <summary>Beyond this ratio of unpacked to packed a file is a bomb; small files may be any ratio.</summary>
    private const int LargestRatio = 250;
    private const long SmallUnpacked = 16 * 1024 * 1024;

    private readonly ZipArchive archive;
    private readonly Dictionary<string, ZipArchiveEntry> parts = new(StringComparer.OrdinalIgnoreCase);
    private long left;

    private ZipContainer(ZipArchive archive, long most) => (this.archive, left) = (archive, most);

    /// <exception cref="RefusedFileException">Not a zip file, one with a password, or a bomb.</exception>
    public static ZipContainer Open(byte[] file, FlowLimits limits)
    {
        if (file.AsSpan().StartsWith((ReadOnlySpan<byte>)[0xD0, 0xCF, 0x11, 0xE0]))
        {
            // Office wraps an encrypted file into the container of its old formats.
            throw new RefusedFileException(file.AsSpan().IndexOf(Encoding.Unicode.GetBytes("EncryptedPackage")) >= 0 ? RefusalReason.Encrypted : RefusalReason.OldFormat);
        }

        var archive = new ZipArchive(new MemoryStream(file, writable: false), ZipArchiveMode.Read);
        var container = new ZipContainer(archive, limits.UnpackedBytes);
        try
        {
            container.Index(file.Length, limits);
            return container;
        }
        catch
        {
            container.Dispose();
            throw;
        }
    }

    public bool Has(string path) => parts.ContainsKey(Normal(path));

    /// <summary>A part as XML elements by local name, whatever the flavour of the schema; null where it is missing.</summary>
    public XElement? Xml(string path, bool ignoreDtd = false)
    {
        using XmlReader? reader = Reader(path, ignoreDtd);
        return reader is null ? null : XDocument.Load(reader).Root;
    }

    /// <summary>A part to be read from front to back; null where it is missing. Document types are refused, so entities do not exist.</summary>
    /// <param name="ignoreDtd">Pass over a document type; its entities stay unknown and end the reading where they are used.</param>
    /// <param name="again">The part is read once more beside its reading: what comes out is bounded, and not counted twice.</param>
    /// <param name="most">Characters after which the XML counts as damaged; 0: as many as there are.</param>
    public XmlReader? Reader(string path, bool ignoreDtd = false, bool again = false, long most = 0) => !parts.TryGetValue(Normal(path), out ZipArchiveEntry? entry) ? null : new ShallowXmlReader(XmlReader.Create(
        new Metered(entry.Open(), this, charge: !again),
        new XmlReaderSettings
        {
            DtdProcessing = ignoreDtd ? DtdProcessing.Ignore : DtdProcessing.Prohibit,
            XmlResolver = null,
            IgnoreComments = true,
            IgnoreProcessingInstructions = true,
            CloseInput = true,
            MaxCharactersInDocument = most,
        }));

    public byte[]? Bytes(string path)
    {
        if (!parts.TryGetValue(Normal(path), out ZipArchiveEntry? entry))
        {
            return null;
        }

        using var content = new MemoryStream();
        using var stream = new Metered(entry.Open(), this);
        stream.CopyTo(content);
        return content.ToArray();
    }

    /// <summary>"word/document.xml" + "../media/a.png" = "media/a.png".</summary>
    public static string Resolve(string part, string target)
    {
        var path = new List<string>();
        if (!target.StartsWith('/'))
        {
            path.AddRange(part.Split('/')[..^1]);
        }

        foreach (string step in target.Split('/', '\\'))
        {
            if (step == ".." && path.Count > 0)
            {
                path.RemoveAt(path.Count - 1);
            }
            else if (step is not ("" or "." or ".."))
            {
                path.Add(step);
            }
        }

        return string.Join('/', path);
    }

    public void Dispose() => archive.Dispose();

    private static string Normal(string path) => path.Replace('\\', '/').TrimStart('/');

    private void Index(long packed, FlowLimits limits)
    {
        if (archive.Entries.Count > limits.Entries)
        {
            throw new RefusedFileException(RefusalReason.TooLarge);
        }

        long unpacked = 0;
        foreach (ZipArchiveEntry entry in archive.Entries)
        {
            unpacked += Math.Max(0, entry.Length);
            if (unpacked > limits.UnpackedBytes || (unpacked > SmallUnpacked && unpacked / LargestRatio > packed))
            {
                throw new RefusedFileException(RefusalReason.TooLarge);
            }

            if (entry.IsEncrypted)
            {
                throw new RefusedFileException(RefusalReason.Encrypted);
            }

            parts.TryAdd(Normal(entry.FullName), entry);
        }
    }

    /// <summary>Counts what comes out of a part, whatever its header said.</summary>
    private sealed class Metered(Stream inner, ZipContainer owner, bool charge = true) : Stream
    {
        private long uncharged;

        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer)
        {
            int read = inner.Read(buffer);
            owner.left -= charge ? read : 0;
            uncharged += charge ? 0 : read;
            return owner.left >= uncharged ? read : throw new RefusedFileException(RefusalReason.TooLarge);
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            inner.Dispose();
            base.Dispose(disposing);
        }
    }
}
