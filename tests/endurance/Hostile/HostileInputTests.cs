using System.Diagnostics;
using Xunit.Abstractions;

namespace SecureChat.EnduranceTests.Hostile;

/// <summary>
/// Generated hostile frames and requests, 20,000 of them and in full 1,000,000: half of the frames' and requests' fields wrong in one way or
/// the other, before there is a circle, before AUTH and after it, on both subprotocols, signed in both ways. Each answer is a documented one
/// with all its fields, nobody gets in or changes anything without a signature, after each round somebody is voted in, talks and leaves, and
/// the log has no line more. A failure is reduced and printed; with <c>ENDURANCE_SEED</c> as printed it comes again.
/// </summary>
public class HostileInputTests(ITestOutputHelper output)
{
    private const int PerRound = 2_500;

    private static readonly int Cases = Amount.Of(20_000, 1_000_000);

    [Fact]
    public async Task Whatever_is_sent_the_answer_is_a_documented_one_and_the_circle_goes_on()
    {
        var started = Stopwatch.GetTimestamp();
        var seed = Dice.SeedOfRun;
        output.WriteLine($"ENDURANCE_SEED={seed}");
        Documented documented = new();
        var relay = await RelayProcess.Run();
        var sent = 0;
        sent += await Request(new Requests(relay, documented, member: null), seed, 0, PerRound / 5);
        await using var attacked = await Attacked.Found(relay);
        await attacked.FullRoundTrip();
        MemberFrames members = new(attacked, documented);
        StrangerFrames strangers = new(attacked, documented);
        Requests requests = new(relay, documented, attacked.Cleo);
        var rounds = 0;
        for (var round = 1; sent < Cases; round++, rounds++)
        {
            var first = round * PerRound;
            sent += await Frames(members, seed, first, PerRound * 60 / 100 / MemberFrames.BatchSize);
            sent += await FirstFrames(strangers, seed, first, PerRound / 10);
            sent += await Request(requests, seed, first, PerRound * 30 / 100);
            members.Drop();
            await attacked.FullRoundTrip();
        }

        // Whoever attacks gets far: a generator whose input is all refused at the door would see a handful of these.
        documented.Seen.Keys.Count(answer => answer.StartsWith("ERROR ", StringComparison.Ordinal)).ShouldBeGreaterThanOrEqualTo(12);
        documented.Seen.Keys.Count(answer => answer.StartsWith('4')).ShouldBeGreaterThanOrEqualTo(30);
        output.WriteLine(string.Join(", ", documented.Seen.OrderBy(answer => answer.Key, StringComparer.Ordinal).Select(answer => $"{answer.Key}: {answer.Value}")));
        output.WriteLine($"{sent} hostile frames and requests, {rounds} full round trips, {Stopwatch.GetElapsedTime(started).TotalSeconds:f1} s");
    }

    [Fact]
    public async Task An_answer_that_is_not_documented_is_found_and_reduced()
    {
        // The control: a code that the relay does send is taken out of what is documented.
        await using var attacked = await Attacked.Found(await RelayProcess.Run());
        MemberFrames members = new(attacked, new Documented(withheld: "duplicate_field"));
        var frame = (await Record.ExceptionAsync(() => Frames(members, 1, 0, 200))).ShouldBeOfType<ShouldAssertException>().Message;
        frame.ShouldContain("An ERROR of no documented code");
        frame.ShouldContain("reduced to 1 frame");
        members.Drop();

        Requests requests = new(attacked.Relay, new Documented(withheld: "locked_not_boolean"), attacked.Cleo);
        var request = (await Record.ExceptionAsync(() => Request(requests, 1, 0, 5_000))).ShouldBeOfType<ShouldAssertException>().Message;
        request.ShouldContain("400 locked_not_boolean is no documented answer");
        var reduced = request.Split("reduced to ")[1];
        reduced.ShouldStartWith("\"POST /api/lock-requests");
        reduced.ShouldNotContain("X-Forwarded-For", Case.Sensitive, "it is complained about without, too");
        output.WriteLine(frame);
        output.WriteLine(request);
    }

    private static async Task<int> Frames(MemberFrames members, ulong seed, int first, int batches)
    {
        for (var number = first; number < first + batches; number++)
        {
            var batch = members.Batch(seed, number);
            if (await members.Complaint(batch) is { } complaint)
            {
                var reduced = await members.Reduced(batch);
                throw new ShouldAssertException($"{complaint}\nENDURANCE_SEED={seed}, batch {number}, reduced to {reduced.Count} frame(s):\n{string.Join('\n', reduced)}");
            }
        }

        return batches * MemberFrames.BatchSize;
    }

    private static async Task<int> FirstFrames(StrangerFrames strangers, ulong seed, int first, int count)
    {
        for (var number = first; number < first + count; number++)
        {
            (await strangers.Complaint(seed, number)).ShouldBeNull($"ENDURANCE_SEED={seed}, first frame {number}");
        }

        return count;
    }

    private static async Task<int> Request(Requests requests, ulong seed, int first, int count)
    {
        for (var number = first; number < first + count; number++)
        {
            var (signed, sent) = requests.Of(seed, number);
            if (await requests.Complaint(signed, sent) is { } complaint)
            {
                var reduced = await requests.Reduced(signed, sent);
                throw new ShouldAssertException($"{complaint}\nENDURANCE_SEED={seed}, request {number}: {sent}\nreduced to {reduced}");
            }
        }

        requests.Drop();
        return count;
    }
}
