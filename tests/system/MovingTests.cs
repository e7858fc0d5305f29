using System.Security.Cryptography;

namespace SecureChat.SystemTests;

/// <summary>From an old server to this one, and from one machine to another: members come back with the keys that they had.</summary>
public class MovingTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Members_of_an_old_server_reconnect_and_talk_as_if_nothing_had_happened(bool isFirstVersion)
    {
        await using var relay = RelayProcess.Prepare(("FOUNDER_KEY", null), ("SERVER_NAME", "The old name"));
        var (ada, ben, cleo) = (new Person(relay), new Person(relay), new Person(relay));
        ben.PublicKey = ben.Key.Pkcs1Pem;
        (ada.Curve25519, ben.Curve25519, cleo.Curve25519) = ("", "", "");
        var file = Path.Combine(relay.Folder, "securechat.db");
        _ = new OldServer(file, isFirstVersion).With(ada).With(ben).With(cleo);
        var before = SHA256.HashData(await File.ReadAllBytesAsync(file));
        (await AdminProcess.Run("import", file, relay.DataFolder, "--yes")).ShouldBeFine();
        SHA256.HashData(await File.ReadAllBytesAsync(file)).ShouldBe(before);
        await relay.Start();

        var status = (await relay.Get("/api/status")).Json;
        status.Text("server_name").ShouldBe("The old name");
        status.Flag("founder_set").ShouldBeTrue();
        status.GetProperty("member_count").GetInt32().ShouldBe(3);
        var members = (await ben.Get("/api/members")).Json.GetProperty("members");
        members.GetArrayLength().ShouldBe(3);
        members.One("id", ben.Id).Text("public_key").ShouldBe(ben.Key.Pkcs1Pem);
        members.One("id", ben.Id).Text("curve25519_public_key").ShouldBeEmpty();
        members.One("id", ben.Id).GetProperty("joined_at").GetInt64().ShouldBe(1_700_000_000_001);
        (await cleo.Get("/api/channels")).Json.GetProperty("channels").EnumerateArray().Select(channel => channel.Text("id"))
            .ShouldBe(["general", Envelope.DirectChannel(ada, cleo), Envelope.DirectChannel(ben, cleo)], ignoreOrder: true);

        await using var ofAda = await ada.Connects();
        await using var ofBen = await ben.Connects();
        await ofAda.Send("MESSAGE", ada.Message("general", "m1", (ben, "to all")));
        (await ofBen.Expect("MESSAGE", Envelope.Fields)).Text("encrypted_blob").ShouldBe("to all");
        await ofBen.Send("MESSAGE", ben.Message(Envelope.DirectChannel(ada, ben), "m2", (ada, "to you")));
        (await ofAda.Expect("MESSAGE", Envelope.Fields)).Text("sender_name").ShouldBe(ben.Name);

        var dora = new Person(relay);
        var request = await dora.HasAsked();
        await ada.Approves(request);
        await ben.Approves(request);
        (await dora.Get("/api/members")).ShouldBeRefused(401, "member_not_found");
        await cleo.Approves(request);
        (await dora.Get("/api/members")).Status.ShouldBe(200);
        (await relay.Post("/api/register", new Person(relay).Founding())).ShouldBeRefused(400, "founder_already_registered");
        (await AdminProcess.Run("verify", relay.DataFolder)).ShouldBeFine();
    }

    [Fact]
    public async Task What_such_databases_have_gathered_over_the_years_stays_behind()
    {
        await using var relay = RelayProcess.Prepare();
        var (ada, ben, left, asking, rejected, colon) = (
            new Person(relay), new Person(relay), new Person(relay), new Person(relay), new Person(relay), new Person(relay, id: "with:colon"));
        ada.Curve25519 = "";
        var file = Path.Combine(relay.Folder, "securechat.db");
        new OldServer(file).With(ada).With(left, "left").With(ben).WithCurve25519(ben).With(colon)
            .WithRequest(asking, "pending").WithRequest(rejected, "rejected");
        (await AdminProcess.Run("import", file, relay.DataFolder)).ExitCode.ShouldBe(2);
        Directory.Exists(relay.DataFolder).ShouldBeFalse();
        var ran = (await AdminProcess.Run("import", file, relay.DataFolder, "--yes")).ShouldBeFine();
        ran.Output.ShouldContain("Members who CANNOT come over, and can only ask to join anew: 1\n");
        await relay.Start();

        (await ada.Get("/api/members")).Json.GetProperty("members").GetArrayLength().ShouldBe(2);
        (await ben.Get("/api/members")).Json.GetProperty("members").One("id", ben.Id).Text("curve25519_public_key").ShouldBe(ben.Curve25519);
        (await ada.Get("/api/channels")).Json.GetProperty("channels").One("id", "general").GetProperty("member_ids").GetArrayLength().ShouldBe(2);
        foreach (var gone in new[] { left, colon })
        {
            (await gone.Get("/api/members")).ShouldBeRefused(401, "member_not_found");
        }

        // Neither the request nor its address keeps anybody out.
        (await asking.Asks()).Status.ShouldBe(200);
        await relay.Stop();
        relay.FilesHolding(ben.Id).ShouldNotBeEmpty();
        foreach (var text in new[] { left.Id, rejected.Id, rejected.Address, colon.Id })
        {
            relay.FilesHolding(text).ShouldBeEmpty();
        }
    }

    [Fact]
    public async Task A_backup_made_while_the_relay_runs_is_the_relay_of_another_machine()
    {
        await using var circle = await Circle.Found(2);
        var backup = Path.Combine(circle.Relay.Folder, "backup.db");
        await using var socket = await circle[1].Connects();
        (await AdminProcess.Run("backup", backup, circle.Relay.DataFolder)).ShouldBeFine().Output.ShouldContain("4 entries");
        await circle.Relay.Kill();
        Directory.Delete(circle.Relay.DataFolder, recursive: true);

        (await AdminProcess.Run("restore", backup, circle.Relay.DataFolder)).ShouldBeFine();
        await circle.Relay.Start();
        await circle.Admit(circle.Stranger());
        (await AdminProcess.Run("restore", backup, circle.Relay.DataFolder)).ExitCode.ShouldBe(2);
        (await AdminProcess.Run("rebuild", circle.Relay.DataFolder)).ExitCode.ShouldBe(3);
        await circle.Relay.Stop();
        (await AdminProcess.Run("rebuild", circle.Relay.DataFolder)).ShouldBeFine();
        await circle.Relay.Start();
        (await circle[2].Get("/api/members")).Json.GetProperty("members").GetArrayLength().ShouldBe(3);
    }
}
