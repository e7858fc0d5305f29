using SecureChat.Ledger.Circle;
using SecureChat.Ledger.Storage;
using SecureChat.Ledger.Transparency;
using SecureChat.UnitTests.Circle;
using SecureChat.UnitTests.Storage;

namespace SecureChat.UnitTests.Verification;

/// <summary>A ledger that is not exactly what was signed does not open, and the line says where it went wrong.</summary>
public sealed class OpeningTests : IDisposable
{
    private static readonly RequestsLockChanged Locked = new(0, Locked: true);

    private readonly LedgerFolder folder = LedgerFolder.With(
        new FounderRegistered(SomeNewcomer.Called("ann")), Locked, Locked, Locked, Locked, Locked, Locked);

    private string KeyFile => Path.Combine(folder.Path, LogKey.FileName);

    [Fact]
    public void What_was_signed_opens()
    {
        var ledger = folder.Check();
        ledger.State.Size.ShouldBe(7);
        ledger.Checkpoint.Checkpoint.ShouldBe(new Checkpoint(ledger.Origin, 7, ledger.Range.Root()));
    }

    [Theory]
    [InlineData(0, "entry 0, or one of the 1 after it")]
    [InlineData(3, "entry 2, or one of the 1 after it")]
    [InlineData(5, "entry 4, or one of the 1 after it")]
    [InlineData(6, "entry 6, or one before it")]
    public void An_entry_that_was_altered_together_with_its_hash_is_named(int position, string where)
    {
        Replace(position);
        Damaged().ShouldContain(where);
    }

    [Fact]
    public void An_entry_that_was_altered_together_with_the_whole_tree_does_not_fit_the_checkpoint()
    {
        Replace(1);
        folder.Execute("DROP TRIGGER tree_is_never_deleted; DELETE FROM tree");
        CompactRange range = new();
        List<TreeNode> nodes = [];
        using (LedgerReader reader = new(folder.File))
        {
            foreach (var recorded in reader.Read(0))
            {
                range.Append(recorded.LeafHash, nodes);
            }
        }

        folder.Execute($"INSERT INTO tree VALUES (0, x'{string.Concat(nodes.Where(node => node.Level > 0).Select(node => node.Hash.ToHex()))}')");

        Damaged().ShouldContain("entry 6, or one before it, is not the one that was signed");
    }

    // Nodes in the order of completion: [0:2], [2:4], [0:4], [4:6].
    [Theory]
    [InlineData("x''", "entry 0, or one of the 1 after it")]
    [InlineData("zeroblob(128)", "entry 0, or one of the 1 after it")]
    [InlineData("substr(nodes, 1, 32) || zeroblob(32) || substr(nodes, 65)", "entry 2, or one of the 1 after it")]
    [InlineData("substr(nodes, 1, 64) || zeroblob(32) || substr(nodes, 97)", "entry 0, or one of the 3 after it")]
    [InlineData("substr(nodes, 1, 96)", "entry 4, or one of the 1 after it")]
    [InlineData("substr(nodes, 1, 127)", "entry 0, or one of the 1 after it")]
    public void A_node_that_was_altered_or_cut_off_is_named_by_its_entries(string nodes, string where)
    {
        folder.Execute($"DROP TRIGGER tree_is_never_changed; PRAGMA ignore_check_constraints=ON; UPDATE tree SET nodes = CAST({nodes} AS BLOB)");
        Damaged().ShouldContain(where);
    }

    [Theory]
    [InlineData(0, "entry 0")]
    [InlineData(1, "entry 2")]
    [InlineData(3, "entry 4")]
    public void A_piece_of_the_tree_that_was_deleted_is_named_by_its_entries(int first, string where)
    {
        InPieces();
        folder.Execute($"DROP TRIGGER tree_is_never_deleted; DELETE FROM tree WHERE first = {first}");
        Damaged().ShouldContain(where);
    }

    [Theory]
    [InlineData("INSERT INTO tree VALUES (4, zeroblob(32))")]
    [InlineData("INSERT INTO tree VALUES (2, zeroblob(32))")]
    [InlineData("INSERT INTO tree VALUES (9, zeroblob(64))")]
    [InlineData("DROP TRIGGER tree_is_never_changed; UPDATE tree SET nodes = CAST(nodes || zeroblob(32) AS BLOB)")]
    public void A_node_over_entries_that_are_not_there_is_refused(string more)
    {
        folder.Execute(more);
        Damaged().ShouldContain("entry 7 is missing");
    }

    [Fact]
    public void Pieces_of_any_length_are_the_same_tree()
    {
        InPieces();
        folder.Check().State.Size.ShouldBe(7);
    }

    [Theory]
    [InlineData(6)]
    [InlineData(5)]
    [InlineData(3)]
    public void Entries_cut_off_at_the_end_are_missed(int first)
    {
        folder.Execute($"DROP TRIGGER entries_are_never_deleted; DELETE FROM entries WHERE position >= {first}");
        Damaged().ShouldContain($"entry {first} is");
    }

    [Fact]
    public void An_entry_that_nobody_signed_is_named()
    {
        Entry more = Entry.Write(Locked, SomeEntry.Time, destination => destination.Fill(99));
        CompactRange range = folder.Check().Range;
        List<TreeNode> nodes = [];
        range.Append(more.LeafHash, nodes);
        folder.Execute($"INSERT INTO entries VALUES (7, x'{Convert.ToHexString(more.Bytes)}', x'{more.LeafHash.ToHex()}')");
        folder.Execute($"INSERT INTO tree VALUES (4, x'{string.Concat(nodes.Skip(1).Select(node => node.Hash.ToHex()))}')");
        Damaged().ShouldContain("Entry 7 in ledger.db is signed by nobody: the newest checkpoint is of 7 entries, and there are 8");
    }

    [Fact]
    public void Without_its_checkpoints_it_does_not_open()
    {
        folder.Execute("DROP TRIGGER checkpoints_are_never_deleted; DELETE FROM checkpoints");
        Damaged().ShouldContain("its checkpoint is missing");
    }

    [Theory]
    [InlineData("7\n", "8\n")]
    [InlineData("ledger/0707", "ledger/0807")]
    [InlineData("\u2014 ", "- ")]
    public void An_altered_checkpoint_is_refused(string from, string to)
    {
        string note = System.Text.Encoding.UTF8.GetString(Checkpoint());
        note.ShouldContain(from);
        SetCheckpoint(System.Text.Encoding.UTF8.GetBytes(note.Replace(from, to, StringComparison.Ordinal)));
        Damaged().ShouldContain(KeyFile);
    }

    [Fact]
    public void The_checkpoint_of_somebody_else_with_our_name_is_refused()
    {
        var ledger = folder.Check();
        var foreign = SigningKey.FromSeed(ledger.Origin, Enumerable.Repeat((byte)8, SigningKey.SeedLength).ToArray());
        SetCheckpoint(ledger.Checkpoint.Checkpoint.Sign(foreign).Format());
        Damaged().ShouldContain(KeyFile);
    }

    [Fact]
    public void Our_own_checkpoint_over_something_else_is_refused()
    {
        var ledger = folder.Check();
        SetCheckpoint((ledger.Checkpoint.Checkpoint with { Root = MerkleHashing.EmptyRoot }).Sign(ledger.Key).Format());
        Damaged().ShouldContain("entry 6, or one before it");
    }

    [Fact]
    public void Without_its_key_it_does_not_open_and_no_other_is_made()
    {
        File.Delete(KeyFile);
        Refused().ShouldBe($"{KeyFile} is missing: without it the ledger cannot be continued. Restore it from a backup.");
        File.Exists(KeyFile).ShouldBeFalse();
    }

    [Fact]
    public void The_key_of_another_ledger_is_refused()
    {
        File.WriteAllText(KeyFile, SigningKey.FromSeed("chat.example.org/other", new byte[SigningKey.SeedLength]).FormatSecret() + "\n");
        Refused().ShouldContain("ledger.key belongs to another ledger");
    }

    [Fact]
    public void Another_key_of_the_same_name_is_refused()
    {
        File.WriteAllText(KeyFile, SigningKey.FromSeed(folder.Check().Origin, new byte[SigningKey.SeedLength]).FormatSecret() + "\n");
        Damaged().ShouldContain(KeyFile);
    }

    [Theory]
    [InlineData("")]
    [InlineData("PRIVATE+KEY+x+00000000+AAAA\n")]
    public void What_is_no_key_is_refused(string text)
    {
        File.WriteAllText(KeyFile, text);
        Refused().ShouldContain($"{KeyFile} is no signing key");
    }

    [Fact]
    public void Another_origin_than_the_one_it_has_is_refused()
    {
        Should.Throw<DataFolderException>(() => folder.Check("chat.example.org/other")).Message
            .ShouldContain("LEDGER_ORIGIN is another one than that of this ledger, securechat.invalid/ledger/07070707070707070707070707070707");
    }

    // Another event with its own right hash in the place of an entry.
    private void Replace(int position)
    {
        CircleEvent other = position == 0 ? new FounderRegistered(SomeNewcomer.Called("eve")) : new RequestsLockChanged(0, Locked: false);
        Entry entry = Entry.Write(other, SomeEntry.Time, destination => destination.Fill(99));
        folder.Execute(
            "DROP TRIGGER entries_are_never_changed; "
            + $"UPDATE entries SET bytes = x'{Convert.ToHexString(entry.Bytes)}', leaf_hash = x'{entry.LeafHash.ToHex()}' WHERE position = {position}");
    }

    // The circle above was one append. This is the tree that appends of two, two and three entries leave.
    private void InPieces() => folder.Execute(
        "INSERT INTO tree SELECT 1, substr(nodes, 33, 64) FROM tree WHERE first = 0; "
        + "INSERT INTO tree SELECT 3, substr(nodes, 97, 32) FROM tree WHERE first = 0; "
        + "DROP TRIGGER tree_is_never_changed; UPDATE tree SET nodes = substr(nodes, 1, 32) WHERE first = 0");

    private byte[] Checkpoint() => (byte[])folder.Scalar("SELECT note FROM checkpoints WHERE size = 7")!;

    private void SetCheckpoint(byte[] note) =>
        folder.Execute($"DROP TRIGGER checkpoints_are_never_changed; UPDATE checkpoints SET note = x'{Convert.ToHexString(note)}' WHERE size = 7");

    private string Damaged() => Should.Throw<LedgerDamagedException>(() => folder.Check()).Message;

    private string Refused() => Should.Throw<DataFolderException>(() => folder.Check()).Message;

    public void Dispose() => folder.Dispose();
}
