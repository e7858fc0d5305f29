using SecureChat.Ledger.Circle;

namespace SecureChat.UnitTests.Circle;

/// <summary>
/// The rules of the circle a second time, as somebody would keep them on paper: lists to which lines are only added, and loops
/// that look through all of them whenever there is a question. It knows no events and shares nothing with the decisions but
/// commands. Which names look alike it is told.
/// </summary>
internal sealed class NaiveCircle(Func<string, int> kindOfName)
{
    internal sealed record Membership(string Id, string Name, string Key)
    {
        internal bool Over { get; set; }
    }

    internal sealed record Request(string Id, string Requester, string Name, string Key, long Expires)
    {
        internal string Status { get; set; } = "pending";
    }

    private sealed record Ballot(string Request, Membership Voter);

    private readonly List<Membership> memberships = [];
    private readonly List<Request> requests = [];
    private readonly List<Ballot> approvals = [];

    internal bool Locked { get; private set; }

    internal IEnumerable<Membership> Active => memberships.Where(membership => !membership.Over);

    internal IEnumerable<Request> Pending => requests.Where(request => request.Status == "pending");

    internal string StatusOf(string request) => requests.Single(line => line.Id == request).Status;

    internal IEnumerable<string> ApprovalsOf(string request) =>
        approvals.Where(ballot => ballot.Request == request && !ballot.Voter.Over).Select(ballot => ballot.Voter.Id);

    /// <summary>Does what the command says, and gives the code of the refusal or null.</summary>
    internal string? Do(CircleCommand command, long now)
    {
        foreach (var request in Pending.Where(request => request.Expires < now).ToList())
        {
            request.Status = "expired";
        }

        return command switch
        {
            ExpireRequests => null,
            RegisterFounder founding => Found(founding.Founder),
            _ when memberships.Count == 0 => "no_founder_yet",
            SubmitRequest submission => Submit(submission.Request, submission.Newcomer, now),
            CastVote vote => Vote(vote),
            Leave departure => Leave(departure.MemberId),
            ChangeRequestsLock change => Lock(change),
            _ => throw new ArgumentOutOfRangeException(nameof(command)),
        };
    }

    private string? Found(Newcomer founder)
    {
        if (memberships.Count > 0)
        {
            return "founder_already_registered";
        }

        memberships.Add(new Membership(founder.Profile!.MemberId, founder.Profile.DisplayName, founder.Keys!.RsaSpki));
        return null;
    }

    private string? Submit(string id, Newcomer newcomer, long now)
    {
        string requester = newcomer.Profile!.MemberId;
        string name = newcomer.Profile.DisplayName;
        string key = newcomer.Keys!.RsaSpki;
        if (Locked)
        {
            return "requests_locked";
        }

        if (Active.Any(membership => membership.Id == requester))
        {
            return "already_a_member";
        }

        if (Pending.Any(request => request.Requester == requester))
        {
            return "request_already_pending";
        }

        if (memberships.Any(membership => membership.Id == requester && membership.Key != key))
        {
            return "id_of_departed_member";
        }

        var names = Active.Select(membership => membership.Name).Concat(Pending.Select(request => request.Name));
        if (names.Any(taken => kindOfName(taken) == kindOfName(name)))
        {
            return "display_name_taken";
        }

        requests.Add(new Request(id, requester, name, key, now + (48 * 3_600_000L)));
        return null;
    }

    private string? Vote(CastVote vote)
    {
        var voter = Active.SingleOrDefault(membership => membership.Id == vote.MemberId);
        if (voter is null)
        {
            return "member_not_found";
        }

        var request = requests.SingleOrDefault(request => request.Id == vote.Request);
        if (request?.Status == "expired")
        {
            return "request_expired";
        }

        if (request?.Status != "pending")
        {
            return "request_not_pending";
        }

        if (approvals.Contains(new Ballot(request.Id, voter)))
        {
            return "already_voted";
        }

        if (vote.Approve)
        {
            approvals.Add(new Ballot(request.Id, voter));
        }
        else
        {
            request.Status = "rejected";
        }

        AdmitWhoeverIsDue();
        return null;
    }

    private string? Leave(string id)
    {
        var membership = Active.SingleOrDefault(membership => membership.Id == id);
        if (membership is null)
        {
            return "member_not_found";
        }

        membership.Over = true;
        AdmitWhoeverIsDue();
        return null;
    }

    private string? Lock(ChangeRequestsLock change)
    {
        if (!Active.Any(membership => membership.Id == change.MemberId))
        {
            return "member_not_found";
        }

        Locked = change.Locked;
        return null;
    }

    private void AdmitWhoeverIsDue()
    {
        foreach (var request in requests)
        {
            bool everybodyApproved = Active.All(member => approvals.Contains(new Ballot(request.Id, member)));
            if (request.Status == "pending" && Active.Any() && everybodyApproved)
            {
                request.Status = "approved";
                memberships.Add(new Membership(request.Requester, request.Name, request.Key));
            }
        }
    }
}
