using System.Buffers;
using Microsoft.Data.Sqlite;
using SecureChat.Ledger.Transparency;

namespace SecureChat.Ledger.Storage;

/// <summary>
/// The log as others read it: heads, tiles, proofs, addenda, in the bytes in which they are served and exported. Reads only, on a
/// connection of its own; a lock is held for each answer, because one connection serves one reader at a time.
/// </summary>
public sealed class LedgerView : IDisposable
{
    private readonly Lock gate = new();
    private readonly SqliteConnection connection;
    private readonly LogTree tree;
    private readonly PreparedCommand newestCheckpoint;
    private readonly PreparedCommand checkpointOf;
    private readonly PreparedCommand entryBytes;
    private readonly PreparedCommand addendumBytes;

    /// <summary>Opens the log for reading.</summary>
    /// <param name="file">The ledger's file.</param>
    public LedgerView(DatabaseFile file)
    {
        connection = file.OpenForReading();
        tree = new LogTree(connection);
        newestCheckpoint = new PreparedCommand(connection, "SELECT note FROM checkpoints ORDER BY size DESC LIMIT 1");
        checkpointOf = new PreparedCommand(connection, "SELECT note FROM checkpoints WHERE size = $size", "$size");
        entryBytes = new PreparedCommand(connection, "SELECT bytes FROM entries WHERE position = $position", "$position");
        addendumBytes = new PreparedCommand(connection, "SELECT bytes FROM addenda WHERE digest = $digest", "$digest");
    }

    /// <summary>The newest signed head, with what witnesses have signed of it.</summary>
    public SignedNote Checkpoint()
    {
        lock (gate)
        {
            return Cosigned(SignedNote.Parse((byte[])newestCheckpoint.Get()!).Value);
        }
    }

    /// <summary>The number of entries that the newest head counts.</summary>
    public long Size() => Transparency.Checkpoint.Parse(Checkpoint().Text).Value.Size;

    /// <summary>The root at a size up to the present one.</summary>
    public Hash RootAt(long size)
    {
        lock (gate)
        {
            return tree.RootAt(size);
        }
    }

    /// <summary>The leaf hash of an entry, or null when there is none at the position.</summary>
    public Hash? Leaf(long position)
    {
        lock (gate)
        {
            return tree.Leaf(position);
        }
    }

    /// <summary>An entry's bytes, or null when there is none at the position.</summary>
    public byte[]? Entry(long position)
    {
        lock (gate)
        {
            return (byte[]?)entryBytes.Get(position);
        }
    }

    /// <summary>The addenda of an entry that are there.</summary>
    public IReadOnlyList<Addendum> AddendaOf(long position)
    {
        if (Entry(position) is not { } bytes || !AddendaIndex.Parse(bytes).TryGet(out AddendaIndex? index, out _))
        {
            return [];
        }

        IReadOnlyList<string> names = EntryJson.AddendaOf(Storage.Entry.Read(bytes, _ => null).Event);
        return [.. names.Zip(index.Digests)
            .Select(addendum => (Name: addendum.First, Bytes: Addendum(addendum.Second)))
            .Where(addendum => addendum.Bytes is not null)
            .Select(addendum => new Addendum(addendum.Name, addendum.Bytes!))];
    }

    /// <summary>A tile of hashes or of entries; the caller has asked <see cref="TilePath.ExistsIn"/>.</summary>
    public byte[] Tile(TilePath path)
    {
        lock (gate)
        {
            if (!path.IsEntries)
            {
                return Tiles.Content(path, tree.Read);
            }

            ArrayBufferWriter<byte> bundle = new();
            long first = path.Index * TilePath.FullWidth;
            for (long position = first; position < first + path.Width; position++)
            {
                EntryBundle.Append(bundle, (byte[])entryBytes.Get(position)!);
            }

            return bundle.WrittenSpan.ToArray();
        }
    }

    /// <summary>An addendum's bytes, or null when it is not there, or not any more.</summary>
    public byte[]? Addendum(Hash digest)
    {
        lock (gate)
        {
            return (byte[]?)addendumBytes.Get(digest.Bytes.ToArray());
        }
    }

    /// <summary>The proof that an entry stands in the newest head, or null when it counts fewer.</summary>
    public ProofFile? Inclusion(long position)
    {
        SignedNote head = Checkpoint();
        long size = Transparency.Checkpoint.Parse(head.Text).Value.Size;
        if (position >= size)
        {
            return null;
        }

        lock (gate)
        {
            return ProofFile.Create(position, MerkleTree.InclusionProof(position, size, tree.Read), head);
        }
    }

    /// <summary>
    /// The proof that the log only grew from one size to a head, as witnesses are sent it; null when there is no signed head of
    /// the later size, or the earlier one is beyond it.
    /// </summary>
    /// <param name="from">The earlier size; 0 asks for no proof.</param>
    /// <param name="to">The later size, or null for the newest head.</param>
    public ConsistencyFile? Consistency(long from, long? to = null)
    {
        SignedNote? head = to is { } size ? HeadOf(size) : Checkpoint();
        if (head is null || from > Transparency.Checkpoint.Parse(head.Text).Value.Size)
        {
            return null;
        }

        long later = Transparency.Checkpoint.Parse(head.Text).Value.Size;
        lock (gate)
        {
            return ConsistencyFile.Create(from, from == 0 ? [] : MerkleTree.ConsistencyProof(from, later, tree.Read), head);
        }
    }

    private SignedNote? HeadOf(long size)
    {
        lock (gate)
        {
            return checkpointOf.Get(size) is byte[] note ? Cosigned(SignedNote.Parse(note).Value) : null;
        }
    }

    private SignedNote Cosigned(SignedNote note)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "SELECT signature FROM cosignatures WHERE size = $size ORDER BY witness";
        command.Parameters.AddWithValue("$size", Transparency.Checkpoint.Parse(note.Text).Value.Size);
        using SqliteDataReader rows = command.ExecuteReader();
        List<NoteSignature> cosignatures = [];
        while (rows.Read())
        {
            cosignatures.AddRange(SignedNote.ParseLines(System.Text.Encoding.UTF8.GetString((byte[])rows[0])).Value);
        }

        return cosignatures.Count == 0 ? note : note.With(cosignatures);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (gate)
        {
            tree.Dispose();
            newestCheckpoint.Dispose();
            checkpointOf.Dispose();
            entryBytes.Dispose();
            addendumBytes.Dispose();
            connection.Dispose();
        }
    }
}
