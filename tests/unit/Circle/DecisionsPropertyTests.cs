using CsCheck;
using SecureChat.Ledger.Circle;

namespace SecureChat.UnitTests.Circle;

/// <summary>Any commands at any times: the decisions and <see cref="NaiveCircle"/> must agree after each.</summary>
public class DecisionsPropertyTests
{
    private const long Start = 1_790_000_000_000;

    // Small pools, so that ids, keys and names meet again. Names beside each other look alike.
    private static readonly string[] Ids = ["ann", "bob", "cat", "dan"];
    private static readonly string[] Keys = ["one", "one", "one", "other"];
    private static readonly string[][] Names = [["Mia", "MIA ", "M\u0456a"], ["Tom"], ["Zoe\u0301", "zo\u00e9"], ["Kim"], ["Eve"], ["Ida"]];

    private enum Jump
    {
        None,
        Millisecond,
        Day,
        ToTheNextExpiry,
        PastTheNextExpiry,
        DayBack,
    }

    /// <summary>One line of a story. Which request is voted on is counted back from the newest.</summary>
    private sealed record Step(Jump Jump, string Verb, string Id, string Name, string Key, int Back, bool Yes);

    private static readonly Gen<string> AnyName = Gen.OneOf([.. Names.SelectMany(alike => alike)]);

    private static readonly Gen<Step> AnyStep = Gen.Select(
        Gen.Frequency(
            (16, Jump.None), (2, Jump.Millisecond), (1, Jump.Day), (1, Jump.DayBack),
            (1, Jump.ToTheNextExpiry), (1, Jump.PastTheNextExpiry)),
        Gen.Frequency(
            (12, "vote"), (5, "ask"), (2, "leave"), (1, "lock"), (1, "expire"),
            (1, "found")),
        Gen.OneOf(Ids),
        AnyName,
        Gen.OneOf(Keys),
        Gen.Int[0, 3],
        Gen.Frequency((7, true), (1, false)),
        (jump, verb, id, name, key, back, yes) => new Step(jump, verb, id, name, key, back, yes));

    // Most stories start with a founder; some try everything before there is one.
    private static readonly Gen<Step[]> AnyStory =
        from founded in Gen.Frequency((9, true), (1, false))
        from steps in AnyStep.Array[0, 60]
        select founded ? [new Step(Jump.None, "found", "ann", "Mia", "one", 0, true), .. steps] : steps;

    [Fact]
    public void Decisions_and_the_naive_model_agree_after_every_command() =>
        AnyStory.Sample(Compare, iter: 2_000, print: steps => string.Join("\n", steps.Select(step => step.ToString())));

    [Fact]
    public void The_stories_come_to_every_outcome_and_every_refusal()
    {
        HashSet<string> seen = [];
        string[] everything =
        [
            "FounderRegistered", "RequestSubmitted", "VoteCast", "MemberAdmitted", "RequestRejected", "RequestExpired", "MemberLeft",
            "RequestsLockChanged", "admitted by a departure", "expired beside a refusal", "no_founder_yet",
            "founder_already_registered", "requests_locked", "already_a_member", "request_already_pending", "id_of_departed_member",
            "display_name_taken", "member_not_found", "request_not_pending", "request_expired", "already_voted",
        ];

        // The rarest come about once in a hundred stories: a round may miss one by chance, twenty rounds do not.
        for (int round = 0; round < 20 && !seen.IsSupersetOf(everything); round++)
        {
            AnyStory.Sample(
                steps =>
                {
                    var outcomes = Outcomes(steps);
                    lock (seen)
                    {
                        seen.UnionWith(outcomes);
                    }
                },
                iter: 500);
        }

        seen.ShouldBe(everything, ignoreOrder: true);
    }

    private static void Compare(Step[] steps)
    {
        Story story = new() { Now = Start };
        NaiveCircle model = new(name => Array.FindIndex(Names, alike => alike.Contains(name)));
        List<string> requests = [];
        foreach (var step in steps)
        {
            story.Now = Moved(story, step.Jump);
            var command = CommandOf(step, requests);
            var decision = story.Do(command);

            string? refusal = model.Do(command, story.Now);

            (decision.Refusal?.Code).ShouldBe(refusal);
            (decision.Tally?.Result.ToString().ToLowerInvariant())
                .ShouldBe(command is CastVote vote && refusal is null ? model.StatusOf(vote.Request) : null);
            story.State.RequestsLocked.ShouldBe(model.Locked);
            story.Members.ShouldBe(model.Active.Select(membership => membership.Id));
            story.State.Members.Select(member => member.Newcomer.Keys?.RsaSpki).ShouldBe(model.Active.Select(membership => membership.Key));
            story.State.Pending.Select(request => (request.Id, request.Expires))
                .ShouldBe(model.Pending.Select(request => (request.Id, request.Expires)));
            foreach (var request in story.State.Pending)
            {
                request.Approvals.Select(handle => story.State.Members.Single(member => member.Handle == handle).Id)
                    .ShouldBe(model.ApprovalsOf(request.Id));
            }
        }
    }

    private static HashSet<string> Outcomes(Step[] steps)
    {
        HashSet<string> seen = [];
        Story story = new() { Now = Start };
        List<string> requests = [];
        foreach (var step in steps)
        {
            story.Now = Moved(story, step.Jump);
            var decision = story.Do(CommandOf(step, requests));
            seen.UnionWith(decision.Events.Select(happened => happened.GetType().Name));
            if (decision.Refusal is not null)
            {
                seen.Add(decision.Refusal.Code);
            }

            if (decision.Events is [.., MemberLeft, MemberAdmitted])
            {
                seen.Add("admitted by a departure");
            }

            if (decision is { Refusal: not null, Overdue: > 0 })
            {
                seen.Add("expired beside a refusal");
            }
        }

        return seen;
    }

    private static long Moved(Story story, Jump jump) => jump switch
    {
        Jump.Millisecond => story.Now + 1,
        Jump.Day => story.Now + 86_400_000,
        Jump.DayBack => story.Now - 86_400_000,
        Jump.ToTheNextExpiry => Decisions.NextExpiry(story.State) ?? story.Now,
        Jump.PastTheNextExpiry => (Decisions.NextExpiry(story.State) ?? story.Now) + 1,
        _ => story.Now,
    };

    private static CircleCommand CommandOf(Step step, List<string> requests)
    {
        switch (step.Verb)
        {
            case "found":
                return new RegisterFounder(SomeNewcomer.Called(step.Id, step.Name, step.Key));
            case "ask":
                requests.Add($"request {requests.Count}");
                return new SubmitRequest(requests[^1], SomeNewcomer.Called(step.Id, step.Name, step.Key));
            case "vote":
                return new CastVote(step.Back < requests.Count ? requests[^(step.Back + 1)] : "no such request", step.Id, step.Yes);
            case "leave":
                return new Leave(step.Id);
            case "lock":
                return new ChangeRequestsLock(step.Id, Locked: !step.Yes);
            default:
                return new ExpireRequests();
        }
    }
}
