namespace SecureChat.UnitTests.Relay;

/// <summary>
/// A transport in memory: reading gives what was put in, in the given portions, and then waits; writing takes everything, or
/// waits for as long as it is held up.
/// </summary>
internal sealed class PipeStream(params byte[][] portions) : Stream
{
    private readonly TaskCompletionSource<int> end = new();
    private int next;
    private int taken;

    /// <summary>What was written, unless it is only counted.</summary>
    public List<byte[]> Writes { get; } = [];

    public bool KeepsWrites { get; init; } = true;

    /// <summary>Called at each write, before it is done.</summary>
    public Action? Writing { get; init; }

    /// <summary>Whether the portions come again and again, until the end.</summary>
    public bool ComesAgain { get; init; }

    public long WrittenBytes { get; private set; }

    /// <summary>Writes wait for this when it is there.</summary>
    public TaskCompletionSource? HeldUp { get; set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <summary>Lets whoever waits for bytes see the end.</summary>
    public void End() => end.TrySetResult(0);

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (ComesAgain && !end.Task.IsCompleted)
        {
            next %= portions.Length;
        }

        if (next == portions.Length || end.Task.IsCompleted)
        {
            return new ValueTask<int>(end.Task);
        }

        if (buffer.Length == 0)
        {
            return ValueTask.FromResult(0);
        }

        ReadOnlyMemory<byte> rest = portions[next].AsMemory(taken);
        int count = Math.Min(rest.Length, buffer.Length);
        rest[..count].CopyTo(buffer);
        (next, taken) = count == rest.Length ? (next + 1, 0) : (next, taken + count);
        return ValueTask.FromResult(count);
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Writing?.Invoke();
        WrittenBytes += buffer.Length;
        if (KeepsWrites)
        {
            Writes.Add(buffer.ToArray());
        }

        return HeldUp is null ? ValueTask.CompletedTask : new ValueTask(HeldUp.Task);
    }

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
