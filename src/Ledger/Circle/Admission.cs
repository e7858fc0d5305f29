using SecureChat.Ledger.Circle.Names;
using SecureChat.Ledger.Transparency;

namespace SecureChat.Ledger.Circle;

/// <summary>Who may come to the door: the founder once, and everybody else by a request.</summary>
internal static class Admission
{
    public static Refusal? Found(Course course, RegisterFounder founding)
    {
        if (course.State.HasFounder)
        {
            return Refusals.FounderAlreadyRegistered;
        }

        course.Then(new FounderRegistered(founding.Founder));
        return null;
    }

    public static Refusal? Import(Course course, ImportCircle import)
    {
        if (Found(course, new RegisterFounder(import.Founder)) is { } refusal)
        {
            return refusal;
        }

        foreach (MemberImported member in import.Others)
        {
            course.Then(member);
        }

        return null;
    }

    public static Refusal? Submit(Course course, SubmitRequest submission)
    {
        CircleState state = course.State;
        Profile profile = submission.Newcomer.Profile!;
        Refusal? refusal = state.RequestsLocked ? Refusals.RequestsLocked
            : state.MemberOf(profile.MemberId) is not null ? Refusals.AlreadyAMember
            : state.RequestBy(profile.MemberId) is { } pending ? Refusals.RequestAlreadyPending(pending.Id)
            : state.IsDeparted(profile.MemberId, out Hash? key) && key != submission.Newcomer.Keys!.RsaKeyDigest ? Refusals.IdOfDepartedMember
            : state.IsNameTaken(NameKeys.Of(profile.DisplayName)) ? Refusals.DisplayNameTaken
            : null;
        if (refusal is null)
        {
            course.Then(new RequestSubmitted(submission.Request, course.Now + Decisions.RequestLifetime, submission.Newcomer));
        }

        return refusal;
    }

    public static Refusal? ChangeLock(Course course, ChangeRequestsLock change)
    {
        if (course.State.MemberOf(change.MemberId) is not { } member)
        {
            return Refusals.MemberNotFound;
        }

        // Also when it says what holds already: members are told each time, and the record shows who said it.
        course.Then(new RequestsLockChanged(member.Handle, change.Locked, change.Proof));
        return null;
    }

    public static Refusal? Ratify(Course course, RatifyHistory ratification)
    {
        if (course.State.MemberOf(ratification.MemberId) is not { } member)
        {
            return Refusals.MemberNotFound;
        }

        if (ratification.Proof is null)
        {
            return Refusals.StatementRequired;
        }

        course.Then(new HistoryRatified(member.Handle, ratification.Proof));
        return null;
    }

    public static Refusal? Require(Course course, RequireStatements requirement)
    {
        if (course.State.MemberOf(requirement.MemberId) is not { } member)
        {
            return Refusals.MemberNotFound;
        }

        if (requirement.Proof is null)
        {
            return Refusals.StatementRequired;
        }

        course.Then(new StatementsRequired(member.Handle, requirement.Required, requirement.Proof));
        return null;
    }
}
