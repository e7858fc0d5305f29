using SecureChat.Ledger.Circle;
using SecureChat.Ledger.Storage;
using SecureChat.Ledger.Transparency;
using SecureChat.Ledger.Verification;
using SecureChat.UnitTests.Storage;
using SecureChat.UnitTests.Transparency;

namespace SecureChat.UnitTests.Verification;

public class LedgerDatabaseTests
{
    private const int Size = 300;

    [Fact]
    public void A_ledger_in_its_database_is_verified_up_to_the_checkpoint()
    {
        using var folder = Filled();
        Verify(folder, Size).Refusal.ShouldBeNull();
        Verify(folder, 257).Checkpoint!.Size.ShouldBe(257);
        Verify(folder, Size).Members.ShouldHaveSingleItem().MemberId.ShouldBe("ann-1");
    }

    [Theory]
    [InlineData("UPDATE entries SET bytes = x'00' WHERE position = 270", 270)]
    [InlineData("DELETE FROM entries WHERE position = 270", 270)]
    [InlineData("DELETE FROM entries WHERE position >= 256", 256)]
    [InlineData("DELETE FROM entries", 0)]
    [InlineData("UPDATE addenda SET bytes = x'00'", 0)]
    public void Damage_in_the_database_names_the_first_bad_entry(string sql, long entry)
    {
        using var folder = Filled();
        byte[] checkpoint = Checkpoint(folder, Size);
        folder.Execute($"DROP TRIGGER entries_are_never_changed; DROP TRIGGER entries_are_never_deleted; DROP TRIGGER addenda_are_never_changed; {sql}");
        using LedgerDatabase database = new(folder.File);
        var verdict = LogVerifier.Verify(database.Source(checkpoint, WitnessPolicy.OfLog(Some.LogKey.VerifierKey)));
        verdict.Refusal.ShouldNotBeNull();
        verdict.Refusal.ShouldStartWith($"Entry {entry} ");
        verdict.BadEntry.ShouldBe(entry);
    }

    [Fact]
    public void Addenda_that_are_gone_are_warnings()
    {
        using var folder = Filled();
        folder.Execute("DELETE FROM addenda");
        Verify(folder, Size).Warnings.ShouldHaveSingleItem().ShouldBe("Entry 0: addenda are missing that no entry declares erased (profile, keys).");
    }

    private static LedgerFolder Filled() => LedgerFolder.With(
        [new FounderRegistered(SomeEntry.Ann), .. Enumerable.Range(1, Size - 1).Select(position => new RequestsLockChanged(0, position % 2 == 0))]);

    private static Verdict Verify(LedgerFolder folder, int size)
    {
        using LedgerDatabase database = new(folder.File);
        return LogVerifier.Verify(database.Source(Checkpoint(folder, size), WitnessPolicy.OfLog(Some.LogKey.VerifierKey)));
    }

    private static byte[] Checkpoint(LedgerFolder folder, int size)
    {
        CompactRange tree = new();
        using LedgerReader reader = new(folder.File);
        foreach (var recorded in reader.Read(0).Take(size))
        {
            tree.Append(recorded.LeafHash);
        }

        return new Checkpoint(Some.Origin, size, tree.Root()).Sign(Some.LogKey).Format();
    }
}
