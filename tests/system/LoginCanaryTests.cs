using System.Text.Json.Nodes;

namespace SecureChat.SystemTests;

/// <summary>
/// What people prove themselves with, names that were refused, and the addresses from which they came: afterwards none of it stands in a
/// file of the data folder, the working folder or the folder for temporary files, nor in a log line, with logging turned up to the utmost.
/// </summary>
public class LoginCanaryTests
{
    private const string Address = "198.51.100.77";
    private const string AnotherAddress = "198.51.100.78";

    private readonly List<string> secrets = [];

    [Fact]
    public async Task Signatures_challenges_refused_names_and_addresses_leave_nothing_behind()
    {
        await using var relay = RelayProcess.Prepare(("Logging__LogLevel__Default", "Trace"), ("Logging__LogLevel__Microsoft", "Trace"));
        relay.Settings["TMPDIR"] = Directory.CreateDirectory(Path.Combine(relay.Folder, "temporary")).FullName;
        await relay.Start();
        await using var circle = await Circle.FoundOn(relay, 2);
        await Challenged(circle);
        await SignedAsAWhole(circle);
        await NamesAreRefused(circle);
        await AddressesAreResolved(circle);
        secrets.Add(RelayProcess.FounderKey);

        Nowhere(relay);
        await relay.Stop();
        Nowhere(relay);
        Directory.EnumerateFileSystemEntries(relay.Settings["TMPDIR"]!, "*", SearchOption.AllDirectories).ShouldBeEmpty();
        relay.LeftHolding(circle[1].Id).ShouldNotBeEmpty("the control: what is kept on purpose is found");
    }

    private async Task Challenged(Circle circle)
    {
        await using var socket = await ClientSocket.Open(circle.Relay, subprotocols: ["securechat.v2"]);
        var challenge = await socket.Expect("CHALLENGE", "challenge", "origin");
        var statement = $"securechat-auth/v1\norigin {challenge.Text("origin")}\nhost {circle.Relay.Url.Authority}\nmember {circle[1].Id}\n"
            + $"challenge {challenge.Text("challenge")}\ntime {Person.Now}\n";
        var signature = circle[1].Key.Sign(statement);
        await socket.Send("AUTH", new JsonObject { ["member_id"] = circle[1].Id, ["statement"] = statement, ["signature"] = signature });
        await socket.Expect("AUTH_OK");
        secrets.AddRange([challenge.Text("challenge"), signature, "securechat-auth/v1"]);
    }

    private async Task SignedAsAWhole(Circle circle)
    {
        WholeSignature reading = new(circle[1], HttpMethod.Get, "/api/members?canary-query=1");
        (await reading.Send()).Status.ShouldBe(200);
        WholeSignature changing = new(circle[1], HttpMethod.Post, "/api/lock-requests", """{"locked":false,"canary-field":"canary-value"}""");
        (await changing.Send()).Status.ShouldBe(200);
        WholeSignature failing = new(circle[1], HttpMethod.Post, "/api/lock-requests", """{"locked":true}""") { SentBody = """{"locked":false}""" };
        (await failing.Send()).Status.ShouldBe(401);
        secrets.AddRange([reading.Signature, changing.Signature, failing.Signature, reading.Nonce, failing.Nonce]);
        secrets.AddRange(["canary-query", "canary-field", "canary-value"]);
    }

    private async Task NamesAreRefused(Circle circle)
    {
        foreach (var name in (string[])["canary-name\u202Ebackwards", "canary-name\u200Bhidden", $"canary-name{new string('x', 70)}", "canary-name\u0007bell"])
        {
            var stranger = circle.Stranger("canary-id-of-the-refused", name);
            (await stranger.Asks()).ShouldBeRefused(400);
            secrets.AddRange([stranger.Curve25519, stranger.Address]);
        }

        // Somebody else's name, written with letters that only look the same (Cyrillic).
        var alike = circle.Stranger("canary-id-of-the-alike", circle[1].Name.Replace('e', '\u0435'));
        (await alike.Asks()).ShouldBeRefused(400, "display_name_taken");
        secrets.AddRange(["canary-name", "canary-id-of-the-refused", "canary-id-of-the-alike", alike.Name, alike.Address]);
    }

    private async Task AddressesAreResolved(Circle circle)
    {
        var (denied, admitted) = (circle.Stranger(), circle.Stranger());
        (denied.Address, admitted.Address) = (Address, AnotherAddress);
        var request = await denied.HasAsked();
        circle.Relay.LeftHolding(Address).ShouldNotBeEmpty("the control: an address is kept while its request is pending");
        await circle[1].Rejects(request);
        await circle.Admit(admitted);
        await admitted.Leaves();
        secrets.AddRange([Address, AnotherAddress, circle[0].Address, circle[1].Address]);
    }

    private void Nowhere(RelayProcess relay)
    {
        relay.Output.ShouldNotBeEmpty();
        foreach (var secret in secrets)
        {
            relay.LeftHolding(secret).ShouldBeEmpty(secret);
            relay.Output.ShouldNotContain(secret, Case.Sensitive);
        }
    }
}
