using System.Text.Json;
using System.Text.RegularExpressions;

namespace SecureChat.SystemTests;

/// <summary>The operator's tool on a relay that runs: over HTTP with the audit token, and in its data folder.</summary>
public class AuditingTests
{
    private static readonly string[][] Commands =
    [
        ["history"], ["members", "--all"], ["requests"], ["diff", "0", "now"], ["verify"], ["checkpoint"], ["history", "--json"], ["members", "--at", "3", "--json"],
    ];

    [Fact]
    public async Task What_the_relay_serves_and_what_is_in_its_folder_is_the_same_story()
    {
        await using var circle = await Circle.Found(3, ("AUDIT_TOKEN", LedgerOverHttp.AuditToken), ("SERVER_NAME", "Family"));
        var stranger = circle.Stranger();
        var request = await stranger.HasAsked();
        await circle.Founder.Approves(request);
        foreach (var command in Commands)
        {
            var served = (await AuditTool.Run(LedgerOverHttp.AuditToken, [.. command, circle.Relay.Url.AbsoluteUri])).ShouldBeFine();
            var stored = (await AuditTool.Run(null, [.. command, circle.Relay.DataFolder])).ShouldBeFine();
            WithoutWhatDiffers(served).ShouldBe(WithoutWhatDiffers(stored), string.Join(' ', command));
        }

        var status = (await AuditTool.Run(LedgerOverHttp.AuditToken, "status", circle.Relay.Url.AbsoluteUri, "--json")).ShouldBeFine();
        var page = JsonDocument.Parse(status).RootElement;
        page.GetProperty("server_name").GetString().ShouldBe("Family");
        page.GetProperty("verified").GetBoolean().ShouldBeTrue();
        page.GetProperty("members").GetArrayLength().ShouldBe(3);
        page.GetProperty("requests")[0].GetProperty("not_voted").GetArrayLength().ShouldBe(2);
        (await AuditTool.Run(null, "status", circle.Relay.DataFolder)).ShouldBeFine().ShouldContain($"Members   3: {circle.Founder.Name}");

        await circle.Members[1].Approves(request);
        await circle.Members[2].Approves(request);
        (await circle.Status(request)).ShouldBe("approved");
    }

    [Fact]
    public async Task A_proof_from_the_relay_is_that_of_its_folder()
    {
        await using var circle = await Circle.Found(2, ("AUDIT_TOKEN", LedgerOverHttp.AuditToken));
        var served = Path.Combine(circle.Relay.Folder, "served");
        var stored = Path.Combine(circle.Relay.Folder, "stored");
        (await AuditTool.Run(LedgerOverHttp.AuditToken, "proof", circle.Members[1].Id, "-o", served, circle.Relay.Url.AbsoluteUri)).ShouldBeFine();
        (await AuditTool.Run(null, "proof", circle.Members[1].Id, "-o", stored, circle.Relay.DataFolder)).ShouldBeFine();
        (await File.ReadAllTextAsync(served)).ShouldBe(await File.ReadAllTextAsync(stored));
    }

    [Fact]
    public async Task Without_the_token_nothing_but_the_head_is_shown()
    {
        await using var circle = await Circle.Found(1, ("AUDIT_TOKEN", LedgerOverHttp.AuditToken));
        var url = circle.Relay.Url.AbsoluteUri;
        (await AuditTool.Run(null, "checkpoint", url)).ShouldBeFine();
        (await AuditTool.Run(null, "history", url)).ShouldBeRefused(3, "give the relay's AUDIT_TOKEN with --token");
        (await AuditTool.Run("another-token-0123456789abcdef", "history", url)).ShouldBeRefused(3, "does not accept this audit token");
        (await AuditTool.Run("another-token-0123456789abcdef", "history", url, "--token", LedgerOverHttp.AuditToken)).ShouldBeFine();
    }

    // How long it took, and the tables, which only the folder has.
    private static string WithoutWhatDiffers(string text) =>
        Regex.Replace(text, "^Took .*\n|^The tables in securechat.db .*\n|,\n  \"tables\": {[^}]*}", "", RegexOptions.Multiline);
}
