namespace SecureChat.Ledger.Verification;

/// <summary>
/// PROVEN or ASSERTED, and why. A member is PROVEN if and only if no open gap (see <see cref="Roster"/>) stands at or before its
/// leaf: one founding, counted vote, newcomer's statement or departure that only the relay vouches for is enough to have let in anybody.
/// </summary>
internal sealed class Grades(EntryFacts facts, Roster roster)
{
    private readonly long firstGap = roster.FirstGap();

    public List<GradedMember> Members()
    {
        List<GradedMember> members = new(roster.Everybody.Count);
        foreach (Membership member in roster.Everybody)
        {
            (Grade grade, string reason) = Membership(member.Handle);
            members.Add(new GradedMember(member.Handle, member.Profile?.MemberId, member.Profile?.DisplayName, member.LeftAt, grade, reason));
        }

        return members;
    }

    public GradedEvent Event(long position)
    {
        EventKind kind = facts.Kind(position);
        (Grade grade, string reason) = kind switch
        {
            EventKind.MemberAdmitted => Membership(position),
            EventKind.RequestRejected => Rejection(position - 1),
            EventKind.RequestExpired => (Grade.Asserted, "it rests on the relay's clock"),
            EventKind.AddendaErased or EventKind.RollbackAccepted => (Grade.Asserted, "it is the operator's own act, which nobody signs"),
            _ => Statement(position),
        };
        return new GradedEvent(position, kind.ToString(), grade, reason);
    }

    private (Grade Grade, string Reason) Membership(long handle) => firstGap <= handle
        ? (Grade.Asserted, $"it rests on entry {firstGap} ({facts.Kind(firstGap)}): {Statement(firstGap).Reason}")
        : (Grade.Proven, "everything that it rests on is signed or ratified");

    // The vote stands directly before its outcome.
    private (Grade Grade, string Reason) Rejection(long vote)
    {
        (Grade grade, string reason) = Statement(vote);
        return (grade, $"it follows from the vote at entry {vote}: {reason}");
    }

    private (Grade Grade, string Reason) Statement(long position) => facts.Support(position) switch
    {
        Support.Signed => (Grade.Proven, "signed by the member"),
        Support.Ratified => (Grade.Proven, "ratified by the member"),
        Support.StatementMissing => (Grade.Asserted, "the statement is missing"),
        Support.KeysMissing => (Grade.Asserted, "the signer's keys are missing, so that the statement cannot be verified"),
        _ when facts.Kind(position) == EventKind.MemberImported => (Grade.Asserted, "imported from an older server's database and not ratified"),
        _ => (Grade.Asserted, "not signed by the member"),
    };
}
