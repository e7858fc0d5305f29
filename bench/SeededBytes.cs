using System.Buffers.Binary;

namespace SecureChat.Bench;

/// <summary>
/// SplitMix64 (Steele, Lea, Flood 2014): numbers that are the same in every run, for nonces that nobody has to guess. A nonce from it
/// costs nanoseconds, so that a million entries are made quickly.
/// </summary>
internal sealed class SeededBytes(ulong seed)
{
    private ulong state = seed;

    public ulong Next()
    {
        ulong mixed = state += 0x9E3779B97F4A7C15;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return mixed ^ (mixed >> 31);
    }

    public void Fill(Span<byte> destination)
    {
        Span<byte> word = stackalloc byte[sizeof(ulong)];
        while (!destination.IsEmpty)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(word, Next());
            int taken = Math.Min(destination.Length, word.Length);
            word[..taken].CopyTo(destination);
            destination = destination[taken..];
        }
    }
}
