using SecureChat.Ledger.Verification;

namespace SecureChat.UnitTests.Verification;

/// <summary>What the verifier says of a circle.</summary>
internal static class VerdictOf
{
    internal static Verdict Accepted(SignedCircle circle, int warnings = 0)
    {
        var verdict = circle.Verify();
        verdict.Refusal.ShouldBeNull();
        verdict.Warnings.Count.ShouldBe(warnings);
        return verdict;
    }

    internal static void Refused(SignedCircle circle, long entry, string why)
    {
        var verdict = circle.Verify();
        verdict.Refusal.ShouldNotBeNull();
        verdict.Refusal.ShouldContain(why);
        verdict.BadEntry.ShouldBe(entry);
        verdict.Refusal.ShouldStartWith($"Entry {entry} ");
    }
}
