using System.Text.Json.Nodes;

namespace SecureChat.SystemTests;

/// <summary>After a busy day with logging turned up to the utmost, nothing that was only passed through stands in a file or a log line.</summary>
public class CanaryTests
{
    [Fact]
    public async Task Nothing_that_was_only_passed_through_is_written_anywhere()
    {
        await using var relay = await RelayProcess.Run(
            ("Logging__LogLevel__Default", "Trace"),
            ("Logging__LogLevel__Microsoft", "Trace"),
            ("Logging__LogLevel__Microsoft.AspNetCore", "Trace"),
            ("Logging__LogLevel__System", "Trace"));
        await using var circle = await Circle.FoundOn(relay, 3);
        List<string> secrets =
            ["canary-blob-for-one", "canary-blob-for-other", "canary-message-id", "canary-old-blob", "canary-old-id", "canary-sealed-key"];
        var founderKeys = new[] { RelayProcess.FounderKey, "canary-wrong-founder-key" };
        await circle.Stranger().Registers("canary-wrong-founder-key");

        await using (var first = await circle[0].Connects())
        await using (var second = await circle[1].Connects())
        {
            await first.Send("MESSAGE", circle[0].Message(
                "general", "canary-message-id", (circle[1], "canary-blob-for-one"), (circle[2], "canary-blob-for-other")));
            await second.Expect("MESSAGE");
            await second.Ack("canary-message-id");
            await first.Send("MESSAGE", circle[0].OldMessage("general", "canary-old-id", "canary-old-blob"));
            await second.Expect("MESSAGE");
            await first.Send("KEY_DISTRIBUTION", new JsonObject
            {
                ["from_member_id"] = circle[0].Id,
                ["to_member_id"] = circle[1].Id,
                ["channel_id"] = "general",
                ["encrypted_key_blob"] = "canary-sealed-key",
            });
            await second.Expect("KEY_DISTRIBUTION");

            // Refusals and nonsense are where servers like to quote.
            await first.Send("MESSAGE", circle[0].Message("canary-channel", "canary-message-id", (circle[1], "canary-blob-for-one")));
            await first.ExpectError();
            await first.SendText("canary-nonsense");
            await first.ExpectError();
            await second.SendText($$$"""{"type":"canary-type","payload":{}}""");
            await second.Settle();
            secrets.AddRange(["canary-channel", "canary-nonsense", "canary-type"]);
        }

        var stranger = circle.Stranger();
        stranger.Address = "198.51.100.213";
        var request = await stranger.HasAsked();
        var signed = circle[1].Sign();
        (await circle[1].Votes(request, false, signed)).Status.ShouldBe(200);
        var wrong = circle[1].Sign() with { Signature = circle[0].Sign().Signature };
        (await circle[1].Locks(true, wrong)).Status.ShouldBe(401);
        await relay.Get("/canary-path?canary-query=1");
        (await circle[1].Post("/api/lock-requests", "{\"canary-body\"")).Status.ShouldBe(400);
        await using (var failing = await ClientSocket.Open(relay, "/canary-socket-path"))
        {
            await failing.Authenticate(wrong with { Signature = "canary-signature" });
            await failing.ExpectAuthFailed();
        }

        var refused = circle.Stranger();
        refused.PublicKey = refused.Key.PrivatePem;
        (await refused.Asks()).ShouldBeRefused(400);
        var privateKey = refused.PublicKey.Split('\n')[5];
        secrets.AddRange([signed.Signature, wrong.Signature, "canary-signature", privateKey]);
        secrets.AddRange(["canary-path", "canary-query", "canary-body", "canary-socket-path"]);

        await relay.Stop();
        relay.Output.ShouldNotBeEmpty();
        var addresses = new[] { stranger.Address, circle[1].Address, circle[2].Address };
        foreach (var secret in secrets.Concat(founderKeys).Concat(addresses))
        {
            relay.FilesHolding(secret).ShouldBeEmpty(secret);
        }

        var clientText = circle.Members.Append(stranger)
            .SelectMany(person => new[] { person.Id, person.Name, person.Curve25519, person.PublicKey.Split('\n')[3] });
        foreach (var secret in secrets.Concat(founderKeys).Concat(addresses).Concat(clientText).Append(request))
        {
            relay.Output.ShouldNotContain(secret, Case.Sensitive);
        }
    }
}
