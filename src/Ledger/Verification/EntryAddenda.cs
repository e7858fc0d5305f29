using SecureChat.Ledger.Circle;
using SecureChat.Ledger.Storage;
using SecureChat.Ledger.Transparency;

namespace SecureChat.Ledger.Verification;

/// <summary>The addenda of an entry.</summary>
[Flags]
internal enum AddendaSet
{
    None = 0,
    Profile = 1,
    Keys = 2,
    Proof = 4,
}

/// <summary>Which digests an entry has, and which of their documents are there: noted while the entry is read.</summary>
internal sealed class EntryAddenda
{
    private readonly Hash[] digests = new Hash[3];
    private readonly bool[] isThere = new bool[3];
    private Func<Hash, byte[]?> source = _ => null;
    private int count;

    public EntryAddenda() => Find = Next;

    /// <summary>What reads an entry asks for its documents, in the order in which they stand in it.</summary>
    public Func<Hash, byte[]?> Find { get; }

    public void Start(Func<Hash, byte[]?> find)
    {
        source = find;
        count = 0;
        isThere.AsSpan().Clear();
    }

    public Hash Digest(int index) => digests[index];

    public bool IsThere(int index) => isThere[index];

    public AddendaSet Served(CircleEvent happened) => Those(happened, there: true);

    public AddendaSet Missed(CircleEvent happened) => Those(happened, there: false);

    private byte[]? Next(Hash digest)
    {
        byte[]? bytes = source(digest);
        digests[count] = digest;
        isThere[count++] = bytes is not null;
        return bytes;
    }

    private AddendaSet Those(CircleEvent happened, bool there)
    {
        if (count == 0)
        {
            return AddendaSet.None;
        }

        AddendaSet those = AddendaSet.None;
        IReadOnlyList<string> names = EntryJson.AddendaOf(happened);
        for (int index = 0; index < count; index++)
        {
            those |= isThere[index] == there ? Named(names[index]) : AddendaSet.None;
        }

        return those;
    }

    public static AddendaSet Named(string? name) => name switch
    {
        Addendum.ProfileName => AddendaSet.Profile,
        Addendum.KeysName => AddendaSet.Keys,
        Addendum.ProofName => AddendaSet.Proof,
        _ => AddendaSet.None,
    };
}
