using System.Text.Json;

namespace SecureChat.EnduranceTests.Hostile;

/// <summary>First frames of somebody who has not logged in, one on each connection, on some of which the relay has asked a challenge.</summary>
internal sealed class StrangerFrames(Attacked attacked, Documented documented)
{
    /// <summary>Opens a connection, sends the frame of this number, and gives what is wrong with the answer, with the frame, or null.</summary>
    public async Task<string?> Complaint(ulong seed, int number)
    {
        var dice = Dice.Of(seed, number);
        var isChallenged = dice.OneIn(3);
        using var socket = await RawSocket.Upgrade(attacked.Relay, isChallenged ? "Sec-WebSocket-Protocol: securechat.v2\r\n" : "");
        var challenge = isChallenged ? JsonDocument.Parse((await socket.ReadFrame()).ShouldNotBeNull().Payload).RootElement.GetProperty("payload") : default;
        var wellFormed = isChallenged && dice.OneIn(2) ? Answer(challenge, dice) : WellFormed(dice);
        var frame = HostileFrame.Of(wellFormed, dice);
        byte[] wire = [.. frame.Wire(), .. ClientBytes.Frame(ServerFrame.Ping, "end")];
        await socket.Send(wire);
        var complaint = await Judge(socket, frame, wellFormed);
        return complaint is null ? null : $"{complaint}\nbefore AUTH{(isChallenged ? ", challenged" : "")}: {frame}\nmade from {wellFormed}";
    }

    private async Task<string?> Judge(RawSocket socket, HostileFrame frame, string wellFormed)
    {
        var failed = false;
        while (await socket.ReadFrame() is { } answer)
        {
            switch (answer.First)
            {
                case ServerFrame.Text:
                    var json = JsonDocument.Parse(answer.Payload).RootElement;
                    failed |= json.Text("type") == "AUTH_FAILED";
                    if ((documented.Judge(json) ?? (json.Text("type") is "AUTH_FAILED" or "AUTH_OK" or "JOIN_REQUEST" ? null : $"Not before AUTH: {json}")) is { } complaint)
                    {
                        return complaint;
                    }

                    break;
                case ServerFrame.Pong when failed:
                    return "A ping was answered after AUTH_FAILED";
                case ServerFrame.Pong:
                    return SaysTheSame(frame, wellFormed) ? null : "Logged in with something else than what was signed";
                case ServerFrame.Close:
                    var code = (answer.Payload[0] << 8) | answer.Payload[1];
                    return !failed ? $"Closed with {code} and no AUTH_FAILED" : code == (frame.IsBadText ? 1007 : 1008) ? null : $"Closed with {code}";
            }
        }

        return "The connection ended without a close frame";
    }

    // Whoever gets in has sent exactly what was signed, whatever else stands around it.
    private static bool SaysTheSame(HostileFrame frame, string wellFormed)
    {
        return JsonDocument.Parse(wellFormed).RootElement.TryGetProperty("payload", out var signed)
            && HostileFrame.Member(frame.Json, "payload") is { } payload
            && signed.EnumerateObject().All(field => HostileFrame.Member(payload, field.Name)?.ToString() == field.Value.ToString());
    }

    private string Answer(JsonElement challenge, Dice dice)
    {
        var member = attacked.Cleo;
        var text = $"securechat-auth/v1\norigin {challenge.Text("origin")}\nhost relay\nmember {member.Id}\nchallenge {challenge.Text("challenge")}\ntime {Person.Now}\n";
        var sent = dice.OneIn(3) ? text.Remove(dice.Below(text.Length), 1) : text;
        return JsonSerializer.Serialize(new { type = "AUTH", payload = new { member_id = member.Id, statement = sent, signature = member.Key.Sign(text) } });
    }

    private string WellFormed(Dice dice) => dice.Below(8) switch
    {
        0 => """{"type":"PING"}""",
        1 => $$$"""{"type":"MESSAGE","payload":{"channel_id":"general","sender_id":"{{{attacked.Cleo.Id}}}","encrypted_blob":"x"}}""",
        2 => $$$"""{"type":"AUTH","payload":{"member_id":"{{{attacked.Ada.Id}}}","signature":"AAAA","timestamp":{{{Person.Now}}}}}""",
        3 => $$$"""{"type":"AUTH","payload":{"member_id":"nobody","signature":"AAAA","timestamp":"{{{Person.Now}}}"}}""",
        4 => $$$"""{"type":"AUTH","payload":{"member_id":"{{{attacked.Cleo.Id}}}","statement":"securechat-auth/v1\norigin x\n","signature":"AAAA"}}""",
        _ => attacked.Cleo.Auth(),
    };
}
