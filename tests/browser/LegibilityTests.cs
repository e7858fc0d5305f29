using System.Text.Json;
using Deque.AxeCore.Commons;
using Microsoft.Playwright;
using SecureChat.BrowserTests.Circles;
using SecureChat.UnitTests.Verification;

namespace SecureChat.BrowserTests;

/// <summary>The report for those who see little, press keys, print, or have an old browser or a small screen.</summary>
[Collection(nameof(Chromium))]
public class LegibilityTests(Chromium chromium)
{
    private const string NoCryptography = "Object.defineProperty(Crypto.prototype, 'subtle', { get: () => undefined });";

    private const string NoEd25519 =
        """
        const importKey = SubtleCrypto.prototype.importKey;
        SubtleCrypto.prototype.importKey = function (format, data, algorithm, ...rest) {
          return algorithm.name === 'Ed25519'
            ? Promise.reject(new DOMException('Algorithm: Unrecognized name', 'NotSupportedError'))
            : importKey.call(this, format, data, algorithm, ...rest);
        };
        """;

    [BrowserFact]
    public async Task Axe_finds_nothing_in_light_and_dark_on_a_wide_and_on_a_narrow_screen()
    {
        string page = OpenReport.PageOf(Stories.Eventful());
        foreach (ColorScheme scheme in (ColorScheme[])[ColorScheme.Light, ColorScheme.Dark])
        {
            foreach (int width in (int[])[1200, 360])
            {
                await using OpenReport report = await OpenReport.OfAsync(chromium, page, scheme, width);
                (await ViolationsAsync(report.Page)).ShouldBeEmpty($"{scheme} {width}");
            }
        }
    }

    [BrowserFact]
    public async Task Axe_finds_nothing_where_something_is_wrong_either()
    {
        SignedCircle circle = SignedCircle.Of("bob");
        string refused = OpenReport.PageOf(circle.Fork(3));
        foreach (ColorScheme scheme in (ColorScheme[])[ColorScheme.Light, ColorScheme.Dark])
        {
            await using OpenReport report = await OpenReport.OfAsync(chromium, refused, scheme);
            (await report.StateAsync()).ShouldBe("wrong");
            (await ViolationsAsync(report.Page)).ShouldBeEmpty(scheme.ToString());
        }
    }

    [BrowserFact]
    public async Task The_page_is_not_wider_than_a_small_screen()
    {
        await using OpenReport report = await OpenReport.OfAsync(chromium, OpenReport.PageOf(Stories.Eventful()), width: 360);
        (await report.Page.EvaluateAsync<int>("document.documentElement.scrollWidth")).ShouldBe(360);
    }

    [BrowserFact]
    public async Task The_picture_can_be_reached_by_keyboard_and_is_told_in_words()
    {
        await using OpenReport report = await OpenReport.OfAsync(chromium, Stories.Eventful());
        await report.Page.Keyboard.PressAsync("Tab");
        (await report.Page.EvaluateAsync<string>("document.activeElement.textContent")).ShouldBe("To the content");
        for (int presses = 0; presses < 20 && !await report.Page.EvaluateAsync<bool>("document.activeElement.matches('.scroller')"); presses++)
        {
            await report.Page.Keyboard.PressAsync("Tab");
        }

        await report.Page.Keyboard.PressAsync("Tab");
        await report.Page.Keyboard.PressAsync("Enter");
        (await report.Page.Locator(".words li").AllInnerTextsAsync()).ShouldContain(
            "Ben “Benny” O’Neill: member from 3 Jun 2024 (entry 1) to 5 Dec 2024 (entry 25), member from 21 Jan 2025 (entry 35) until now; approved 3 requests.");
    }

    [BrowserFact]
    public async Task Printing_unfolds_everything()
    {
        await using OpenReport report = await OpenReport.OfAsync(chromium, Stories.Eventful());
        (await report.Page.Locator("details:not([open])").CountAsync()).ShouldBePositive();
        await report.Page.EvaluateAsync("dispatchEvent(new Event('beforeprint'))");
        (await report.Page.Locator("details:not([open])").CountAsync()).ShouldBe(0);
        await report.Page.EvaluateAsync("dispatchEvent(new Event('afterprint'))");
        (await report.Page.Locator("details:not([open])").CountAsync()).ShouldBePositive();
    }

    [BrowserFact]
    public async Task A_browser_without_Ed25519_says_that_the_checkpoints_signature_was_not_checked()
    {
        await using OpenReport report = await OpenReport.OfAsync(chromium, OpenReport.PageOf(Stories.Signed()), before: NoEd25519);
        (await report.StateAsync()).ShouldBe("partial");
        (await report.VerdictAsync()).ShouldEndWith("Not everything could be checked.");
        (await report.ChecksAsync()).ShouldContain("Checkpoint: its signature was not checked, because this browser gives this page no Ed25519.");
    }

    [BrowserFact]
    public async Task A_browser_without_cryptography_checks_the_tree_and_the_consent_and_says_what_it_did_not_check()
    {
        await using OpenReport report = await OpenReport.OfAsync(chromium, OpenReport.PageOf(Stories.Signed()), before: NoCryptography);
        (await report.StateAsync()).ShouldBe("partial");
        IReadOnlyList<string> checks = await report.ChecksAsync();
        checks.ShouldContain(check => check.StartsWith("Tree: all 8 entries", StringComparison.Ordinal));
        checks.ShouldContain("Signatures: 6 statements were not checked, because this browser gives this page no RSA.");
        checks.ShouldContain("Checkpoint: its signature was not checked, because this browser gives this page no Ed25519.");

        SignedCircle forged = SignedCircle.Of("bob").Fork(3);
        await using OpenReport other = await OpenReport.OfAsync(chromium, OpenReport.PageOf(forged), before: NoCryptography);
        (await other.StateAsync()).ShouldBe("wrong");
    }

    [BrowserFact]
    public async Task A_browser_that_cannot_unpack_the_data_says_so()
    {
        await using OpenReport report = await OpenReport.OfAsync(
            chromium, OpenReport.PageOf(Stories.Signed()), before: "delete globalThis.DecompressionStream;");
        (await report.VerdictAsync()).ShouldStartWith("This browser is too old");
        (await report.StateAsync()).ShouldBe("partial");
    }

    private static async Task<string[]> ViolationsAsync(IPage page)
    {
        // The tool of the test; the page itself would not let it in.
        await page.EvaluateAsync(new BundledAxeScriptProvider().GetScript());
        JsonElement result = await page.EvaluateAsync<JsonElement>("async () => (await axe.run()).violations");
        return
        [
            .. result.EnumerateArray().Select(violation =>
                $"{violation.GetProperty("id").GetString()}: {string.Join(" | ", violation.GetProperty("nodes").EnumerateArray().Take(4).Select(node => $"{node.GetProperty("html").GetString()} {node.GetProperty("failureSummary").GetString()}"))}"),
        ];
    }
}
