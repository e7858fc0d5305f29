using System.Diagnostics;

namespace SecureChat.EnduranceTests;

/// <summary>
/// Core dumps, readers of the same user, diagnostic sockets: nobody but the machine's administrator gets at the memory of a
/// running relay, whatever the environment of its start says.
/// </summary>
public sealed class SeclusionTests
{
    private static readonly string[] Ordinary = ["setpriv", "--bounding-set=-sys_ptrace,-perfmon,-sys_admin"];

    private static readonly string[] Closed = ["mem", "environ", "maps", "fd/0"];

    [RootFact]
    public async Task No_core_dump_is_written()
    {
        string[] allowing = ["prlimit", "--core=1048576:1048576"];
        using var open = Process.Start(new ProcessStartInfo(allowing[0], [.. allowing[1..], "sleep", "300"]) { UseShellExecute = false })!;
        try
        {
            await Waiting.Until(() => CoreLimits(open.Id) is ["1048576", "1048576"], "the control may leave a core dump");
        }
        finally
        {
            open.Kill();
        }

        await using var relay = RelayProcess.Prepare();
        relay.Launcher = allowing;
        await relay.Start();
        CoreLimits(relay.ProcessId).ShouldBe(["0", "0"]);
    }

    /// <summary>Relay, control and reader are the same user, and none of them may read whatever it likes.</summary>
    [RootFact]
    public async Task Another_program_of_the_same_user_cannot_read_its_memory()
    {
        // The control: a process that has not shut itself off is read by its user.
        using var open = Process.Start(new ProcessStartInfo(Ordinary[0], [.. Ordinary[1..], "sleep", "300"]) { UseShellExecute = false })!;
        try
        {
            await Waiting.Until(() => ProcessFacts.Line($"/proc/{open.Id}/status", "Name:") == "Name:\tsleep", "the control runs");
            foreach (var file in Closed)
            {
                IsReadable(open.Id, file).ShouldBeTrue(file);
            }
        }
        finally
        {
            open.Kill();
        }

        await using var relay = RelayProcess.Prepare();
        relay.Launcher = Ordinary;
        await relay.Start();
        foreach (var file in Closed)
        {
            IsReadable(relay.ProcessId, file).ShouldBeFalse(file);
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("1")]
    [InlineData("0")]
    public async Task There_is_no_socket_and_no_pipe_for_a_debugger(string? enableDiagnostics)
    {
        await using var relay = RelayProcess.Prepare(("DOTNET_EnableDiagnostics", enableDiagnostics));
        var folder = Directory.CreateDirectory(Path.Combine(relay.Folder, "temporary")).FullName;
        relay.Settings["TMPDIR"] = folder;
        await relay.Start();
        Directory.EnumerateFileSystemEntries(folder).ShouldBeEmpty();
        await relay.Stop();
        Directory.EnumerateFileSystemEntries(folder).ShouldBeEmpty();
    }

    /// <summary>The operator's tool works on the folder of a relay that is shut off.</summary>
    [Fact]
    public async Task The_operators_tool_works_beside_it()
    {
        await using var circle = await Circle.Found(1);
        (await AdminProcess.Run("status", circle.Relay.DataFolder)).ShouldBeFine();
        (await AdminProcess.Run("verify", circle.Relay.DataFolder)).ShouldBeFine();
    }

    // Soft and hard, in bytes.
    private static string[] CoreLimits(int process) =>
        ProcessFacts.Line($"/proc/{process}/limits", "Max core file size").Split(' ', StringSplitOptions.RemoveEmptyEntries)[4..6];

    // Opening is what is refused; of mem, the first page is no memory of anybody.
    private static bool IsReadable(int process, string file)
    {
        var path = $"/proc/{process}/{file}";
        using var reader = Process.Start(new ProcessStartInfo(Ordinary[0], [.. Ordinary[1..], "sh", "-c", $"exec < {path} && ls {path}"])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        reader.StandardOutput.ReadToEnd();
        reader.WaitForExit();
        return reader.ExitCode == 0;
    }
}
