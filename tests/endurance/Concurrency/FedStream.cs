using System.Buffers.Binary;
using System.Text;

namespace SecureChat.EnduranceTests.Concurrency;

/// <summary>
/// The bytes of a socket, in memory. What is fed is handled by the thread that feeds it, down to the last outbox; what is written is kept.
/// </summary>
internal sealed class FedStream : Stream
{
    private readonly Lock sync = new();
    private readonly MemoryStream written = new();
    private byte[] fed = [];
    private bool ended;
    private TaskCompletionSource<int>? waiting;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public bool Ended => ended;

    /// <summary>The texts of the frames that were written, in order.</summary>
    public List<string> Frames()
    {
        lock (sync)
        {
            List<string> frames = [];
            for (var rest = written.ToArray().AsSpan(); rest.Length > 0;)
            {
                var (head, length) = rest[1] < 126 ? (2, rest[1]) : (4, BinaryPrimitives.ReadUInt16BigEndian(rest[2..]));
                frames.Add(rest[0] == 0x81 ? Encoding.UTF8.GetString(rest.Slice(head, length)) : $"opcode {rest[0]:x}");
                rest = rest[(head + length)..];
            }

            return frames;
        }
    }

    /// <summary>A client's frame, masked with zeros.</summary>
    public void Feed(string text) => Wake(RawConnection.MaskedFrame(0x81, Encoding.UTF8.GetBytes(text)));

    public void End() => Wake(null);

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        lock (sync)
        {
            if (fed.Length > 0 && buffer.Length > 0)
            {
                var count = Math.Min(fed.Length, buffer.Length);
                fed.AsSpan(0, count).CopyTo(buffer.Span);
                fed = fed[count..];
                return ValueTask.FromResult(count);
            }

            if (fed.Length > 0 || ended)
            {
                return ValueTask.FromResult(0);
            }

            // Whoever feeds goes on from here, on its own thread.
            waiting = new TaskCompletionSource<int>();
            return new ValueTask<int>(waiting.Task);
        }
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Nudge.Here();
        lock (sync)
        {
            written.Write(buffer.Span);
        }

        return ValueTask.CompletedTask;
    }

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private void Wake(byte[]? bytes)
    {
        TaskCompletionSource<int>? woken;
        lock (sync)
        {
            ended |= bytes is null;
            fed = ended ? [] : [.. fed, .. bytes!];
            (woken, waiting) = (waiting, null);
        }

        // The one who waits has asked for nothing yet: it is told that there is something to read, or the end.
        woken?.SetResult(0);
    }
}
