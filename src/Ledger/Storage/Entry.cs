using System.Buffers.Binary;
using SecureChat.Ledger.Circle;
using SecureChat.Ledger.Transparency;

namespace SecureChat.Ledger.Storage;

/// <summary>
/// An entry as it is hashed and stored: <c>JSON || digests || offsets || N</c>. The digests are those of its N addenda, the
/// offsets (big-endian, 32 bits) say where each digest stands in the entry.
/// </summary>
/// <param name="Bytes">The exact bytes; stored as they were hashed and never written again to verify.</param>
/// <param name="LeafHash">RFC 6962 leaf hash of the bytes.</param>
/// <param name="Addenda">The documents behind the digests, in their order.</param>
public sealed record Entry(byte[] Bytes, Hash LeafHash, IReadOnlyList<Addendum> Addenda)
{
    private const int MaxLength = 65535;
    private const int NonceLength = 16;
    private const int OffsetLength = sizeof(uint);

    /// <summary>Writes an event down.</summary>
    /// <param name="happened">What happened.</param>
    /// <param name="time">When, in milliseconds since the Unix epoch.</param>
    /// <param name="random">Fills a span with random bytes: the nonces.</param>
    public static Entry Write(CircleEvent happened, long time, FillRandom random)
    {
        Span<byte> nonce = stackalloc byte[NonceLength];
        random(nonce);
        byte[] json = EntryJson.Write(happened, time, nonce);
        IReadOnlyList<Addendum> addenda = happened switch
        {
            FounderRegistered founding => Write(founding.Founder, random),
            RequestSubmitted submission => Write(submission.Newcomer, random),
            _ => [],
        };

        byte[] bytes = new byte[json.Length + (addenda.Count * (Hash.ByteLength + OffsetLength)) + 1];
        json.CopyTo(bytes, 0);
        for (int index = 0; index < addenda.Count; index++)
        {
            int offset = json.Length + (Hash.ByteLength * index);
            addenda[index].Digest.Bytes.CopyTo(bytes.AsSpan(offset));
            int offsetAt = json.Length + (Hash.ByteLength * addenda.Count) + (OffsetLength * index);
            BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(offsetAt), (uint)offset);
        }

        bytes[^1] = (byte)addenda.Count;
        if (bytes.Length > MaxLength)
        {
            throw new ArgumentException("An entry has at most 65535 bytes.", nameof(happened));
        }

        return new Entry(bytes, MerkleHashing.Leaf(bytes), addenda);
    }

    /// <summary>Reads an event back.</summary>
    /// <param name="bytes">The entry as it was stored.</param>
    /// <param name="find">Gives the bytes of the addendum of a digest, or null when it is not there any more.</param>
    /// <exception cref="FormatException">These are no bytes of an entry; the message says what is wrong.</exception>
    public static (CircleEvent Event, long Time) Read(ReadOnlySpan<byte> bytes, Func<Hash, byte[]?> find)
    {
        int count = bytes.IsEmpty ? 0 : bytes[^1];
        int length = bytes.Length - 1 - (count * (Hash.ByteLength + OffsetLength));
        if (length < 1)
        {
            throw new FormatException("it is too short");
        }

        (CircleEvent happened, long time) = EntryJson.Read(bytes[..length]);
        if (EntryJson.AddendaOf(happened).Count != count)
        {
            throw new FormatException("the number of its addenda is wrong");
        }

        if (count == 0)
        {
            return (happened, time);
        }

        Hash[] digests = new Hash[count];
        for (int index = 0; index < count; index++)
        {
            int offset = length + (Hash.ByteLength * index);
            int offsetAt = length + (Hash.ByteLength * count) + (OffsetLength * index);
            if (BinaryPrimitives.ReadUInt32BigEndian(bytes[offsetAt..]) != offset)
            {
                throw new FormatException("the offset of an addendum is wrong");
            }

            digests[index] = new Hash(bytes.Slice(offset, Hash.ByteLength));
        }

        return (WithPersons(happened, digests, find), time);
    }

    private static IReadOnlyList<Addendum> Write(Newcomer newcomer, FillRandom random) =>
        [Addendum.Write(newcomer.Profile!, random), Addendum.Write(newcomer.Keys!, random)];

    private static CircleEvent WithPersons(CircleEvent happened, Hash[] digests, Func<Hash, byte[]?> find)
    {
        byte[]? profile = Verified(find, digests[0]);
        byte[]? keys = Verified(find, digests[1]);
        Newcomer newcomer = new(
            profile is null ? null : Addendum.ReadProfile(profile),
            keys is null ? null : Addendum.ReadKeys(keys));
        return happened switch
        {
            FounderRegistered founding => founding with { Founder = newcomer },
            RequestSubmitted submission => submission with { Newcomer = newcomer },
            _ => happened,
        };
    }

    private static byte[]? Verified(Func<Hash, byte[]?> find, Hash digest)
    {
        byte[]? bytes = find(digest);
        if (bytes is not null && Addendum.DigestOf(bytes) != digest)
        {
            throw new FormatException("an addendum is not the one that was hashed");
        }

        return bytes;
    }
}
