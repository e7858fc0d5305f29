using SecureChat.Ledger.Verification;

namespace SecureChat.Admin.Report;

/// <summary>
/// The picture: a line for each person, drawn as an SVG of its own, so that it can be printed over pages. Across, everything is in
/// per cent, so that the picture is as wide as there is room. What means something differs in shape, not only in colour.
/// </summary>
internal sealed class TimeLine(History history, Scale scale, Verdict verdict)
{
    // Nearer to the left end than this, half of a label would be hidden.
    private const double FirstTick = 4;

    private readonly Lanes lanes = Lanes.Of(history, scale);

    /// <summary>The picture with its heading, its legend and the same in words.</summary>
    public Markup ToMarkup() => Html.Of(html =>
    {
        html.Add(
            $"""
            <section aria-labelledby="h-timeline">
            <h2 id="h-timeline">Time line</h2>
            <p class="lead">Each line is a person, from coming to leaving. Busy times are drawn wider than quiet ones; the dates along the edge tell.</p>
            {Marks}
            {Legend}
            <div class="scroller" tabindex="0" role="region" aria-label="The picture, which can be scrolled sideways">
            <div class="picture {Width()}" role="img" aria-label="The history of the circle as a picture. The same follows in words.">
            {Axis()}
            """);
        AddGroup(html, "Members", lanes.Members);
        AddGroup(html, "Asked, and not let in", lanes.Others);
        html.Add($"{Axis()}</div></div>{InWords()}</section>\n");
    });

    // Classes, because the page allows no style attributes.
    private string Width() => history.Times.Count switch
    {
        < 60 => "narrow",
        < 300 => "medium",
        < 900 => "wide",
        _ => "widest",
    };

    private Markup Axis() => Html.Of(html =>
    {
        html.Add($"<div class=\"row axis\"><span class=\"who\"></span><svg height=\"20\">");
        foreach ((double x, string label) in scale.Ticks())
        {
            html.Add($"<text {(x < FirstTick ? "class=first" : "")} x=\"{x:0.##}%\" y=\"14\">{label}</text>");
        }

        html.Add($"</svg></div>\n");
    });

    private void AddGroup(Html html, string title, IReadOnlyList<Lane> group)
    {
        if (group.Count == 0)
        {
            return;
        }

        html.Add($"<div class=\"row group\"><span class=\"who\">{title}</span></div>\n");
        foreach (Lane lane in group)
        {
            html.Add($"<div class=\"row\"><span class=\"who\">{Names(lane)}</span><svg height=\"22\"><use href=\"#dates\"/>");
            AddSpans(html, lane);
            AddVotes(html, lane);
            html.Add($"</svg></div>\n");
        }
    }

    private static Markup Names(Lane lane) => lane.Memberships.Count > 0
        ? Text.Name(lane.Memberships[^1].Person)
        : Text.Joined(lane.Requests.Select(request => request.Person).DistinctBy(person => person.Id ?? $"{person.Leaf}").Select(Text.Name));

    private void AddSpans(Html html, Lane lane)
    {
        foreach (Request request in lane.Requests)
        {
            double asked = scale.Of(new Moment(request.Entry, request.Time));
            double decided = request.Decided is { } outcome ? scale.Of(outcome) : scale.End;
            html.Add($"<line class=\"asking\" x1=\"{asked:0.##}%\" x2=\"{decided:0.##}%\" y1=\"11\" y2=\"11\"/>");
            html.Add($"<use href=\"#asked\" x=\"{asked:0.##}%\" y=\"11\"/>");
            if (request.Outcome is Outcome.Rejected or Outcome.Expired)
            {
                html.Add($"<use href=\"#{(request.Outcome == Outcome.Rejected ? "rejected" : "expired")}\" x=\"{decided:0.##}%\" y=\"11\"/>");
            }
        }

        foreach (Membership member in lane.Memberships)
        {
            double came = scale.Of(new Moment(member.Handle, member.Since));
            double left = member.Left is { } departure ? scale.Of(departure) : scale.End;
            bool isProven = verdict.Accepted && verdict.EventAt(member.Handle).Grade == Grade.Proven;
            html.Add(
                $"<rect class=\"{(isProven ? "proven" : "asserted")}\" x=\"{came:0.##}%\" y=\"6\" width=\"{Math.Max(0.15, left - came):0.##}%\" height=\"10\" rx=\"2\"/>");
            if (member.Left is not null)
            {
                html.Add($"<use href=\"#left\" x=\"{left:0.##}%\" y=\"11\"/>");
            }
        }
    }

    private void AddVotes(Html html, Lane lane)
    {
        foreach ((Ballot ballot, _) in lane.Ballots)
        {
            double x = scale.Of(new Moment(ballot.Entry, ballot.Time));
            if (ballot.Approve)
            {
                html.Add($"<circle class=\"{(Text.IsProven(verdict, ballot.Entry) ? "yes" : "unsigned")}\" cx=\"{x:0.##}%\" cy=\"11\" r=\"2.6\"/>");
            }
            else
            {
                html.Add($"<use href=\"#no\" x=\"{x:0.##}%\" y=\"11\"/>");
            }
        }
    }

    // Shapes that are used many times; the vertical lines of the dates are one of them.
    private Markup Marks => Html.Of(html =>
    {
        html.Add($"<svg class=\"marks\" width=\"0\" height=\"0\" aria-hidden=\"true\"><defs><symbol id=\"dates\">");
        foreach ((double x, _) in scale.Ticks())
        {
            html.Add($"<line class=\"date\" x1=\"{x:0.##}%\" x2=\"{x:0.##}%\" y1=\"0\" y2=\"100%\"/>");
        }

        html.Add(
            $"""
            </symbol>
            <path id="asked" class="asked" d="M0-3.6 3.6 0 0 3.6-3.6 0Z"/>
            <path id="no" class="no" d="M-4-4 4 4M4-4-4 4"/>
            <path id="rejected" class="no" d="M-5-5 5 5M5-5-5 5"/>
            <path id="expired" class="expired" d="M-3-5H3M-3 5H3M-3-5 3 5M3-5-3 5"/>
            <path id="left" class="left" d="M0-8V8"/>
            </defs></svg>
            """);
    });

    private static readonly Markup Legend = new(
        """
        <ul class="legend" aria-hidden="true">
        <li><svg width="28" height="22"><rect class="proven" x="1" y="6" width="26" height="10" rx="2"/></svg>member, proven by signatures</li>
        <li><svg width="28" height="22"><rect class="asserted" x="1" y="6" width="26" height="10" rx="2"/></svg>member, on the relay’s word</li>
        <li><svg width="12" height="22"><circle class="yes" cx="6" cy="11" r="2.6"/></svg>approved, signed</li>
        <li><svg width="12" height="22"><circle class="unsigned" cx="6" cy="11" r="2.6"/></svg>approved, not signed</li>
        <li><svg width="14" height="22"><use href="#no" x="7" y="11"/></svg>rejected</li>
        <li><svg width="34" height="22"><line class="asking" x1="5" x2="32" y1="11" y2="11"/><use href="#asked" x="5" y="11"/></svg>asked, and waited</li>
        <li><svg width="12" height="22"><use href="#expired" x="6" y="11"/></svg>ran out of time</li>
        <li><svg width="8" height="22"><use href="#left" x="4" y="11"/></svg>left</li>
        </ul>
        """);

    private Markup InWords() => Html.Of(html =>
    {
        html.Add($"<details class=\"words\"><summary>The time line in words</summary><ul>\n");
        foreach (Lane lane in lanes.Members)
        {
            html.Add($"<li><strong>{Names(lane)}</strong>: {Text.Joined(lane.Memberships.Select(Stay))}; {Votes(lane)}.</li>\n");
        }

        foreach (Request request in lanes.Others.SelectMany(lane => lane.Requests).OrderBy(request => request.Entry))
        {
            html.Add($"<li><strong>{Text.Name(request.Person)}</strong> asked on {Dates.Day(request.Time)} (entry {request.Entry}) and {Text.OutcomeOf(request)}.</li>\n");
        }

        html.Add($"</ul></details>");
    });

    private static Markup Stay(Membership member) => Html.Of(html => html.Add(
        $"member from {Dates.Day(member.Since)} (entry {member.Handle}) {(member.Left is { } left ? $"to {Dates.Day(left.Time)} (entry {left.Entry})" : "until now")}"));

    private static string Votes(Lane lane)
    {
        int approvals = lane.Ballots.Count(vote => vote.Ballot.Approve);
        int rejections = lane.Ballots.Count - approvals;
        return lane.Ballots.Count == 0 ? "never voted"
            : $"approved {Text.Count(approvals, "request", "requests")}{(rejections > 0 ? $" and rejected {rejections}" : "")}";
    }
}
