using System.Text;
using Microsoft.Playwright;
using SecureChat.Admin.Report;
using SecureChat.Ledger.Verification;
using SecureChat.UnitTests.Verification;

namespace SecureChat.BrowserTests;

/// <summary>A report that was opened from a file, as from a mail; and whatever the browser complained about or asked the network for.</summary>
internal sealed class OpenReport : IAsyncDisposable
{
    private const float Patience = 120_000;

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("securechat-report-");
    private readonly IBrowserContext context;

    private OpenReport(IBrowserContext context) => this.context = context;

    public IPage Page { get; private set; } = null!;

    public List<string> Complaints { get; } = [];

    public List<string> Requests { get; } = [];

    /// <summary>The page that is made of a circle.</summary>
    public static string PageOf(SignedCircle circle) => PageOf(circle.Source(), circle.Now);

    public static string PageOf(LogSource source, long now) =>
        ReportPage.Write(ReportedLedger.Read(source), LogVerifier.Verify(source), now + 1000);

    public static Task<OpenReport> OfAsync(Chromium chromium, SignedCircle circle, ColorScheme scheme = ColorScheme.Light) =>
        OfAsync(chromium, PageOf(circle), scheme);

    public static async Task<OpenReport> OfAsync(
        Chromium chromium, string page, ColorScheme scheme = ColorScheme.Light, int width = 1200, string? before = null)
    {
        IBrowserContext opened = await chromium.Browser.NewContextAsync(new BrowserNewContextOptions
        {
            ColorScheme = scheme,
            ViewportSize = new ViewportSize { Width = width, Height = 900 },
            ReducedMotion = ReducedMotion.Reduce,
        });
        OpenReport report = new(opened);
        if (before is not null)
        {
            await opened.AddInitScriptAsync(before);
        }

        opened.SetDefaultTimeout(Patience);
        report.Page = await opened.NewPageAsync();
        report.Page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
            {
                report.Complaints.Add(message.Text);
            }
        };
        report.Page.PageError += (_, error) => report.Complaints.Add(error);
        report.Page.Request += (_, request) => report.Requests.Add(request.Url);
        string file = Path.Combine(report.folder.FullName, "report.html");
        await File.WriteAllTextAsync(file, page, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        await report.Page.GotoAsync(new Uri(file).AbsoluteUri);
        await report.Page.Locator("#verification:not([data-state=waiting])").WaitForAsync();
        return report;
    }

    /// <summary><c>right</c>, <c>partial</c> or <c>wrong</c>.</summary>
    public Task<string?> StateAsync() => Page.Locator("#verification").GetAttributeAsync("data-state");

    /// <summary>The sentence that the verification comes down to.</summary>
    public Task<string> VerdictAsync() => Page.Locator("#verdict").InnerTextAsync();

    public Task<IReadOnlyList<string>> ProblemsAsync() => Page.Locator("#problems li").AllInnerTextsAsync();

    public Task<IReadOnlyList<string>> ChecksAsync() => Page.Locator("#checks li").AllInnerTextsAsync();

    public Task<IReadOnlyList<string>> WarningsAsync() => Page.Locator("#warnings li").AllInnerTextsAsync();

    public async Task ShouldBeWholeAsync()
    {
        (await ProblemsAsync()).ShouldBeEmpty();
        (await VerdictAsync()).ShouldStartWith("Yes. This history is whole: ");
        (await StateAsync()).ShouldBe("right");
    }

    /// <summary>The page says that something is wrong, and one of its sentences is about this.</summary>
    public async Task ShouldBeWrongAsync(string because)
    {
        (await ProblemsAsync()).ShouldContain(problem => problem.Contains(because, StringComparison.Ordinal), because);
        (await VerdictAsync()).ShouldStartWith("No.");
        (await StateAsync()).ShouldBe("wrong");
    }

    public async ValueTask DisposeAsync()
    {
        await context.DisposeAsync();
        folder.Delete(recursive: true);
    }
}
