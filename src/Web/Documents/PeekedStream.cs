namespace Rag.Web.Documents;

/// <summary>A forward-only stream whose first bytes can be looked at before it is read.</summary>
internal sealed class PeekedStream : Stream
{
    private readonly Stream _rest;
    private readonly ReadOnlyMemory<byte> _start;
    private int _given;

    private PeekedStream(ReadOnlyMemory<byte> start, Stream rest) => (_start, _rest) = (start, rest);

    /// <summary>Up to <paramref name="bytes"/> from the beginning; fewer when the content ends before.</summary>
    public static async Task<PeekedStream> OpenAsync(Stream content, int bytes, CancellationToken cancel)
    {
        var start = new byte[bytes];
        var read = await content.ReadAtLeastAsync(start, bytes, throwOnEndOfStream: false, cancel);
        return new PeekedStream(start.AsMemory(0, read), content);
    }

    public ReadOnlySpan<byte> Start => _start.Span;

    /// <summary>The content could not be read to its end: its sender went away. Else an <see cref="IOException"/> is the storage's.</summary>
    public bool BrokenOff { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_given == _start.Length)
        {
            try
            {
                return await _rest.ReadAsync(buffer, cancellationToken);
            }
            catch (IOException)
            {
                BrokenOff = true;
                throw;
            }
        }

        var count = Math.Min(buffer.Length, _start.Length - _given);
        _start.Slice(_given, count).CopyTo(buffer);
        _given += count;
        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Uploads are read asynchronously.");

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
