using System.Buffers;
using System.Security.Cryptography;
using System.Text;
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
    /// <summary>SHA-256 of the statement on which the event rests, when it has one.</summary>
    public Hash? StatementDigest { get; private init; }

    /// <summary>SHA-256 of a statement's text, by which it is known to stand in the ledger.</summary>
    /// <param name="statement">The exact text.</param>
    public static Hash DigestOf(string statement) => new(SHA256.HashData(Encoding.UTF8.GetBytes(statement)));

    private const int MaxLength = 65535;
    private const int NonceLength = 16;
    private const int AddendumLength = Hash.ByteLength + sizeof(uint);

    /// <summary>Writes an event down.</summary>
    /// <param name="happened">What happened.</param>
    /// <param name="time">When, in milliseconds since the Unix epoch.</param>
    /// <param name="random">Fills a span with random bytes: the nonces.</param>
    public static Entry Write(CircleEvent happened, long time, FillRandom random)
    {
        Span<byte> nonce = stackalloc byte[NonceLength];
        random(nonce);
        byte[] json = EntryJson.Write(happened, time, nonce);
        List<Addendum> addenda = AddendaOf(happened, random);
        ArrayBufferWriter<byte> entry = new(json.Length + (addenda.Count * AddendumLength) + 1);
        entry.Write(json);
        AddendaIndex.Append(entry, json.Length, [.. addenda.Select(addendum => addendum.Digest)]);
        byte[] bytes = entry.WrittenSpan.ToArray();
        if (bytes.Length > MaxLength)
        {
            throw new ArgumentException("An entry has at most 65535 bytes.", nameof(happened));
        }

        return new Entry(bytes, MerkleHashing.Leaf(bytes), addenda)
        {
            StatementDigest = EntryJson.ProofOf(happened) is { } proof ? DigestOf(proof.Statement) : null,
        };
    }

    /// <summary>Reads an event back.</summary>
    /// <param name="bytes">The entry as it was stored.</param>
    /// <param name="find">Gives the bytes of the addendum of a digest, or null when it is not there any more.</param>
    /// <exception cref="FormatException">These are no bytes of an entry; the message says what is wrong.</exception>
    public static (CircleEvent Event, long Time) Read(ReadOnlySpan<byte> bytes, Func<Hash, byte[]?> find)
    {
        (AddendaIndex index, int length) = IndexOf(bytes);

        (CircleEvent happened, long time) = EntryJsonReader.Read(bytes[..length]);
        if (EntryJson.AddendaOf(happened).Count != index.Digests.Count)
        {
            throw new FormatException("the number of its addenda is wrong");
        }

        return (index.Digests.Count == 0 ? happened : WithAddenda(happened, index.Digests, find), time);
    }

    /// <summary>
    /// Reads an event back without its addenda, a good deal faster, for showing and not for judging: that these are to the byte
    /// the bytes of an entry is not asked.
    /// </summary>
    /// <param name="bytes">The entry as it was stored.</param>
    /// <exception cref="FormatException">These are no bytes of an entry; the message says what is wrong.</exception>
    public static (CircleEvent Event, long Time, IReadOnlyList<Hash> Digests) Glance(ReadOnlySpan<byte> bytes)
    {
        (AddendaIndex index, int length) = IndexOf(bytes);
        (CircleEvent happened, long time) = EntryJsonReader.Read(bytes[..length], isExact: false);
        return EntryJson.AddendaOf(happened).Count == index.Digests.Count
            ? (happened, time, index.Digests)
            : throw new FormatException("the number of its addenda is wrong");
    }

    private static (AddendaIndex Index, int JsonLength) IndexOf(ReadOnlySpan<byte> bytes) =>
        AddendaIndex.Parse(bytes).TryGet(out AddendaIndex? index, out string? reason) && index.JsonLength is { } length
            ? (index, length)
            : throw new FormatException(reason ?? "its addenda do not stand where they should");

    private static List<Addendum> AddendaOf(CircleEvent happened, FillRandom random)
    {
        List<Addendum> addenda = happened switch
        {
            FounderRegistered founding => AddendaOf(founding.Founder, random),
            RequestSubmitted submission => AddendaOf(submission.Newcomer, random),
            MemberImported import => AddendaOf(import.Newcomer, random),
            _ => [],
        };
        if (EntryJson.ProofOf(happened) is { } proof)
        {
            addenda.Add(Addendum.Write(proof, random));
        }

        return addenda;
    }

    private static List<Addendum> AddendaOf(Newcomer newcomer, FillRandom random) => newcomer.Sealed is { } signed
        ? [new Addendum(Addendum.ProfileName, signed.Profile), new Addendum(Addendum.KeysName, signed.Keys)]
        : [Addendum.Write(newcomer.Profile!, random), Addendum.Write(newcomer.Keys!, random)];

    private static CircleEvent WithAddenda(CircleEvent happened, IReadOnlyList<Hash> digests, Func<Hash, byte[]?> find)
    {
        switch (happened)
        {
            case FounderRegistered founding:
                return founding with { Founder = Person(founding.Founder) };
            case RequestSubmitted submission:
                return submission with { Newcomer = Person(submission.Newcomer) };
            case MemberImported import:
                return import with { Newcomer = Person(import.Newcomer) };
            case VoteCast vote:
                return vote with { Proof = Proof(0) };
            case MemberLeft departure:
                return departure with { Proof = Proof(0) };
            case RequestsLockChanged change:
                return change with { Proof = Proof(0) };
            case HistoryRatified ratification:
                return ratification with { Proof = Proof(0) };
            case StatementsRequired requirement:
                return requirement with { Proof = Proof(0) };
            default:
                return happened;
        }

        Newcomer Person(Newcomer marked) => new(
            Verified(find, digests[0]) is { } profile ? Addendum.ReadProfile(profile) : null,
            Verified(find, digests[1]) is { } keys ? Addendum.ReadKeys(keys) : null,
            marked.Proof is null ? null : Proof(2));

        Proof Proof(int index) => Verified(find, digests[index]) is { } bytes ? Addendum.ReadProof(bytes) : Circle.Proof.Erased;
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
