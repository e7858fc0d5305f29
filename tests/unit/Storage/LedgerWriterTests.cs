using SecureChat.Ledger.Circle;
using SecureChat.Ledger.Storage;
using SecureChat.UnitTests.Circle;

namespace SecureChat.UnitTests.Storage;

public sealed class LedgerWriterTests : IDisposable
{
    private readonly LedgerFolder folder = LedgerFolder.With(new FounderRegistered(SomeNewcomer.Called("ann")));

    [Fact]
    public async Task Many_commands_at_once_share_a_transaction_and_each_gets_its_own_place()
    {
        await using var writer = folder.Open();
        List<long> durable = [];
        writer.Durable += durable.Add;
        Task<Outcome>[] answers;
        using (var other = folder.File.Open())
        {
            // Whatever the writer has begun with waits for this lock, and the rest waits behind it.
            LedgerFolder.Execute(other, "BEGIN IMMEDIATE");
            answers = [.. Enumerable.Range(0, 200).Select(number => writer.SubmitAsync(new ChangeRequestsLock("ann", Locked: number % 2 == 0)))];
            answers.ShouldAllBe(answer => !answer.IsCompleted);
            writer.State.Size.ShouldBe(1);
            LedgerFolder.Execute(other, "COMMIT");
        }

        var outcomes = await Task.WhenAll(answers);

        outcomes.Select(outcome => outcome.Position!.Value).ShouldBe(Enumerable.Range(1, 200).Select(position => (long)position));
        outcomes.ShouldAllBe(outcome => outcome.Size == outcome.Position + 1 && outcome.Refusal == null);
        await writer.DisposeAsync();
        durable.Count.ShouldBeLessThanOrEqualTo(2);
        durable[^1].ShouldBe(201);
    }

    [Fact]
    public async Task Whoever_is_answered_finds_it_in_the_file()
    {
        await using var writer = folder.Open();
        var commands = Enumerable.Range(0, 50).Select(async number =>
        {
            var outcome = await writer.SubmitAsync(new SubmitRequest($"r-{number}", SomeNewcomer.Called($"id-{number}")));
            using LedgerReader reader = new(folder.File);
            var written = reader.Read(outcome.Position!.Value).First();
            written.Event.ShouldBeOfType<RequestSubmitted>().Newcomer.Profile!.MemberId.ShouldBe($"id-{number}");
            written.Time.ShouldBe(SomeEntry.Time);
        });
        await Task.WhenAll(commands);
    }

    [Fact]
    public async Task Of_two_votes_at_once_one_is_decided_on_what_the_other_left()
    {
        await using var writer = folder.Open();
        await writer.SubmitAsync(new SubmitRequest("r-1", SomeNewcomer.Called("bob")));
        var outcomes = await Task.WhenAll(
            writer.SubmitAsync(new CastVote("r-1", "ann", Approve: true)),
            writer.SubmitAsync(new CastVote("r-1", "ann", Approve: false)));
        outcomes[0].Tally!.Result.ShouldBe(VoteResult.Approved);
        outcomes[1].Refusal.ShouldBe(Refusals.RequestNotPending);
    }

    [Fact]
    public async Task A_position_is_that_of_the_command_itself_and_not_of_what_expired_before_it()
    {
        await using var writer = folder.Open();
        await writer.SubmitAsync(new SubmitRequest("r-1", SomeNewcomer.Called("bob")));
        folder.Clock.Advance(TimeSpan.FromHours(48) + TimeSpan.FromMilliseconds(1));
        var locked = await writer.SubmitAsync(new ChangeRequestsLock("ann", Locked: false));
        locked.Position.ShouldBe(3);
        locked.Size.ShouldBe(4);
    }

    [Fact]
    public async Task A_refusal_has_no_position_but_stands_on_what_expired_with_it()
    {
        await using var writer = folder.Open();
        await writer.SubmitAsync(new SubmitRequest("r-1", SomeNewcomer.Called("bob")));
        (await writer.SubmitAsync(new Leave("stranger"))).ShouldBe(new Outcome(2, Refusals.MemberNotFound, null, null));
        folder.Clock.Advance(TimeSpan.FromHours(49));
        (await writer.SubmitAsync(new Leave("stranger"))).ShouldBe(new Outcome(3, Refusals.MemberNotFound, null, null));
        writer.State.Pending.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_timer_with_nothing_to_do_writes_nothing()
    {
        await using var writer = folder.Open();
        (await writer.SubmitAsync(new ExpireRequests())).ShouldBe(new Outcome(1, null, null, null));
        folder.Scalar("SELECT count(*) FROM entries").ShouldBe(1L);
    }

    [Fact]
    public async Task A_signature_is_written_with_its_change_and_forgotten_when_it_can_no_longer_be_replayed()
    {
        await using var writer = folder.Open();
        await writer.SubmitAsync(new ChangeRequestsLock("ann", Locked: true), new UsedSignature("ann", SomeEntry.Time - 60_000));
        await writer.SubmitAsync(new ChangeRequestsLock("ann", Locked: true), new UsedSignature("ann", SomeEntry.Time + 60_000));
        Signatures().ShouldBe($"ann {SomeEntry.Time - 60_000}, ann {SomeEntry.Time + 60_000}");

        folder.Clock.Advance(TimeSpan.FromMilliseconds(1));
        await writer.SubmitAsync(new ChangeRequestsLock("ann", Locked: true), new UsedSignature("ann", SomeEntry.Time));

        Signatures().ShouldBe($"ann {SomeEntry.Time}, ann {SomeEntry.Time + 60_000}");
    }

    [Fact]
    public async Task The_signature_of_a_refused_change_is_not_written()
    {
        await using var writer = folder.Open();
        await writer.SubmitAsync(new SubmitRequest("r-1", SomeNewcomer.Called("bob")));
        folder.Clock.Advance(TimeSpan.FromHours(49));
        UsedSignature fresh = new("ann", folder.Clock.GetUtcNow().ToUnixTimeMilliseconds());
        (await writer.SubmitAsync(new CastVote("r-1", "ann", Approve: true), fresh)).Refusal.ShouldBe(Refusals.RequestExpired);
        Signatures().ShouldBe("");
    }

    [Fact]
    public async Task Opening_again_gives_the_same_state()
    {
        string before;
        await using (var writer = folder.Open())
        {
            await writer.SubmitAsync(new SubmitRequest("r-1", SomeNewcomer.Called("bob", "B\u00f6b \U0001f600 \"\u2028")));
            await writer.SubmitAsync(new SubmitRequest("r-2", SomeNewcomer.Called("cat")));
            await writer.SubmitAsync(new CastVote("r-1", "ann", Approve: true));
            await writer.SubmitAsync(new CastVote("r-2", "bob", Approve: true));
            await writer.SubmitAsync(new ChangeRequestsLock("bob", Locked: true));
            await writer.SubmitAsync(new Leave("bob"));
            before = Story.Show(writer.State);
        }

        await using var again = folder.Open();
        Story.Show(again.State).ShouldBe(before);
        (await again.SubmitAsync(new CastVote("r-2", "ann", Approve: true))).Tally!.Result.ShouldBe(VoteResult.Approved);
    }

    [Fact]
    public async Task Stopping_writes_what_waits_and_refuses_what_comes_later()
    {
        var writer = folder.Open();
        Task<Outcome>[] answers = [.. Enumerable.Range(0, 300).Select(_ => writer.SubmitAsync(new ChangeRequestsLock("ann", Locked: true)))];
        await writer.DisposeAsync();
        (await Task.WhenAll(answers)).Max(outcome => outcome.Size).ShouldBe(301);
        folder.Check().State.Size.ShouldBe(301);
        await Should.ThrowAsync<LedgerUnavailableException>(() => writer.SubmitAsync(new ExpireRequests()));
    }

    [Fact]
    public async Task A_listener_that_fails_does_not_make_a_durable_change_look_failed()
    {
        await using var writer = folder.Open();
        writer.Durable += _ => throw new InvalidOperationException("a listener's own trouble");
        (await writer.SubmitAsync(new ChangeRequestsLock("ann", Locked: true))).Position.ShouldBe(1);
        (await writer.SubmitAsync(new ChangeRequestsLock("ann", Locked: false))).Position.ShouldBe(2);
    }

    private string Signatures() =>
        folder.Scalar("SELECT coalesce(group_concat(line, ', '), '') FROM (SELECT member_id || ' ' || timestamp AS line FROM used_signatures ORDER BY timestamp)")!.ToString()!;

    public void Dispose() => folder.Dispose();
}
