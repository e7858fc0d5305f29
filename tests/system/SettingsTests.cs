namespace SecureChat.SystemTests;

/// <summary>Settings come from the environment and from <c>.env</c>; one that makes no sense stops the start.</summary>
public class SettingsTests
{
    [Theory]
    [InlineData("PORT", "abc")]
    [InlineData("PORT", "-1")]
    [InlineData("PORT", "65536")]
    [InlineData("PORT", "30 00")]
    [InlineData("HOST", "not a host")]
    [InlineData("FOUNDER_KEY", "short")]
    [InlineData("FOUNDER_KEY", "elevenchars")]
    [InlineData("FOUNDER_KEY", "your_secret_founder_key_here")]
    [InlineData("PUBLIC_URL", "chat.example")]
    [InlineData("PUBLIC_URL", "ftp://chat.example")]
    [InlineData("MAX_MESSAGE_BYTES", "many")]
    [InlineData("MAX_MESSAGE_BYTES", "-1")]
    [InlineData("MAX_MESSAGE_BYTES", "0")]
    [InlineData("MAX_OUTBOX_BYTES", "4MiB")]
    [InlineData("MAX_CONNECTIONS", "0")]
    [InlineData("MAX_CONNECTIONS", "-5")]
    [InlineData("MAX_CONNECTIONS_PER_ADDRESS", "x")]
    [InlineData("PING_SECONDS", "-1")]
    [InlineData("PING_SECONDS", "often")]
    [InlineData("RATE_LIMIT_PER_MINUTE", "-1")]
    [InlineData("RATE_LIMIT_PER_MINUTE", "1.5")]
    [InlineData("TRUSTED_PROXIES", "300.1.2.3")]
    [InlineData("TRUSTED_PROXIES", "10.0.0.0/33")]
    [InlineData("TRUSTED_PROXIES", "proxy.example")]
    [InlineData("TLS_CERT", "/no/such/file.pem")]
    [InlineData("TLS_KEY", "/no/such/file.pem")]
    public async Task A_setting_that_makes_no_sense_stops_the_start_with_one_line_that_names_it(string name, string value)
    {
        await using var relay = RelayProcess.Prepare((name, value));
        var (exitCode, lines) = await relay.StartInVain();
        exitCode.ShouldNotBe(0);
        lines.ShouldHaveSingleItem(string.Join('\n', lines)).ShouldContain(name, Case.Sensitive);
        if (name == "FOUNDER_KEY" && value != "short")
        {
            relay.Output.ShouldNotContain(value);
        }
    }

    [Fact]
    public async Task A_founder_key_that_is_too_short_does_no_harm_once_there_is_a_founder()
    {
        await using var circle = await Circle.Found(1);
        await circle.Relay.Stop();
        circle.Relay.Settings["FOUNDER_KEY"] = "short";
        await circle.Relay.Start();
        (await circle.Founder.Get("/api/members")).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Settings_may_stand_in_an_env_file_and_the_environment_wins()
    {
        await using var relay = RelayProcess.Prepare(("FOUNDER_KEY", null), ("PUBLIC_URL", "https://environment.example"));
        await File.WriteAllTextAsync(Path.Combine(relay.Folder, ".env"), """
            # A comment, and an empty line

            SERVER_NAME=From the file
            FOUNDER_KEY="a-founder-key-of-the-file"
            PUBLIC_URL=https://file.example
            """);
        await relay.Start();
        var status = (await relay.Get("/api/status")).Json;
        status.Text("server_name").ShouldBe("From the file");
        status.Text("server_url").TrimEnd('/').ShouldBe("https://environment.example");
        File.Exists(Path.Combine(relay.DataFolder, "founder.key")).ShouldBeFalse();
        (await new Person(relay).Registers("a-founder-key-of-the-file")).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Data_go_into_the_folder_data_unless_the_setting_says_otherwise()
    {
        await using var relay = RelayProcess.Prepare(("DATA_DIR", null));
        await relay.Start();
        File.Exists(Path.Combine(relay.Folder, "data", "ledger.db")).ShouldBeTrue();
        await relay.Stop();

        relay.Settings["DATA_DIR"] = "some/where else";
        await relay.Start();
        File.Exists(Path.Combine(relay.Folder, "some", "where else", "ledger.db")).ShouldBeTrue();
    }

    [Fact]
    public async Task An_empty_setting_is_as_good_as_none()
    {
        await using var relay = await RelayProcess.Run(("SERVER_NAME", ""), ("PUBLIC_URL", ""), ("TLS_CERT", null));
        (await relay.Get("/api/status")).Json.Text("server_name").ShouldBe("SecureChat Server");
    }
}
