using System.Buffers;
using System.Buffers.Binary;

namespace SecureChat.Ledger.Transparency;

/// <summary>
/// The entries under one tile of leaves, one after the other (C2SP tlog-tiles).
/// <code>
/// bundle = 1*256( uint16-BE length || entry )
/// </code>
/// </summary>
public static class EntryBundle
{
    /// <summary>The longest entry that a bundle can hold.</summary>
    public const int MaximumEntryBytes = ushort.MaxValue;

    /// <summary>Writes one entry behind those that are there.</summary>
    /// <exception cref="ArgumentException">The entry has more than 65,535 bytes.</exception>
    public static void Append(IBufferWriter<byte> bundle, ReadOnlySpan<byte> entry)
    {
        ArgumentNullException.ThrowIfNull(bundle);
        if (entry.Length > MaximumEntryBytes)
        {
            throw new ArgumentException("an entry has at most 65,535 bytes", nameof(entry));
        }

        BinaryPrimitives.WriteUInt16BigEndian(bundle.GetSpan(sizeof(ushort)), (ushort)entry.Length);
        bundle.Advance(sizeof(ushort));
        bundle.Write(entry);
    }

    /// <summary>The entries of a bundle, as parts of its bytes.</summary>
    /// <param name="bundle">What was served or stored for the bundle.</param>
    /// <param name="width">How many entries it has to have, 1 to 256.</param>
    public static Parsed<ReadOnlyMemory<byte>[]> Parse(ReadOnlyMemory<byte> bundle, int width)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(width, TilePath.FullWidth);
        ReadOnlyMemory<byte>[] entries = new ReadOnlyMemory<byte>[width];
        for (int i = 0; i < width; i++)
        {
            if (bundle.Length < sizeof(ushort))
            {
                return new Invalid("the bundle has too few entries");
            }

            ushort length = BinaryPrimitives.ReadUInt16BigEndian(bundle.Span);
            bundle = bundle[sizeof(ushort)..];
            if (bundle.Length < length)
            {
                return new Invalid("the bundle ends inside an entry");
            }

            entries[i] = bundle[..length];
            bundle = bundle[length..];
        }

        return bundle.IsEmpty ? entries : new Invalid("the bundle has more bytes than its entries");
    }
}
