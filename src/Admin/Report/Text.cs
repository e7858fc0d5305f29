using System.Globalization;
using SecureChat.Ledger.Circle;
using SecureChat.Ledger.Verification;

namespace SecureChat.Admin.Report;

/// <summary>
/// The small pieces that several parts of the page are made of. Attributes <c>data-…</c> tell the page's own verifier what a piece
/// claims to be, so that it can compare what is shown with what the ledger says.
/// </summary>
internal static class Text
{
    /// <summary>A name, kept from turning the writing around it.</summary>
    public static Markup Name(Person person) => Html.Of(html => html.Add(
        $"<bdi data-name=\"{person.Leaf}\">{(person.Name is null ? "(erased)" : string.IsNullOrWhiteSpace(person.Name) ? "(no name)" : Html.Shown(person.Name))}</bdi>"));

    /// <summary>When something happened.</summary>
    public static Markup Time(Moment moment) => Html.Of(html => html.Add($"<span class=\"time\" data-time=\"{moment.Entry}\">{Dates.Minute(moment.Time)}</span>"));

    /// <summary>The grade of an entry, or that there is none because the ledger is refused.</summary>
    /// <param name="verdict">What the verifier found.</param>
    /// <param name="entry">The entry.</param>
    public static Markup Grade(Verdict verdict, long entry) => !verdict.Accepted
        ? new Markup("<span class=\"grade none\">not graded</span>")
        : Html.Of(html => html.Add(
            $"<span class=\"grade {(IsProven(verdict, entry) ? "proven" : "asserted")}\" data-grade=\"{entry}\">{(IsProven(verdict, entry) ? "PROVEN" : "ASSERTED")}</span>"));

    /// <summary>Whether an entry of an accepted ledger is PROVEN.</summary>
    public static bool IsProven(Verdict verdict, long entry) => verdict.Accepted && verdict.EventAt(entry).Grade == Ledger.Verification.Grade.Proven;

    /// <summary>What became of a request, after "and".</summary>
    public static string OutcomeOf(Request request) => request.Outcome switch
    {
        Outcome.Admitted => "was admitted",
        Outcome.Rejected => "was rejected",
        Outcome.Expired => "ran out of time",
        _ => "waits for an answer",
    };

    /// <summary>Pieces with commas between them.</summary>
    public static Markup Joined(IEnumerable<Markup> pieces) => new(string.Join(", ", pieces.Select(piece => piece.Text)));

    /// <summary>A key's fingerprint in groups, or that there is none.</summary>
    public static Markup Fingerprint(Person person) => person.Fingerprint is not { } digest
        ? new Markup("(erased)")
        : Html.Of(html => html.Add(
            $"<code class=\"fingerprint\" data-fingerprint=\"{person.Leaf}\">{string.Join(' ', Convert.ToHexStringLower(digest).Chunk(4).Select(group => new string(group)))}</code>"));

    /// <summary>A number and the word for so many.</summary>
    public static string Count(long number, string one, string many) =>
        string.Create(CultureInfo.InvariantCulture, $"{number:N0} {(number == 1 ? one : many)}");

    /// <summary>What somebody did, as a sentence without its end.</summary>
    public static Markup Sentence(OtherEvent other)
    {
        Markup who = other.Member is { } member ? Name(member.Person) : new Markup("Somebody");
        return Html.Of(html => _ = other.Event switch
        {
            MemberLeft => html.Add($"{who} left"),
            RequestsLockChanged change => html.Add($"{who} {(change.Locked ? "closed the circle for requests" : "opened the circle for requests")}"),
            HistoryRatified => html.Add($"{who} stood by what was recorded in that name before it could be signed"),
            StatementsRequired requirement => html.Add(
                $"{who} {(requirement.Required ? "wants unsigned acts in that name refused" : "allows unsigned acts in that name again")}"),
            AddendaErased erasure => html.Add($"The operator erased documents of entry {erasure.Leaf} ({string.Join(", ", erasure.Erased)})"),
            RollbackAccepted rollback => html.Add($"The operator went on from an old copy: a ledger of {rollback.Size} entries is lost"),
            _ => html.Add($"{other.Event.GetType().Name}"),
        });
    }
}
