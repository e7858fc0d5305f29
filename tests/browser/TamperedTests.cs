using System.Text;
using SecureChat.BrowserTests.Circles;
using SecureChat.Ledger.Circle;
using SecureChat.Ledger.Transparency;
using SecureChat.UnitTests.Transparency;
using SecureChat.UnitTests.Verification;

namespace SecureChat.BrowserTests;

/// <summary>What somebody changed in the file, or what an operator with the ledger's key wrote: the page says so, and which entry it is.</summary>
[Collection(nameof(Chromium))]
public class TamperedTests(Chromium chromium)
{
    private const string Ghost = "99999999-0000-4000-8000-000000000000";

    [BrowserFact]
    public async Task An_entry_that_was_altered_is_named()
    {
        string page = OpenReport.PageOf(Stories.Signed());
        await using OpenReport report = await OpenReport.OfAsync(
            chromium, Tampered.Entries(page, entries => entries[4] = Tampered.Replaced(entries[4], "\"t\":179", "\"t\":178")));
        await report.ShouldBeWrongAsync("Entry 4: it is not the entry that was there when the checkpoint was signed.");
    }

    [BrowserFact]
    public async Task An_entry_that_was_removed_is_named()
    {
        string page = OpenReport.PageOf(Stories.Signed());
        await using OpenReport report = await OpenReport.OfAsync(chromium, Tampered.Entries(page, entries => entries.RemoveAt(5)));
        await report.ShouldBeWrongAsync("Entry 5: it is not where it was when the checkpoint was signed");
    }

    [BrowserFact]
    public async Task Entries_in_another_order_are_named()
    {
        string page = OpenReport.PageOf(Stories.Eventful());
        await using OpenReport report = await OpenReport.OfAsync(
            chromium, Tampered.Entries(page, entries => (entries[8], entries[9]) = (entries[9], entries[8])));
        await report.ShouldBeWrongAsync("Entry 8: it is not where it was");
    }

    [BrowserFact]
    public async Task Entries_that_were_altered_with_their_hashes_do_not_have_the_signed_root()
    {
        string page = OpenReport.PageOf(Stories.Signed());
        string altered = Tampered.Entries(page, entries => entries[4] = Tampered.Replaced(entries[4], "\"t\":179", "\"t\":178"));
        await using OpenReport report = await OpenReport.OfAsync(chromium, Tampered.HashesOf(altered));
        await report.ShouldBeWrongAsync("The entries do not have the root that the checkpoint signs");
    }

    [BrowserFact]
    public async Task A_checkpoint_with_a_flipped_bit_in_its_signature_is_refused()
    {
        string page = OpenReport.PageOf(Stories.Signed());
        await using OpenReport report = await OpenReport.OfAsync(chromium, Noted(page, note =>
        {
            int blob = note.LastIndexOf(' ') + 1;
            byte[] signature = Convert.FromBase64String(note[blob..].TrimEnd('\n'));
            signature[40] ^= 1;
            return $"{note[..blob]}{Convert.ToBase64String(signature)}\n";
        }));
        await report.ShouldBeWrongAsync("The signature of the checkpoint is wrong");
    }

    [BrowserFact]
    public async Task A_checkpoint_of_another_time_is_refused()
    {
        SignedCircle circle = Stories.Signed();
        string older = Encoding.UTF8.GetString(circle.Checkpoint());
        circle.Lock("bob", locked: true);
        string page = OpenReport.PageOf(circle);
        await using OpenReport report = await OpenReport.OfAsync(chromium, Noted(page, _ => older));
        await report.ShouldBeWrongAsync("The checkpoint is of 8 entries, and there are 9 here.");
    }

    [BrowserFact]
    public async Task A_checkpoint_of_another_history_is_refused()
    {
        SignedCircle other = Stories.Signed().Fork(7, new VoteCast("00000000-0000-4000-8000-000000000002", 3, Approve: true));
        string page = OpenReport.PageOf(Stories.Signed());
        other.Entries.Count.ShouldBe(8);
        await using OpenReport report = await OpenReport.OfAsync(chromium, Noted(page, _ => Encoding.UTF8.GetString(other.Checkpoint())));
        await report.ShouldBeWrongAsync("The entries do not have the root that the checkpoint signs");
    }

    [BrowserFact]
    public async Task A_checkpoint_signed_by_another_key_is_refused()
    {
        SignedCircle circle = Stories.Signed();
        byte[] note = SignedCircle.CheckpointOf(circle.Seen).Sign(Some.Key(Some.Origin, 77)).Format();
        await using OpenReport report = await OpenReport.OfAsync(chromium, Noted(OpenReport.PageOf(circle), _ => Encoding.UTF8.GetString(note)));
        await report.ShouldBeWrongAsync("The checkpoint is not signed by the key of the ledger.");
    }

    [BrowserFact]
    public async Task A_ghost_whom_nobody_voted_for_is_named_although_tree_and_checkpoint_are_right()
    {
        SignedCircle honest = SignedCircle.Of("bob");
        Newcomer ghost = honest.Person("ghost", signed: true, StatementKind.Request);
        SignedCircle forged = honest.Fork(4, new RequestSubmitted(Ghost, honest.Now + 1000, ghost), new MemberAdmitted(Ghost));
        await using OpenReport report = await OpenReport.OfAsync(chromium, forged);
        await report.ShouldBeWrongAsync("Entry 5: somebody is admitted whom not every member has approved.");
        (await report.ChecksAsync()).ShouldContain("Checkpoint: it is signed by the ledger’s key.");
        (await report.ChecksAsync()).ShouldContain(check => check.StartsWith("Tree: all 6 entries", StringComparison.Ordinal));
        (await report.Page.Locator("#h-refused ~ p").InnerTextAsync()).ShouldContain("refused it: Entry 5 in the ledger");
    }

    [BrowserFact]
    public async Task A_ghost_let_in_by_invented_votes_is_whole_but_only_asserted()
    {
        SignedCircle honest = SignedCircle.Of("bob");
        SignedCircle forged = honest.Fork(
            4, new RequestSubmitted(Ghost, honest.Now + 1000, honest.Person("ghost", signed: true, StatementKind.Request)),
            new VoteCast(Ghost, 0, Approve: true), new VoteCast(Ghost, 3, Approve: true), new MemberAdmitted(Ghost));
        string page = OpenReport.PageOf(forged);
        await using OpenReport report = await OpenReport.OfAsync(chromium, page);
        await report.ShouldBeWholeAsync();
        (await report.ChecksAsync()).ShouldContain(check => check.StartsWith("For 2 acts of members there is no signature here, only the relay’s word.", StringComparison.Ordinal));
        (await report.Page.Locator("tr[data-member='7'] .grade").InnerTextAsync()).ShouldBe("ASSERTED");
        (await report.Page.Locator("tr[data-member='3'] .grade").InnerTextAsync()).ShouldBe("PROVEN");

        string flattered = Tampered.Text(
            page, "<span class=\"grade asserted\" data-grade=\"7\">ASSERTED</span>", "<span class=\"grade proven\" data-grade=\"7\">PROVEN</span>");
        await using OpenReport other = await OpenReport.OfAsync(chromium, flattered);
        await other.ShouldBeWrongAsync("Entry 7: this page shows a grade that the ledger does not give it.");
    }

    [BrowserFact]
    public async Task A_vote_invented_for_somebody_who_wants_unsigned_acts_refused_is_named()
    {
        SignedCircle honest = SignedCircle.Of("bob");
        honest.Require("bob");
        string request = honest.Ask("cat");
        honest.Vote(request, "ann");
        await using OpenReport report = await OpenReport.OfAsync(chromium, honest.Fork(7, new VoteCast(request, 3, Approve: true)));
        await report.ShouldBeWrongAsync("Entry 7: it is not signed, and its member wants unsigned calls in its name refused.");
    }

    [BrowserFact]
    public async Task A_vote_signed_with_another_key_is_named()
    {
        SignedCircle honest = SignedCircle.Of("bob");
        string request = honest.Ask("cat");
        Proof forged = SignedCircle.Sign("operator", honest.VoteOf(request, "bob", approve: true)!.Statement);
        await using OpenReport report = await OpenReport.OfAsync(chromium, honest.Fork(5, new VoteCast(request, 3, Approve: true, forged)));
        await report.ShouldBeWrongAsync("Entry 5: the signature of its statement is not that of the member’s key.");
    }

    [BrowserFact]
    public async Task A_vote_turned_around_or_moved_is_named()
    {
        SignedCircle honest = SignedCircle.Of("bob");
        string wanted = honest.Ask("cat");
        string ghost = honest.Ask("ghost");
        Proof? rejection = honest.VoteOf(wanted, "bob", approve: false);
        await using OpenReport turned = await OpenReport.OfAsync(chromium, honest.Fork(6, new VoteCast(wanted, 3, Approve: true, rejection)));
        await turned.ShouldBeWrongAsync("Entry 6: the line \"decision\" of its statement does not say what the entry says.");
        Proof? approval = honest.VoteOf(wanted, "bob", approve: true);
        await using OpenReport moved = await OpenReport.OfAsync(chromium, honest.Fork(6, new VoteCast(ghost, 3, Approve: true, approval)));
        await moved.ShouldBeWrongAsync("Entry 6: the line \"request\" of its statement does not say what the entry says.");
    }

    [BrowserFact]
    public async Task A_statement_used_twice_or_made_in_another_history_is_named()
    {
        SignedCircle honest = SignedCircle.Of("bob");
        honest.Lock("bob", locked: true);
        honest.Lock("bob", locked: false);
        await using OpenReport twice = await OpenReport.OfAsync(chromium, honest.Fork(6, honest.Events[4]));
        await twice.ShouldBeWrongAsync("Entry 6: its statement stands in the ledger already.");
        await using OpenReport elsewhere = await OpenReport.OfAsync(
            chromium, honest.Fork(4, new RequestsLockChanged(0, Locked: true)).Keep(honest, 5));
        await elsewhere.ShouldBeWrongAsync("Entry 5: the line \"seen\" of its statement names another history than this one");
    }

    [BrowserFact]
    public async Task An_admission_that_was_held_back_is_named()
    {
        SignedCircle honest = SignedCircle.Of("bob", "cat");
        await using OpenReport missing = await OpenReport.OfAsync(chromium, honest.Fork(7));
        await missing.ShouldBeWrongAsync("Entry 7: it is missing: the outcome MemberAdmitted of a request is due");
        await using OpenReport late = await OpenReport.OfAsync(chromium, honest.Fork(7, new RequestsLockChanged(3, Locked: true)).Keep(honest, 7));
        await late.ShouldBeWrongAsync("Entry 7: the outcome MemberAdmitted of a request is due here and does not follow at once.");
    }

    [BrowserFact]
    public async Task A_name_that_was_changed_in_the_file_is_not_that_of_the_ledger()
    {
        string page = OpenReport.PageOf(Stories.Signed());
        await using OpenReport shown = await OpenReport.OfAsync(chromium, Tampered.Text(page, "data-name=\"1\">Name bob<", "data-name=\"1\">Name eve<"));
        await shown.ShouldBeWrongAsync("Entry 1: this page shows a name that the ledger does not give it.");
        string carried = Tampered.Addenda(
            Tampered.Text(page, "data-name=\"1\">Name bob<", "data-name=\"1\">Name eve<"),
            documents =>
            {
                int profile = documents.FindIndex(document => Encoding.UTF8.GetString(document).Contains("Name bob", StringComparison.Ordinal));
                documents[profile] = Tampered.Replaced(documents[profile], "Name bob", "Name eve");
            });
        await using OpenReport other = await OpenReport.OfAsync(chromium, carried);
        await other.ShouldBeWrongAsync("Entry 1: this page shows a name that the ledger does not give it.");
        (await other.WarningsAsync()).ShouldContain("Entry 1: documents are missing that no entry declares erased (profile).");
    }

    [BrowserFact]
    public async Task Votes_that_the_file_hides_or_shows_otherwise_are_named()
    {
        string page = OpenReport.PageOf(Stories.Eventful());
        int start = page.IndexOf("<li data-vote=\"20\"", StringComparison.Ordinal);
        string rejection = page[start..(page.IndexOf("</li>", start, StringComparison.Ordinal) + 5)];
        await using OpenReport turned = await OpenReport.OfAsync(
            chromium, Tampered.Text(page, rejection, rejection.Replace("rejected", "approved", StringComparison.Ordinal)));
        await turned.ShouldBeWrongAsync("Entry 20: this page shows a vote that the ledger does not give it.");
        await using OpenReport hidden = await OpenReport.OfAsync(chromium, Tampered.Text(page, rejection, ""));
        await hidden.ShouldBeWrongAsync("this page does not show the votes on this request as the ledger gives them.");
    }

    [BrowserFact]
    public async Task A_member_that_the_file_hides_is_missed()
    {
        string page = OpenReport.PageOf(Stories.Signed());
        int start = page.IndexOf("<tr data-member=\"7\"", StringComparison.Ordinal);
        string row = page[start..(page.IndexOf("</tr>", start, StringComparison.Ordinal) + 5)];
        await using OpenReport report = await OpenReport.OfAsync(chromium, Tampered.Text(page, row, ""));
        await report.ShouldBeWrongAsync("This page does not show the members whom the ledger gives.");
    }

    [BrowserFact]
    public async Task A_key_shown_in_the_place_of_the_one_that_signed_is_noticed()
    {
        string page = OpenReport.PageOf(Stories.Signed());
        string key = $"id=\"shown-key\">{Some.LogKey.VerifierKey.Format()}".Replace("+", "&#x2B;", StringComparison.Ordinal);
        string other = $"id=\"shown-key\">{Some.Key(Some.Origin, 77).VerifierKey.Format()}".Replace("+", "&#x2B;", StringComparison.Ordinal);
        await using OpenReport report = await OpenReport.OfAsync(chromium, Tampered.Text(page, key, other));
        await report.ShouldBeWrongAsync("This page shows another key or checkpoint than those that it has verified.");
    }

    [BrowserFact]
    public async Task Data_that_was_cut_short_is_refused()
    {
        string page = OpenReport.PageOf(Stories.Signed());
        await using OpenReport report = await OpenReport.OfAsync(chromium, Tampered.With(page, "entries", Tampered.Element(page, "entries")[..^8]));
        await report.ShouldBeWrongAsync("The data in this page is damaged.");
    }

    private static string Noted(string page, Func<string, string> change)
    {
        System.Text.Json.Nodes.JsonNode about = System.Text.Json.Nodes.JsonNode.Parse(Tampered.Element(page, "ledger"))!;
        about["checkpoint"] = change(about["checkpoint"]!.GetValue<string>());
        return Tampered.With(page, "ledger", about.ToJsonString());
    }
}
