using SecureChat.Admin.History;

namespace SecureChat.ApprovalTests.Admin;

/// <summary>What the reading commands say of a family of five, to people and to programs.</summary>
public sealed class ReadingTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("securechat-approval-").FullName;
    private readonly Tool tool;

    public ReadingTests()
    {
        FamilyLedger family = Family.Written();
        family.Export(Path.Combine(folder, "family"));
        tool = new Tool(Path.Combine(folder, "family"), DateTimeOffset.FromUnixTimeMilliseconds(family.Time));
    }

    [Fact]
    public async Task History() => Approve.Text(await tool.Run("history LEDGER"));

    [Fact]
    public async Task History_for_programs() => Approve.Text(await tool.RunAll("history LEDGER --format csv", "history LEDGER --json --last 3"));

    [Fact]
    public async Task History_in_parts() => Approve.Text(await tool.RunAll(
        "history LEDGER --last 3",
        "history LEDGER --offset 10 --limit 2",
        "history LEDGER --member Cy --since 2026-01-03",
        "history LEDGER --member bo --until 2026-01-01",
        "history LEDGER --type MemberAdmitted --type MemberLeft",
        "history LEDGER --since 20 --until 21",
        "history LEDGER --since 5m --verify never"));

    [Fact]
    public async Task Every_event_has_a_sentence_in_the_history()
    {
        string history = await tool.Run("history LEDGER --format csv");
        foreach (string type in EventFilter.Types)
        {
            history.ShouldContain($",{type},");
        }
    }

    [Fact]
    public async Task Members() => Approve.Text(await tool.RunAll(
        "members LEDGER", "members LEDGER --all", "members LEDGER --at 21", "members LEDGER --at 2026-01-01", "members LEDGER --at 2025-12-31", "members LEDGER --json"));

    [Fact]
    public async Task Requests() => Approve.Text(await tool.RunAll("requests LEDGER", "requests LEDGER --at 19", "requests LEDGER --at 5", "requests LEDGER --json"));

    [Fact]
    public async Task Differences() => Approve.Text(await tool.RunAll("diff 5 20 LEDGER", "diff 11 now LEDGER", "diff 19 21 LEDGER --json", "diff 20 5 LEDGER"));

    [Fact]
    public async Task Who_admitted() => Approve.Text(await tool.RunAll(
        "who-admitted Eve LEDGER", "who-admitted bo LEDGER", "who-admitted 11 LEDGER", "who-admitted 1 LEDGER", "who-admitted Cy LEDGER --verify never", "who-admitted cy LEDGER --json",
        "who-admitted Mallory LEDGER"));

    [Fact]
    public async Task Status() => Approve.Text(await tool.RunAll("status LEDGER", "status LEDGER --json"));

    [Fact]
    public async Task Verify() => Approve.Text(await tool.RunAll("verify LEDGER", "verify LEDGER --json"));

    [Fact]
    public async Task Checkpoints_and_proofs() => Approve.Text(await tool.RunAll(
        "checkpoint LEDGER", "checkpoint LEDGER --json", "proof bo -o LEDGER/bo.tlog-proof LEDGER", "proof 3 -o LEDGER/3.tlog-proof LEDGER --json", "proof 99 -o LEDGER/99.tlog-proof LEDGER",
        "proof 3 -o LEDGER/3.tlog-proof LEDGER"));

    [Fact]
    public async Task Help() => Approve.Text(await tool.RunAll("history --help", "verify --help"));

    public void Dispose() => Directory.Delete(folder, recursive: true);
}
