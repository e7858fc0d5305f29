using SecureChat.BrowserTests.Circles;
using SecureChat.UnitTests.Verification;
using Xunit.Abstractions;

namespace SecureChat.BrowserTests;

/// <summary>Reports of ledgers with which nothing is wrong, opened from a file.</summary>
[Collection(nameof(Chromium))]
public class HonestTests(Chromium chromium, ITestOutputHelper output)
{
    [BrowserFact]
    public async Task A_circle_in_which_everybody_signs_is_whole_and_nothing_in_it_rests_on_the_relays_word()
    {
        await using OpenReport report = await OpenReport.OfAsync(chromium, Stories.Signed());
        await report.ShouldBeWholeAsync();
        (await report.VerdictAsync()).ShouldBe("Yes. This history is whole: 8 entries, from the first to the checkpoint.");
        IReadOnlyList<string> checks = await report.ChecksAsync();
        checks.ShouldContain("Checkpoint: it is signed by the ledger’s key.");
        checks.ShouldContain("Signatures: 6 statements are signed by the members in whose names they stand.");
        checks.ShouldNotContain(check => check.Contains("relay’s word", StringComparison.Ordinal));
        (await report.Page.Locator(".grade.asserted").CountAsync()).ShouldBe(0);
    }

    [BrowserFact]
    public async Task Imports_departures_erasures_and_acts_that_nobody_signed_are_whole_too_and_told_apart()
    {
        await using OpenReport report = await OpenReport.OfAsync(chromium, Stories.Eventful());
        await report.ShouldBeWholeAsync();
        (await report.WarningsAsync()).ShouldBeEmpty();
        IReadOnlyList<string> checks = await report.ChecksAsync();
        checks.ShouldContain(check => check.Contains("(ratified)", StringComparison.Ordinal));
        checks.ShouldContain(check => check.StartsWith("For 2 acts of members there is no signature here, only the relay’s word.", StringComparison.Ordinal), string.Join('\n', checks));
        (await report.Page.Locator("#h-others ~ table tr:last-child .grade").InnerTextAsync()).ShouldBe("ASSERTED");
    }

    [BrowserFact]
    public async Task It_asks_the_network_for_nothing_and_the_browser_has_no_complaint()
    {
        await using OpenReport report = await OpenReport.OfAsync(chromium, Stories.Eventful());
        report.Requests.ShouldBe([report.Page.Url]);
        report.Page.Url.ShouldStartWith("file:///");
        report.Complaints.ShouldBeEmpty();
    }

    [BrowserFact]
    public async Task Names_are_shown_as_they_are_and_run_nothing()
    {
        await using OpenReport report = await OpenReport.OfAsync(chromium, Stories.Eventful());
        (await report.Page.Locator("article h3 bdi").AllTextContentsAsync()).ShouldContain("<b>Dora</b> </script><script>alert(1)</script>");
        (await report.Page.Locator("article h3 bdi").AllTextContentsAsync()).ShouldContain("Emil \"der Kleine\" {{data}}");
        (await report.Page.Locator("script").CountAsync()).ShouldBe(5);
        (await report.Page.Locator("b").CountAsync()).ShouldBe(0);
    }

    [BrowserFact]
    public async Task A_name_that_would_turn_the_writing_around_it_is_defused()
    {
        // No door lets it in; an operator could write it.
        SignedCircle circle = new();
        circle.Names["ann"] = "ann\u202Enna\u2069\u0007 \u2028 \u0085";
        circle.Found("ann");
        await using OpenReport report = await OpenReport.OfAsync(chromium, circle);
        await report.ShouldBeWholeAsync();
        (await report.Page.Locator("article h3 bdi").TextContentAsync()).ShouldBe("ann\uFFFDnna\uFFFD\uFFFD \uFFFD \uFFFD");
    }

    [BrowserFact]
    public async Task Fifty_members_and_five_years_fit_into_two_megabytes()
    {
        SignedCircle circle = Stories.Grown();
        string page = OpenReport.PageOf(circle);
        await using OpenReport report = await OpenReport.OfAsync(chromium, page);
        await report.ShouldBeWholeAsync();
        circle.State.Members.Count.ShouldBe(50);
        circle.Entries.Count.ShouldBeInRange(1900, 2300);
        int bytes = System.Text.Encoding.UTF8.GetByteCount(page);
        bytes.ShouldBeLessThan(2_000_000);
        string? milliseconds = await report.Page.Locator("#verification").GetAttributeAsync("data-milliseconds");
        output.WriteLine($"{circle.Entries.Count} entries, {bytes} bytes, verified in {milliseconds} ms");
    }

    [BrowserFact]
    public async Task Whatever_the_decisions_allow_is_whole_with_the_grades_of_our_own_verifier()
    {
        // The page compares each grade that it shows, which is that of our verifier, with what its own comes to.
        for (int seed = 1; seed <= 6; seed++)
        {
            SignedCircle circle = RandomCircles.Of(seed);
            await using OpenReport report = await OpenReport.OfAsync(chromium, circle);
            (await report.ProblemsAsync()).ShouldBeEmpty($"seed {seed}");
            (await report.StateAsync()).ShouldBe("right", $"seed {seed}");
        }
    }
}
