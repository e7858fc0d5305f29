using System.Security.Cryptography;
using System.Text;
using SecureChat.Ledger.Verification;

namespace SecureChat.Admin.Report;

/// <summary>The report as one HTML file that needs nothing but itself.</summary>
internal static class ReportPage
{
    // In the order in which they are used.
    private static readonly string[] Scripts =
    [
        "verify/bytes.js", "verify/sha256.js", "verify/tree.js", "verify/checkpoint.js", "verify/entries.js", "verify/circle.js",
        "verify/statements.js", "verify/grades.js", "verify/verify.js", "page.js",
    ];

    /// <summary>Writes the page.</summary>
    /// <param name="ledger">The bytes that it carries.</param>
    /// <param name="verdict">What our own verifier found.</param>
    /// <param name="made">Now, in milliseconds since the Unix epoch.</param>
    public static string Write(ReportedLedger ledger, Verdict verdict, long made)
    {
        History history = History.Of(ledger);
        Scale scale = new(history.Times, made);
        string script = $"(() => {{\n'use strict';\n\n{string.Join('\n', Scripts.Select(Resource))}}})();\n";
        string style = Resource("report.css");
        Dictionary<string, Markup> parts = new()
        {
            ["script"] = new Markup(script),
            ["script-hash"] = new Markup(HashOf(script)),
            ["style"] = new Markup(style),
            ["style-hash"] = new Markup(HashOf(style)),
            ["origin"] = Html.Of(html => html.Add($"{Html.Shown(ledger.Checkpoint.Origin)}")),
            ["summary"] = CircleSection.Summary(history),
            ["refusal"] = Refusal(verdict),
            ["identity"] = Identity(ledger),
            ["sections"] = new Markup(string.Concat(
                CircleSection.Write(history, verdict).Text,
                new TimeLine(history, scale, verdict).ToMarkup().Text,
                AdmissionsSection.Write(history, verdict).Text,
                OthersSection.Write(history, verdict).Text)),
            ["made"] = new Markup(Dates.Minute(made)),
            ["data"] = DataIsland.Of(ledger),
        };
        return Filled(Resource("page.html"), parts);
    }

    private static string Filled(string template, Dictionary<string, Markup> parts)
    {
        StringBuilder page = new(template.Length);
        int at = 0;
        while (template.IndexOf("{{", at, StringComparison.Ordinal) is >= 0 and var start)
        {
            int end = template.IndexOf("}}", start, StringComparison.Ordinal);
            page.Append(template, at, start - at).Append(parts[template[(start + 2)..end]].Text);
            at = end + 2;
        }

        return page.Append(template, at, template.Length - at).ToString();
    }

    private static Markup Refusal(Verdict verdict) => verdict.Accepted
        ? default
        : Html.Of(html => html.Add(
            $"<section class=\"box\" data-state=\"wrong\" aria-labelledby=\"h-refused\"><h2 id=\"h-refused\">The ledger was refused</h2><p>securechat-admin verified this ledger before it made this page, and refused it: {verdict.Refusal} Nothing here has a grade, and what follows after that entry may be missing.</p></section>\n"));

    private static Markup Identity(ReportedLedger ledger) => Html.Of(html => html.Add(
        $"""
        <dl class="identity">
        <div><dt>Ledger’s key</dt><dd><code id="shown-key">{ledger.Key.Format()}</code></dd></div>
        <div><dt>Entries</dt><dd id="shown-size">{ledger.Checkpoint.Size}</dd></div>
        <div><dt>Root</dt><dd><code id="shown-root">{ledger.Checkpoint.Root.ToBase64()}</code></dd></div>
        <div><dt>Checkpoint</dt><dd><pre id="shown-checkpoint" tabindex="0" aria-label="Checkpoint">{Encoding.UTF8.GetString(ledger.Note)}</pre></dd></div>
        </dl>
        """));

    private static string HashOf(string text) => Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    // The browser reads line ends as LF, and hashes what it has read.
    private static string Resource(string name)
    {
        using Stream stream = typeof(ReportPage).Assembly.GetManifestResourceStream($"Report/{name}")
            ?? throw new InvalidOperationException($"The resource {name} is missing in this program.");
        using StreamReader reader = new(stream, Encoding.UTF8);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }
}
