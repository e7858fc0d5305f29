using SecureChat.Ledger.Verification;

namespace SecureChat.Admin.Report;

/// <summary>The circle as it is: the figures at the top of the page, the members, and what waits.</summary>
internal static class CircleSection
{
    /// <summary>The figures.</summary>
    public static Markup Summary(History history)
    {
        int admitted = history.Requests.Count(request => request.Outcome == Outcome.Admitted);
        int refused = history.Requests.Count(request => request.Outcome is Outcome.Rejected or Outcome.Expired);
        return Html.Of(html => html.Add(
            $"""
            <dl class="figures">
            <div><dt>{(history.Active.Count() == 1 ? "member" : "members")} now</dt><dd>{history.Active.Count()}</dd></div>
            <div><dt>admitted</dt><dd>{admitted}</dd></div>
            <div><dt>not let in</dt><dd>{refused}</dd></div>
            <div><dt>left</dt><dd>{history.Memberships.Count(member => member.Left is not null)}</dd></div>
            <div><dt>entries</dt><dd>{history.Times.Count}</dd></div>
            <div class="span"><dt>from the first entry to the last</dt><dd>{(history.Times.Count == 0 ? "none" : $"{Dates.Day(history.Times[0])} to {Dates.Day(history.Times[^1])}")}</dd></div>
            </dl>
            """));
    }

    /// <summary>The members and what waits.</summary>
    public static Markup Write(History history, Verdict verdict) => Html.Of(html =>
    {
        html.Add(
            $"""
            <section aria-labelledby="h-circle">
            <h2 id="h-circle">The circle now</h2>
            <p class="lead">{Text.Count(history.Active.Count(), "member", "members")}. New requests are {(history.IsLocked ? "not taken: a member has closed the circle" : "taken")}.</p>
            <table class="members">
            <caption>Members, with the SHA-256 fingerprints of their keys</caption>
            <thead><tr><th scope="col">Member</th><th scope="col">Since</th><th scope="col">Came in</th><th scope="col">Grade</th></tr></thead>
            <tbody>

            """);
        foreach (Membership member in history.Active)
        {
            html.Add(
                $"""
                <tr data-member="{member.Handle}"><th scope="row">{Text.Name(member.Person)} <span class="id">{Html.Shown(member.Person.Id ?? "(erased)")}</span>{Text.Fingerprint(member.Person)}</th><td>{Text.Time(new Moment(member.Handle, member.Since))}</td><td>{How(member, history)}</td><td>{Text.Grade(verdict, member.Handle)}</td></tr>

                """);
        }

        html.Add($"</tbody></table>\n");
        html.Add(
            $"<p class=\"note\"><strong>PROVEN</strong>: signatures of the members concerned say so, back to the founding. <strong>ASSERTED</strong>: at least one step on the way rests on the relay’s word alone, as from clients that do not sign.</p>\n");
        AddPending(html, history, verdict);
        html.Add($"</section>\n");
    });

    private static Markup How(Membership member, History history) => Html.Of(html => _ =
        member.By is { } request ? html.Add($"<a href=\"#e{member.Handle}\">{ApprovalsOf(request)}</a>")
        : member == history.Memberships[0] ? html.Add($"founded the circle")
        : html.Add($"came over from an older server"));

    private static string ApprovalsOf(Request request) => request.Votes.Count switch
    {
        1 => "approved by the only member",
        _ => $"approved by all {AdmissionsSection.Counted(request).Count()}",
    };

    private static void AddPending(Html html, History history, Verdict verdict)
    {
        if (!history.Pending.Any())
        {
            return;
        }

        html.Add($"<h3>Waiting for an answer</h3>\n<ul class=\"pending\">\n");
        foreach (Request request in history.Pending)
        {
            html.Add(
                $"<li data-request=\"{request.Entry}\" data-end=\"\"><strong>{Text.Name(request.Person)}</strong> asked on {Text.Time(new Moment(request.Entry, request.Time))} (entry {request.Entry}); it runs out on {Dates.Minute(request.Expires)}. {Missing(history, request)}{AdmissionsSection.Votes(request, verdict)}</li>\n");
        }

        html.Add($"</ul>\n");
    }

    private static Markup Missing(History history, Request request)
    {
        IEnumerable<Membership> silent = history.Active.Where(member => request.Votes.TrueForAll(vote => vote.Voter != member));
        return Html.Of(html => html.Add($"Still to vote: {Text.Joined(silent.Select(member => Text.Name(member.Person)))}."));
    }
}
