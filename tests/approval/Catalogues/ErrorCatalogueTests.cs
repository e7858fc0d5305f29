using System.Reflection;
using SecureChat.Ledger.Circle;
using SecureChat.Web.Api;
using SecureChat.Web.Relay;

namespace SecureChat.ApprovalTests.Catalogues;

/// <summary>Every error that a client can be answered with.</summary>
public sealed class ErrorCatalogueTests
{
    private static readonly IReadOnlyList<Refusal> RulesOfTheCircle =
    [
        .. typeof(Refusals).GetFields(BindingFlags.Static | BindingFlags.Public).Select(field => field.GetValue(null)).OfType<Refusal>(),
        Refusals.RequestAlreadyPending("…"),
        Refusals.BadStatement("…"),
    ];

    // One row a code: member_not_found is a refusal by the rules, too.
    private static readonly IReadOnlyList<ApiError> OfRest =
    [
        .. ApiErrors.All.Concat(RulesOfTheCircle.Select(ApiError.Of))
            .DistinctBy(error => error.Code)
            .OrderBy(error => error.Code, StringComparer.Ordinal),
    ];

    // What a vote over the socket is refused for by the rules of the circle.
    private static readonly IReadOnlyList<FrameError> OfFrames =
    [
        .. FrameErrors.All.Concat(
            new[] { Refusals.RequestNotPending, Refusals.RequestExpired, Refusals.AlreadyVoted, Refusals.MemberNotFound, Refusals.StatementRequired }
                .Select(refusal => new FrameError(refusal.Code, refusal.Sentence))),
    ];

    [Fact]
    public void Every_error()
    {
        TextTable table = new("where", "code", "status", "sentence");
        foreach (ApiError error in OfRest)
        {
            table.Add("call", error.Code, error.Status.ToString(), error.Text);
        }

        foreach (FrameError error in UpgradeErrors.All)
        {
            table.Add("upgrade", error.Code, "", error.Reason);
        }

        foreach (FrameError error in OfFrames)
        {
            table.Add("frame", error.Code, "", error.Reason);
        }

        Approve.Text(table.ToString());
    }

    [Fact]
    public void The_protocol_lists_exactly_the_codes_of_calls_and_upgrades() =>
        Documented("### Errors", "code", "status", "when").Select(row => row.Code)
            .ShouldBe(OfRest.Select(error => error.Code).Concat(UpgradeErrors.All.Select(error => error.Code)), ignoreOrder: true);

    [Fact]
    public void The_protocol_has_the_status_of_each_call() =>
        Documented("### Errors", "code", "status", "when").Where(row => !UpgradeErrors.All.Any(error => error.Code == row.Code))
            .Select(row => $"{row.Code} {row.Cells[1]}")
            .ShouldBe(OfRest.Select(error => $"{error.Code} {error.Status}"), ignoreOrder: true);

    [Fact]
    public void The_protocol_lists_exactly_the_codes_of_frames() =>
        Documented("#### `ERROR`", "code", "when").Select(row => row.Code)
            .ShouldBe(OfFrames.Select(error => error.Code), ignoreOrder: true);

    [Fact]
    public void A_sentence_that_the_protocol_quotes_is_the_one_that_is_sent()
    {
        Dictionary<string, string> sentences = OfRest.ToDictionary(error => error.Code, error => error.Text);
        foreach ((string code, string[] cells) in Documented("### Errors", "code", "status", "when"))
        {
            if (!cells[2].StartsWith('"'))
            {
                continue;
            }

            cells[2].Split('"')[1].ShouldBe(sentences[code]);
        }
    }

    // The rows of a section, one for each code in the first cell.
    private static IEnumerable<(string Code, string[] Cells)> Documented(string heading, params string[] titles)
    {
        string protocol = RepositoryFolder.Read("docs/protocol.md");
        return MarkdownTable.Rows(protocol[protocol.IndexOf($"\n{heading}\n", StringComparison.Ordinal)..], titles)
            .SelectMany(row => MarkdownTable.Code(row[0]).Select(code => (code, row)));
    }
}
