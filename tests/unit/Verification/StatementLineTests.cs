using SecureChat.Ledger.Circle;
using SecureChat.Ledger.Transparency;
using SecureChat.UnitTests.Transparency;

namespace SecureChat.UnitTests.Verification;

/// <summary>A statement that its member signed, about anything else than its entry, is refused: whichever line it is.</summary>
public class StatementLineTests
{
    private const string Other = "99999999-0000-4000-8000-000000000000";

    public static TheoryData<string> Lines => ["origin", "request", "subject", "voter", "decision"];

    [Theory]
    [MemberData(nameof(Lines))]
    public void A_vote_is_about_its_own_entry_in_every_line(string line)
    {
        SignedCircle circle = SignedCircle.Of("bob");
        string request = circle.Ask("cat");
        Statement honest = Statement.Parse(circle.VoteOf(request, "bob", approve: true)!.Statement).Value;
        Statement changed = line switch
        {
            "origin" => honest with { Origin = "other.example/ledger" },
            "request" => honest with { Request = Other },
            "subject" => honest with { Subject = Some.Hash("another request") },
            "voter" => honest with { Member = honest.Member with { LeafHash = circle.Entries[0].LeafHash } },
            _ => honest with { Choice = false },
        };

        VerdictOf.Accepted(circle.Fork(5, new VoteCast(request, 3, Approve: true, SignedCircle.Sign("bob", honest))));
        VerdictOf.Refused(circle.Fork(5, new VoteCast(request, 3, Approve: true, SignedCircle.Sign("bob", changed))), 5, $"the line \"{line}\"");
    }

    [Fact]
    public void A_vote_names_the_very_membership_that_casts_it()
    {
        SignedCircle circle = SignedCircle.Of("bob");
        string request = circle.Ask("cat");
        Statement honest = Statement.Parse(circle.VoteOf(request, "bob", approve: true)!.Statement).Value;
        Statement changed = honest with { Member = honest.Member with { Index = 0 } };
        VerdictOf.Refused(circle.Fork(5, new VoteCast(request, 3, Approve: true, SignedCircle.Sign("bob", changed))), 5, "the line \"voter\"");
    }

    [Theory]
    [InlineData("profile")]
    [InlineData("keys")]
    public void A_newcomer_signs_for_the_documents_of_its_own_entry(string line)
    {
        SignedCircle circle = SignedCircle.Of("bob");
        Newcomer honest = circle.Person("cat", signed: true, StatementKind.Request);
        Statement statement = Statement.Parse(honest.Proof!.Statement).Value;
        Statement changed = line == "profile"
            ? statement with { Profile = Some.Hash("another profile") }
            : statement with { Keys = Some.Hash("other keys") };

        VerdictOf.Accepted(circle.Fork(4, new RequestSubmitted(Other, circle.Now + 1000, honest)));
        VerdictOf.Refused(
            circle.Fork(4, new RequestSubmitted(Other, circle.Now + 1000, honest with { Proof = SignedCircle.Sign("cat", changed) })), 4, $"the line \"{line}\"");
    }
}
