using System.Net.WebSockets;
using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;

namespace SecureChat.SystemTests;

/// <summary>Starting on a data folder, and ending.</summary>
public class StartingTests
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    [Fact]
    public async Task The_first_start_needs_no_editing_and_says_what_to_do()
    {
        await using var relay = await RelayProcess.Run(("FOUNDER_KEY", null));
        relay.Output.ShouldContain(relay.Port.ToString());
        relay.Output.ShouldContain(Path.Combine(relay.DataFolder, "founder.key"));
        relay.Output.Split('\n').Length.ShouldBeLessThan(20);
    }

    [Fact]
    public async Task What_is_written_is_for_the_owner_only()
    {
        await using var circle = await Circle.Found(2);
        File.GetUnixFileMode(circle.Relay.DataFolder).ShouldBe(OwnerOnly | UnixFileMode.UserExecute);
        foreach (var file in Directory.EnumerateFiles(circle.Relay.DataFolder, "*", SearchOption.AllDirectories))
        {
            File.GetUnixFileMode(file).ShouldBe(OwnerOnly, file);
        }

        File.Exists(Path.Combine(circle.Relay.DataFolder, "ledger.db")).ShouldBeTrue();
        File.Exists(Path.Combine(circle.Relay.DataFolder, "securechat.db")).ShouldBeTrue();
    }

    [Fact]
    public async Task Rights_that_others_were_given_are_taken_away_at_the_next_start()
    {
        await using var relay = await RelayProcess.Run();
        await relay.Stop();
        const UnixFileMode forAll = OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
        string[] files = [.. Directory.GetFiles(relay.DataFolder, "*.db")];
        foreach (var file in files)
        {
            File.SetUnixFileMode(file, forAll);
        }

        File.SetUnixFileMode(relay.DataFolder, forAll | UnixFileMode.UserExecute | UnixFileMode.OtherExecute);
        await relay.Start();
        files.Select(File.GetUnixFileMode).ShouldAllBe(mode => mode == OwnerOnly);
        File.GetUnixFileMode(relay.DataFolder).ShouldBe(OwnerOnly | UnixFileMode.UserExecute);
    }

    [Fact]
    public async Task Nobody_takes_ICU_away_from_it()
    {
        var without = ("DOTNET_SYSTEM_GLOBALIZATION_INVARIANT", "1");
        if (BuiltProgram.IsRelayNative)
        {
            // The native program has no such switch, and compares names as always.
            await using var circle = await Circle.Found(1, without);
            await circle.Stranger(name: "Zo\u00eb").HasAsked();
            (await circle.Stranger(name: "Zoe\u0308").Asks()).ShouldBeRefused(400, "display_name_taken");
            return;
        }

        await using var relay = RelayProcess.Prepare(without);
        await ShouldRefuse(relay, "ICU");
    }

    [Theory]
    [InlineData("/metrics")]
    [InlineData("/api/metrics")]
    [InlineData("/api/stats")]
    [InlineData("/health/details")]
    [InlineData("/debug/vars")]
    public async Task Nothing_is_counted_that_could_be_asked_for(string path)
    {
        await using var relay = await RelayProcess.Run();
        (await relay.Get(path)).Status.ShouldBe(404);
    }

    [Fact]
    public async Task HTTP_2_is_not_spoken()
    {
        await using var relay = await RelayProcess.Run();
        using var connection = await RawConnection.Open(relay);
        await connection.Send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
        // One frame: GOAWAY (type 7) on stream 0, last stream 0, HTTP_1_1_REQUIRED (RFC 9113, 6.8 and 7).
        (await connection.ReadToEnd()).ShouldBe("\0\0\u0008\u0007\0\0\0\0\0\0\0\0\0\0\0\0\r");

        using var upgrading = await RawConnection.Open(relay);
        await upgrading.Send("GET /api/status HTTP/1.1\r\nHost: relay\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: \r\n\r\n");
        (await upgrading.ReadUntil("\r\n\r\n")).ShouldStartWith("HTTP/1.1 200");
    }

    [Theory]
    [InlineData(PosixSignal.SIGTERM)]
    [InlineData(PosixSignal.SIGINT)]
    public async Task A_signal_ends_it_cleanly_and_says_goodbye_on_the_sockets(PosixSignal signal)
    {
        await using var circle = await Circle.Found(2);
        await using var authenticated = await circle[0].Connects();
        await using var anonymous = await ClientSocket.Open(circle.Relay);
        using var idle = await RawConnection.Open(circle.Relay);
        await circle.Relay.Stop(signal);
        (await authenticated.ExpectClosed()).ShouldBe(WebSocketCloseStatus.EndpointUnavailable);
        await anonymous.ExpectClosed();
        circle.Relay.Output.ShouldNotContain("   at ");
    }

    [Fact]
    public async Task A_connection_that_does_not_read_does_not_hold_the_end_up()
    {
        await using var circle = await Circle.Found(2);
        using var deaf = await RawConnection.Open(circle.Relay, receiveBuffer: 4096);
        await deaf.Authenticate(circle[1].Sign());
        await using var sender = await circle[0].Connects();
        await Waiting.Until(() => circle[0].SeesOnline(circle[1]), "the deaf one is online");
        for (var number = 0; number < 8; number++)
        {
            await sender.Send("MESSAGE", circle[0].Message("general", $"m{number}", (circle[1], new string('x', 400_000))));
        }

        await sender.Settle();
        await circle.Relay.Stop();
    }

    [Fact]
    public async Task A_second_process_on_the_same_folder_is_refused()
    {
        await using var circle = await Circle.Found(1);
        await using var rival = circle.Relay.Rival();
        await ShouldRefuse(rival, "data");
        (await circle.Founder.Locks(true)).Status.ShouldBe(200);
        await circle.Relay.Stop();
        await rival.Start();
        (await rival.Get("/api/status")).Json.Flag("requests_locked").ShouldBeTrue();
    }

    [Fact]
    public async Task A_port_that_is_taken_is_named()
    {
        await using var first = await RelayProcess.Run();
        await using var second = RelayProcess.Prepare(("PORT", first.Port.ToString()));
        (await ShouldRefuse(second, "PORT")).ShouldContain(first.Port.ToString());
    }

    [Fact]
    public async Task A_data_folder_that_is_a_file_is_named()
    {
        await using var relay = RelayProcess.Prepare();
        await File.WriteAllTextAsync(relay.DataFolder, "not a folder");
        await ShouldRefuse(relay, "DATA_DIR");
        (await File.ReadAllTextAsync(relay.DataFolder)).ShouldBe("not a folder");
    }

    [Fact]
    public async Task The_database_of_an_older_server_is_never_touched()
    {
        await using var relay = RelayProcess.Prepare();
        Directory.CreateDirectory(relay.DataFolder);
        var file = Path.Combine(relay.DataFolder, "securechat.db");
        Execute(file, """
            CREATE TABLE members (
              id TEXT PRIMARY KEY, display_name TEXT NOT NULL, public_key TEXT NOT NULL, joined_at INTEGER NOT NULL, status TEXT DEFAULT 'active'
            );
            CREATE TABLE server_info (key TEXT PRIMARY KEY, value TEXT NOT NULL);
            INSERT INTO server_info VALUES ('founder_set', 'true');
            """);
        await ShouldLeaveAlone(relay, file);
    }

    [Theory]
    [InlineData("ledger.db")]
    [InlineData("securechat.db")]
    public async Task A_database_of_something_else_is_never_touched(string name)
    {
        await using var relay = RelayProcess.Prepare();
        Directory.CreateDirectory(relay.DataFolder);
        var file = Path.Combine(relay.DataFolder, name);
        Execute(file, "CREATE TABLE recipes (title TEXT); INSERT INTO recipes VALUES ('soup');");
        await ShouldLeaveAlone(relay, file);
    }

    [Theory]
    [InlineData("ledger.db")]
    [InlineData("securechat.db")]
    public async Task A_file_that_is_no_database_is_never_touched(string name)
    {
        await using var relay = RelayProcess.Prepare();
        Directory.CreateDirectory(relay.DataFolder);
        var file = Path.Combine(relay.DataFolder, name);
        await File.WriteAllTextAsync(file, string.Concat(Enumerable.Repeat("Dear diary, today I made no database.\n", 300)));
        await ShouldLeaveAlone(relay, file);
    }

    [Fact]
    public async Task The_ledger_of_another_circle_under_the_name_of_the_projections_is_refused()
    {
        await using var circle = await Circle.Found(1);
        await circle.Relay.Stop();
        circle.Relay.DeleteProjections();
        var file = Path.Combine(circle.Relay.DataFolder, "securechat.db");
        File.Copy(Path.Combine(circle.Relay.DataFolder, "ledger.db"), file);
        await ShouldLeaveAlone(circle.Relay, file);
    }

    /// <summary>It ends with one clear line that holds this text; returns the line.</summary>
    private static async Task<string> ShouldRefuse(RelayProcess relay, string text)
    {
        var (exitCode, lines) = await relay.StartInVain();
        exitCode.ShouldNotBe(0);
        var line = lines.ShouldHaveSingleItem(string.Join('\n', lines));
        line.ShouldContain(text, Case.Sensitive);
        return line;
    }

    private static async Task ShouldLeaveAlone(RelayProcess relay, string file)
    {
        var before = await File.ReadAllBytesAsync(file);
        var (exitCode, lines) = await relay.StartInVain();
        exitCode.ShouldNotBe(0);
        var said = string.Join('\n', lines);
        said.ShouldContain(Path.GetFileName(file));
        said.ShouldContain("import");
        said.ShouldNotContain("   at ");
        (await File.ReadAllBytesAsync(file)).ShouldBe(before);
        File.Exists(file + "-wal").ShouldBeFalse();
    }

    private static void Execute(string file, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={file};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
