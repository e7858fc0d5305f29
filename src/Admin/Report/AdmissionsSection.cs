using SecureChat.Ledger.Verification;

namespace SecureChat.Admin.Report;

/// <summary>Every way in which somebody came into the circle, with the votes.</summary>
internal static class AdmissionsSection
{
    // Beyond that, the votes are folded up.
    private const int OpenVotes = 120;

    private static readonly Markup Rejecting = new(" class=\"no\"");

    /// <summary>The section.</summary>
    public static Markup Write(History history, Verdict verdict) => Html.Of(html =>
    {
        bool isOpen = history.Requests.Sum(request => request.Votes.Count) <= OpenVotes;
        html.Add(
            $"""
            <section aria-labelledby="h-admissions">
            <h2 id="h-admissions">Who let whom in</h2>
            <p class="lead">Somebody is admitted when everybody who is a member at that moment has approved; one rejection denies at once.</p>

            """);
        foreach (Membership member in history.Memberships)
        {
            if (member.By is { } request)
            {
                AddAdmission(html, member, request, verdict, isOpen);
            }
            else
            {
                string how = member == history.Memberships[0] ? "founded the circle" : "came over from an older server";
                html.Add(
                    $"""
                    <article id="e{member.Handle}"><h3>{Text.Name(member.Person)} {how}</h3>
                    <p class="meta">{Text.Time(new Moment(member.Handle, member.Since))} · entry {member.Handle} · {Text.Grade(verdict, member.Handle)}{Because(verdict, member.Handle)}</p></article>

                    """);
            }
        }

        html.Add($"</section>\n");
    });

    /// <summary>The votes that let somebody in: of those who left before, they did not count.</summary>
    public static IEnumerable<Ballot> Counted(Request request) =>
        request.Votes.Where(vote => vote.Approve && !HadLeft(vote.Voter, request));

    /// <summary>The votes on a request as a list.</summary>
    public static Markup Votes(Request request, Verdict verdict) => Html.Of(html =>
    {
        if (request.Votes.Count == 0)
        {
            return;
        }

        html.Add($"<ul class=\"votes\">\n");
        foreach (Ballot vote in request.Votes)
        {
            bool hadLeft = vote.Approve && request.Outcome == Outcome.Admitted && HadLeft(vote.Voter, request);
            html.Add(
                $"<li data-vote=\"{vote.Entry}\"{(vote.Approve ? default : Rejecting)}>{Text.Name(vote.Voter.Person)} {(vote.Approve ? "approved" : "rejected")} <small>{Dates.Minute(vote.Time)}, {How(verdict, vote.Entry)}{(hadLeft ? ", left before the decision" : "")}</small></li>\n");
        }

        html.Add($"</ul>");
    });

    private static void AddAdmission(Html html, Membership member, Request request, Verdict verdict, bool isOpen)
    {
        int counted = Counted(request).Count();
        int signed = Counted(request).Count(vote => Text.IsProven(verdict, vote.Entry));
        html.Add(
            $"""
            <article id="e{member.Handle}" data-request="{request.Entry}" data-end="{member.Handle}"><h3>{Text.Name(member.Person)} was admitted</h3>
            <p class="meta">{Text.Time(new Moment(member.Handle, member.Since))} · entry {member.Handle} · {Text.Grade(verdict, member.Handle)}{Because(verdict, member.Handle)}</p>
            <p class="meta">Asked on {Text.Time(new Moment(request.Entry, request.Time))} (entry {request.Entry}), {How(verdict, request.Entry)}.</p>
            <details {(isOpen ? "open" : "")}><summary>{Text.Count(counted, "member", "members")} approved{(verdict.Accepted ? Signed(signed, counted) : "")}</summary>{Votes(request, verdict)}</details></article>

            """);
    }

    private static string Signed(int signed, int counted) =>
        signed == 0 ? ", without a signature"
        : signed < counted ? $", {signed} of them signed or ratified"
        : ", signed or ratified";

    private static bool HadLeft(Membership voter, Request request) =>
        voter.Left is { } left && request.Decided is { } decided && left.Entry < decided.Entry;

    private static string How(Verdict verdict, long entry) => !verdict.Accepted ? "not graded"
        : verdict.EventAt(entry) is { Grade: Grade.Proven } proven ? (proven.Reason.StartsWith("ratified", StringComparison.Ordinal) ? "ratified" : "signed")
        : "not signed";

    private static Markup Because(Verdict verdict, long entry) => !verdict.Accepted
        ? default
        : Html.Of(html => html.Add($": {verdict.EventAt(entry).Reason}"));
}
