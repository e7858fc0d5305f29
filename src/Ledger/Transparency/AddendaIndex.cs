using System.Buffers;
using System.Buffers.Binary;

namespace SecureChat.Ledger.Transparency;

/// <summary>
/// The end of an entry: where the digests of its addenda stand in it (C2SP tlog-addenda, an editor's draft).
/// <code>
/// entry = content || offset[0] || … || offset[N-1] || N        uint32-BE offsets from the start of the entry, N one byte
/// </code>
/// In general the digests stand anywhere in the content, in any order, even overlapping. Our own entries have them
/// directly before the offsets, in order: <c>JSON || digests || offsets || N</c>.
/// </summary>
public sealed class AddendaIndex
{
    private readonly uint[] _offsets;

    private AddendaIndex(Hash[] digests, uint[] offsets, int contentLength)
    {
        Digests = digests;
        _offsets = offsets;
        ContentLength = contentLength;
    }

    /// <summary>The digests, in the order of the index.</summary>
    public IReadOnlyList<Hash> Digests { get; }

    /// <summary>The number of bytes before the offsets, digests included.</summary>
    public int ContentLength { get; }

    /// <summary>The number of bytes before the digests if these stand as in our own entries, otherwise null.</summary>
    public int? JsonLength
    {
        get
        {
            int start = ContentLength - (Hash.ByteLength * _offsets.Length);
            for (int i = 0; i < _offsets.Length; i++)
            {
                if (_offsets[i] != start + (Hash.ByteLength * i))
                {
                    return null;
                }
            }

            return start;
        }
    }

    /// <summary>Writes digests and index behind the JSON of an entry, as our own entries have them.</summary>
    /// <param name="entry">Receives the bytes.</param>
    /// <param name="jsonLength">The number of bytes of the entry that were written before.</param>
    /// <param name="digests">At most 255.</param>
    public static void Append(IBufferWriter<byte> entry, int jsonLength, ReadOnlySpan<Hash> digests)
    {
        ArgumentNullException.ThrowIfNull(entry);
        ArgumentOutOfRangeException.ThrowIfNegative(jsonLength);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(digests.Length, byte.MaxValue, nameof(digests));
        foreach (ref readonly Hash digest in digests)
        {
            entry.Write(digest.Bytes);
        }

        for (int i = 0; i < digests.Length; i++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(entry.GetSpan(sizeof(uint)), (uint)(jsonLength + (Hash.ByteLength * i)));
            entry.Advance(sizeof(uint));
        }

        entry.Write([(byte)digests.Length]);
    }

    /// <summary>The index of any entry.</summary>
    public static Parsed<AddendaIndex> Parse(ReadOnlySpan<byte> entry)
    {
        if (entry.IsEmpty)
        {
            return new Invalid("an entry ends with the number of its addenda");
        }

        byte count = entry[^1];
        int contentLength = entry.Length - 1 - (sizeof(uint) * count);
        if (contentLength < 0)
        {
            return new Invalid("the entry is too short for its number of addenda");
        }

        Hash[] digests = new Hash[count];
        uint[] offsets = new uint[count];
        for (int i = 0; i < count; i++)
        {
            offsets[i] = BinaryPrimitives.ReadUInt32BigEndian(entry[(contentLength + (sizeof(uint) * i))..]);
            if ((long)offsets[i] + Hash.ByteLength > contentLength)
            {
                return new Invalid("a digest does not lie within the entry");
            }

            digests[i] = new Hash(entry.Slice((int)offsets[i], Hash.ByteLength));
        }

        return new AddendaIndex(digests, offsets, contentLength);
    }
}
