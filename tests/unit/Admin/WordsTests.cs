using System.Diagnostics;
using SecureChat.Admin;
using SecureChat.Admin.History;
using SecureChat.UnitTests.Projections;

namespace SecureChat.UnitTests.Admin;

/// <summary>Small forms: moments as people type them, comma-separated values, completion scripts.</summary>
public class WordsTests
{
    private const long Now = 1_790_000_000_000;

    [Theory]
    [InlineData("2026-01-31", 1769817600000)]
    [InlineData("2026-01-31T18:30", 1769884200000)]
    [InlineData("2026-01-31 18:30:15", 1769884215000)]
    [InlineData("2026-01-31T18:30:15Z", 1769884215000)]
    [InlineData("2026-01-31T18:30+02:00", 1769877000000)]
    [InlineData("90m", Now - (90 * 60_000))]
    [InlineData("7d", Now - (7 * 86_400_000))]
    public void A_moment_in_time(string text, long time)
    {
        Moment.Parse(text, Now, isEnd: false).ShouldBe(new Moment(null, time));
    }

    [Fact]
    public void A_day_means_its_end_where_an_end_is_asked_for() =>
        Moment.Parse("2026-01-31", Now, isEnd: true).ShouldBe(new Moment(null, 1769817600000 + 86_399_999));

    [Theory]
    [InlineData("")]
    [InlineData("d")]
    [InlineData("-1")]
    [InlineData("2026-13-01")]
    [InlineData("99999999999999999999")]
    [InlineData("7y")]
    public void What_is_no_moment(string text) => Should.Throw<CommandRefusedException>(() => Moment.Parse(text, Now, isEnd: false)).Code.ShouldBe(2);

    [Fact]
    public void A_time_that_no_calendar_reaches_is_shown_as_it_is() => Moment.Text((1L << 53) - 1).ShouldBe("9007199254740991 ms");

    [Theory]
    [InlineData("plain words", "plain words")]
    [InlineData("a,b", "\"a,b\"")]
    [InlineData("say \"hi\"", "\"say \"\"hi\"\"\"")]
    [InlineData("=1+1", "'=1+1")]
    [InlineData("+1", "'+1")]
    [InlineData("-1", "'-1")]
    [InlineData("@SUM(A1)", "'@SUM(A1)")]
    [InlineData(" =1+1", "' =1+1")]
    [InlineData("\t=1", "\"'\t=1\"")]
    [InlineData("＝1", "'＝1")]
    public void A_cell(string text, string written) => Csv.Line([text]).ShouldBe(written);

    [Theory]
    [InlineData("hist", "history")]
    [InlineData("history --for", "--format")]
    [InlineData("history --format ", "csv json table")]
    [InlineData("history data --type MemberI", "MemberImported")]
    [InlineData("members --verify al", "always")]
    [InlineData("completion z", "zsh")]
    [InlineData("status ", "")]
    public async Task Bash_completes(string line, string expected)
    {
        if (!File.Exists("/bin/bash"))
        {
            return;
        }

        using TemporaryFolder folder = new();
        await File.WriteAllTextAsync(folder.File("script"), (await Ran.Admin("completion", "bash")).ShouldBeFine().Output);
        const string Ask = "source \"$0\"; COMP_WORDS=(securechat-admin \"$@\"); COMP_CWORD=$#; _securechat_admin; echo \"${COMPREPLY[*]}\"; complete -p securechat-admin";
        using Process bash = Process.Start(new ProcessStartInfo("/bin/bash", ["-c", Ask, folder.File("script"), .. line.Split(' ')])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        (await bash.StandardOutput.ReadToEndAsync()).ShouldBe($"{expected}\ncomplete -o default -F _securechat_admin securechat-admin\n");
        (await bash.StandardError.ReadToEndAsync()).ShouldBeEmpty();
    }
}
