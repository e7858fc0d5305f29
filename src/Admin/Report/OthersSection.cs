using SecureChat.Ledger.Verification;

namespace SecureChat.Admin.Report;

/// <summary>What else happened: requests that came to nothing, departures, the lock, what the operator did.</summary>
internal static class OthersSection
{
    /// <summary>The sections; nothing where nothing else happened.</summary>
    public static Markup Write(History history, Verdict verdict) => Html.Of(html =>
    {
        AddRefused(html, [.. history.Requests.Where(request => request.Outcome is Outcome.Rejected or Outcome.Expired)], verdict);
        AddOthers(html, history.Others, verdict);
    });

    private static void AddRefused(Html html, IReadOnlyList<Request> refused, Verdict verdict)
    {
        if (refused.Count == 0)
        {
            return;
        }

        html.Add($"<section aria-labelledby=\"h-refused-requests\"><h2 id=\"h-refused-requests\">Who was not let in</h2>\n");
        foreach (Request request in refused)
        {
            Moment decided = request.Decided!;
            html.Add(
                $"""
                <article data-request="{request.Entry}" data-end="{decided.Entry}"><h3>{Text.Name(request.Person)} {Text.OutcomeOf(request)}</h3>
                <p class="meta">{Text.Time(decided)} · entry {decided.Entry} · {Text.Grade(verdict, decided.Entry)} · asked on {Text.Time(new Moment(request.Entry, request.Time))} (entry {request.Entry})</p>
                {Votes(request, verdict)}</article>

                """);
        }

        html.Add($"</section>\n");
    }

    private static Markup Votes(Request request, Verdict verdict) =>
        request.Votes.Count > 0 ? AdmissionsSection.Votes(request, verdict) : new Markup("<p class=\"meta\">Nobody voted.</p>");

    private static void AddOthers(Html html, List<OtherEvent> others, Verdict verdict)
    {
        if (others.Count == 0)
        {
            return;
        }

        html.Add(
            $"""
            <section aria-labelledby="h-others">
            <h2 id="h-others">What else happened</h2>
            <table>
            <caption>Departures, the lock on requests, and what was done to the record</caption>
            <thead><tr><th scope="col">When</th><th scope="col">Entry</th><th scope="col">What</th><th scope="col">Grade</th></tr></thead>
            <tbody>

            """);
        foreach (OtherEvent other in others)
        {
            html.Add(
                $"<tr id=\"e{other.Entry}\"><td>{Text.Time(new Moment(other.Entry, other.Time))}</td><td class=\"entry\">{other.Entry}</td><td>{Text.Sentence(other)}</td><td>{Text.Grade(verdict, other.Entry)}</td></tr>\n");
        }

        html.Add($"</tbody></table>\n</section>\n");
    }
}
