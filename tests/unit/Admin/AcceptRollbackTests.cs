using SecureChat.Ledger.Circle;
using SecureChat.Ledger.Storage;
using SecureChat.UnitTests.Projections;

namespace SecureChat.UnitTests.Admin;

public class AcceptRollbackTests
{
    [Fact]
    public async Task A_relay_goes_on_from_an_old_copy_only_after_the_operator_has_accepted_the_loss()
    {
        await using SomeCircle circle = await RolledBack();
        Should.Throw<DataFolderException>(circle.OpenAgain).Message.ShouldContain("accept-rollback");

        Ran ran = (await Ran.WithInput("5\n", "accept-rollback", circle.Folder)).ShouldBeFine();
        ran.Output.ShouldMatch("known to be lost +5 +[A-Za-z0-9+/=]{44}\nthis ledger +4 +[A-Za-z0-9+/=]{44}\n");
        ran.Output.ShouldContain("one of 5 entries");

        circle.OpenAgain();
        circle.Live.State.AcceptedLoss.ShouldBe(5);
        circle.Live.Roster.MemberOf("bea").ShouldNotBeNull();
        await circle.Join("cy");
        Ran verified = (await Ran.Admin("verify", circle.Folder)).ShouldBeFine();
        verified.Output.ShouldContain("Warning: Entry 4: the operator went on from an old copy; a log of 5 entries is lost.");
        await circle.Close();
        (await Ran.Admin("accept-rollback", circle.Folder, "--yes")).ShouldBeRefused(2, "There is nothing to accept");
    }

    [Fact]
    public async Task Another_history_of_the_same_log_is_accepted_too()
    {
        await using SomeCircle circle = await RolledBack();
        string seen = Path.Combine(circle.Folder, SeenCheckpoint.FileName);
        byte[] lost = await File.ReadAllBytesAsync(seen);
        File.Delete(seen);
        circle.OpenAgain();
        await circle.Join("cy");
        await circle.Close();
        await File.WriteAllBytesAsync(seen, lost);
        Should.Throw<DataFolderException>(circle.OpenAgain);
        (await Ran.Admin("accept-rollback", circle.Folder, "--yes")).ShouldBeFine().Output.ShouldContain("another one than the relay has shown");
        circle.OpenAgain();
        circle.Live.State.AcceptedLoss.ShouldBe(5);
    }

    [Fact]
    public async Task A_head_that_only_somebody_else_remembers_can_be_named()
    {
        await using SomeCircle circle = await RolledBack();
        using TemporaryFolder witness = new();
        File.Move(Path.Combine(circle.Folder, SeenCheckpoint.FileName), witness.File("head"));
        (await Ran.Admin("accept-rollback", circle.Folder, "--yes")).ShouldBeRefused(2, "name it with --checkpoint FILE");
        (await Ran.Admin("accept-rollback", circle.Folder, "--yes", "--checkpoint", witness.File("head"))).ShouldBeFine();
        circle.OpenAgain();
        circle.Live.State.AcceptedLoss.ShouldBe(5);
    }

    [Fact]
    public async Task A_program_is_not_asked_and_is_answered_in_JSON()
    {
        await using SomeCircle circle = await RolledBack();
        (await Ran.Admin("accept-rollback", circle.Folder, "--json")).ShouldBeRefused(2, "--json goes with --yes");
        (await Ran.Admin("accept-rollback", circle.Folder, "--json", "--yes")).ShouldBeFine().Output
            .ShouldMatch("^{\n  \"lost_size\": 5,\n  \"lost_root\": \"[^\"]+\",\n  \"size\": 5\n}\n$");
    }

    [Fact]
    public async Task A_head_of_another_log_is_no_loss_of_this_one()
    {
        await using SomeCircle circle = await RolledBack();
        await using SomeCircle other = await SomeCircle.With("eve");
        await other.Close();
        string head = Path.Combine(other.Folder, SeenCheckpoint.FileName);
        (await Ran.Admin("accept-rollback", circle.Folder, "--yes", "--checkpoint", head)).ShouldBeRefused(2, "is no checkpoint of this ledger");
    }

    [Theory]
    [InlineData("")]
    [InlineData("4\n")]
    public async Task What_is_not_confirmed_is_not_done(string answer)
    {
        await using SomeCircle circle = await RolledBack();
        (await Ran.WithInput(answer, "accept-rollback", circle.Folder)).ShouldBeRefused(2, "nothing was changed");
        Should.Throw<DataFolderException>(circle.OpenAgain);
    }

    [Fact]
    public async Task A_ledger_in_which_nothing_stands_is_nothing_to_go_on_from()
    {
        await using SomeCircle circle = SomeCircle.Open();
        await circle.Close();
        byte[] empty = await File.ReadAllBytesAsync(circle.LedgerFile);
        circle.OpenAgain();
        await circle.Found("ann");
        await circle.Close();
        await File.WriteAllBytesAsync(circle.LedgerFile, empty);
        (await Ran.Admin("accept-rollback", circle.Folder, "--yes")).ShouldBeRefused(2, "This ledger is empty");
    }

    // A copy of four entries put back after a fifth was shown.
    private static async Task<SomeCircle> RolledBack()
    {
        SomeCircle circle = await SomeCircle.With("ann", "bea");
        await circle.Close();
        byte[] old = await File.ReadAllBytesAsync(circle.LedgerFile);
        circle.OpenAgain();
        (await circle.Live.ExecuteAsync(new Leave("bea"))).Size.ShouldBe(5);
        await circle.Close();
        await File.WriteAllBytesAsync(circle.LedgerFile, old);
        return circle;
    }
}
