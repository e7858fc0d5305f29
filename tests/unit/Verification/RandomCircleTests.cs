using System.Collections.Concurrent;
using CsCheck;
using SecureChat.Ledger.Circle;
using SecureChat.Ledger.Verification;

namespace SecureChat.UnitTests.Verification;

/// <summary>Any circle that the decisions allow verifies, and its grades are those of <see cref="NaiveGrades"/>.</summary>
public class RandomCircleTests
{
    private static readonly string[] Ids = ["ann", "bob", "cat", "dan", "eve"];

    private sealed record Step(string Verb, string Id, int Pick, bool Yes, bool Signed);

    private static readonly Gen<Step> AnyStep = Gen.Select(
        Gen.Frequency((16, "vote"), (6, "ask"), (2, "leave"), (1, "lock"), (1, "ratify"), (1, "require"), (1, "expire"), (1, "erase"), (1, "rollback"), (4, "everybody")),
        Gen.OneOf(Ids), Gen.Int[0, 3],
        Gen.Frequency((7, true), (1, false)), Gen.Frequency((7, true), (1, false)),
        (verb, id, pick, yes, signed) => new Step(verb, id, pick, yes, signed));

    private static readonly Gen<(int Imported, bool Signed, Step[] Steps)> AnyStory = Gen.Select(
        Gen.Frequency((4, 0), (1, 1), (1, 2)), Gen.Frequency((3, true), (1, false)), AnyStep.Array[0, 45]);

    [Fact]
    public void Random_circles_always_verify_and_have_the_grades_of_the_naive_computation()
    {
        ConcurrentDictionary<(string Event, Grade Grade), bool> seen = [];

        // The stories come to everything that there is. One round may miss a rare pair by chance, twenty do not.
        (string, Grade)[] wanted =
        [
            .. from name in new[] { "FounderRegistered", "RequestSubmitted", "VoteCast", "MemberAdmitted", "RequestRejected", "MemberLeft" }
               from grade in new[] { Grade.Proven, Grade.Asserted }
               select (name, grade),
        ];
        bool Complete() => wanted.All(seen.ContainsKey) && seen.Keys.Select(graded => graded.Event).Distinct().Count() == 13;

        for (int round = 0; round < 20 && !Complete(); round++)
        {
            AnyStory.Sample(
                story => Check(story.Imported, story.Signed, story.Steps, seen),
                iter: 150, threads: 2, print: story => $"{story.Imported} imported, signed {story.Signed}\n" + string.Join("\n", story.Steps.Select(step => step.ToString())));
        }

        Complete().ShouldBeTrue(string.Join(", ", seen.Keys));
    }

    private static void Check(int imported, bool signed, Step[] steps, ConcurrentDictionary<(string Event, Grade Grade), bool> seen)
    {
        var circle = Play(imported, signed, steps);
        var verdict = circle.Verify();
        verdict.Refusal.ShouldBeNull();
        verdict.Warnings.Count.ShouldBe(circle.Events.Count(happened => happened is RollbackAccepted));
        verdict.Members.Select(member => (member.Handle, member.Grade == Grade.Proven)).ShouldBe(new NaiveGrades(circle.Events).Members());
        verdict.Members.Where(member => member.LeftAt is null).Select(member => member.Handle)
            .ShouldBe(circle.State.Members.Select(member => member.Handle));
        verdict.Events.Select(graded => graded.Event).ShouldBe(circle.Events.Select(happened => happened.GetType().Name));
        foreach (var graded in verdict.Events)
        {
            seen[(graded.Event, graded.Grade)] = true;
        }
    }

    private static SignedCircle Play(int imported, bool signed, Step[] steps)
    {
        SignedCircle circle = new();
        circle.Found("ann", signed);
        for (int count = 0; count < imported; count++)
        {
            circle.Import(Ids[count + 1]);
        }

        foreach (var step in steps)
        {
            Do(circle, step);
        }

        return circle;
    }

    private static void Do(SignedCircle circle, Step step)
    {
        switch (step.Verb)
        {
            case "ask":
                circle.Ask(step.Id, step.Signed);
                break;
            case "vote" when circle.State.Pending.Count > 0:
                circle.Vote(circle.State.Pending[step.Pick % circle.State.Pending.Count].Id, step.Id, step.Yes, step.Signed);
                break;
            case "everybody" when circle.State.Pending.Count > 0:
                string request = circle.State.Pending[0].Id;
                foreach (var member in circle.State.Members.ToList())
                {
                    circle.Vote(request, member.Id, signed: step.Signed);
                }

                break;
            case "leave":
                circle.Leave(step.Id, step.Signed);
                break;
            case "lock":
                circle.Lock(step.Id, locked: !step.Yes, step.Signed);
                if (circle.State.RequestsLocked && circle.State.Members.Count > 0)
                {
                    circle.Lock(circle.State.Members.First().Id, locked: false);
                }

                break;
            case "ratify":
                circle.Ratify(step.Id);
                break;
            case "require":
                circle.Require(step.Id, step.Yes);
                break;
            case "expire":
                circle.Now += 50L * 60 * 60 * 1000;
                break;
            case "rollback":
                circle.Do(new AcceptRollback(circle.Seen.Size + step.Pick, circle.Seen.Root));
                break;
            case "erase":
                int leaf = circle.Events.FindIndex(happened => happened is RequestSubmitted);
                if (leaf >= 0 && circle.State.MayErase(leaf) && circle.Addenda.ContainsKey(circle.Entries[leaf].Addenda[0].Digest))
                {
                    circle.Erase(leaf, "profile");
                }

                break;
        }
    }
}
