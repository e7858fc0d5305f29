using System.Buffers;
using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Connections;

namespace SecureChat.Web.Relay;

/// <summary>
/// The web server's pool of blocks, with the one difference that a block is cleared before anybody else gets it: what passes
/// through the server's own pipes is gone from memory, too, as soon as it has been sent.
/// </summary>
public sealed class ClearingMemoryPool(int blockSize) : MemoryPool<byte>
{
    /// <summary>The size of a block that the web server's own pool has, in bytes.</summary>
    public const int UsualBlock = 4096;

    private const int MaxIdleBytes = 4 * 1024 * 1024;

    private readonly ConcurrentQueue<Block> idle = new();
    private int idleCount;
    private volatile bool disposed;

    /// <inheritdoc/>
    public override int MaxBufferSize => blockSize;

    /// <inheritdoc/>
    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minBufferSize, blockSize);
        if (idle.TryDequeue(out Block? block))
        {
            Interlocked.Decrement(ref idleCount);
            block.Rent();
            return block;
        }

        return new Block(this);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        disposed = true;
        idle.Clear();
    }

    private void PutBack(Block block)
    {
        if (!disposed && Volatile.Read(ref idleCount) < MaxIdleBytes / blockSize)
        {
            Interlocked.Increment(ref idleCount);
            idle.Enqueue(block);
        }
    }

    private sealed class Block(ClearingMemoryPool pool) : IMemoryOwner<byte>
    {
        private readonly byte[] bytes = GC.AllocateArray<byte>(pool.MaxBufferSize, pinned: true);
        private int rented = 1;

        public Memory<byte> Memory => MemoryMarshal.CreateFromPinnedArray(bytes, 0, bytes.Length);

        public void Rent() => Volatile.Write(ref rented, 1);

        public void Dispose()
        {
            if (Interlocked.Exchange(ref rented, 0) == 1)
            {
                bytes.AsSpan().Clear();
                pool.PutBack(this);
            }
        }
    }
}

/// <summary>Gives the web server its clearing pools: register it as <c>IMemoryPoolFactory&lt;byte&gt;</c> before the server is built.</summary>
public sealed class ClearingMemoryPoolFactory : IMemoryPoolFactory<byte>
{
    /// <inheritdoc/>
    public MemoryPool<byte> Create(MemoryPoolOptions? options = null) => new ClearingMemoryPool(ClearingMemoryPool.UsualBlock);
}
