using System.Text.Json;

namespace SecureChat.EnduranceTests.Hostile;

/// <summary>Frames of a member who has logged in and means harm, in batches on one connection; what comes back is judged.</summary>
internal sealed class MemberFrames(Attacked attacked, Documented documented)
{
    /// <summary>How many frames go out before their answers are read.</summary>
    public const int BatchSize = 40;

    private RawSocket? socket;

    /// <summary>The batch of this number. What ends a connection stands last, so that everything before it is answered.</summary>
    public IReadOnlyList<HostileFrame> Batch(ulong seed, int number)
    {
        var dice = Dice.Of(seed, number);
        HostileFrame[] frames = [.. Enumerable.Range(0, BatchSize).Select(_ => HostileFrame.Of(WellFormed(dice), dice))];
        return [.. frames.OrderBy(frame => frame.IsBadText ? 2 : frame.IsAuth ? 1 : 0)];
    }

    /// <summary>Sends a batch on the connection that is there, or on a new one; gives what is wrong with the answers, or null.</summary>
    public async Task<string?> Complaint(IReadOnlyList<HostileFrame> batch)
    {
        socket ??= await LogIn();
        byte[] wire = [.. batch.SelectMany(frame => frame.Wire()), .. ClientBytes.Frame(ServerFrame.Ping, "end")];
        await socket.Send(wire);
        var wrong = 0;
        var ended = false;
        string? complaint = null;
        while (!ended && complaint is null)
        {
            var frame = await socket.ReadFrame();
            switch (frame?.First)
            {
                case ServerFrame.Pong when frame.Payload.AsSpan().SequenceEqual("end"u8):
                    ended = true;
                    break;
                case ServerFrame.Text:
                    complaint = Judge(frame.Payload, batch, ref wrong);
                    break;
                case ServerFrame.Close:
                    complaint = JudgeEnd((frame.Payload[0] << 8) | frame.Payload[1], batch);
                    ended = true;
                    Drop();
                    break;
                default:
                    complaint = frame is null ? "The connection ended without a close frame" : $"A frame {frame.First:x2} that nobody asked for";
                    break;
            }
        }

        // Counted independently: with .NET's own parser, before anything that ends the connection.
        var expected = batch.TakeWhile(frame => !frame.IsBadText && !frame.IsAuth).Count(frame => frame.Json is null);
        if (complaint is null && !batch.Any(frame => frame.IsAuth || frame.IsBadText) && wrong != expected)
        {
            complaint = $"Answers of invalid_json: {wrong}, frames that are no JSON: {expected}";
        }

        if (complaint is not null)
        {
            Drop();
        }

        return complaint;
    }

    /// <summary>The fewest frames of a batch, with the fewest bytes, that are complained about on a connection of their own.</summary>
    public async Task<IReadOnlyList<HostileFrame>> Reduced(IReadOnlyList<HostileFrame> batch)
    {
        Drop();
        var fewest = await Reduction.Of(batch, async frames => await Complaint(frames) is not null);
        if (fewest is not [var only])
        {
            return fewest;
        }

        var bytes = await Reduction.Of<byte>(only.Bytes, async bytes => await Complaint([new HostileFrame([.. bytes], only.IsText, [])]) is not null);
        HostileFrame shortest = new([.. bytes], only.IsText, []);
        return [await Complaint([shortest]) is not null ? shortest : only];
    }

    public void Drop()
    {
        socket?.Dispose();
        socket = null;
    }

    private string? Judge(byte[] payload, IReadOnlyList<HostileFrame> batch, ref int wrong)
    {
        var json = JsonDocument.Parse(payload).RootElement;
        wrong += json.Text("type") == "ERROR" && json.GetProperty("payload").Text("code") == "invalid_json" ? 1 : 0;
        return json.Text("type") == "AUTH_FAILED" && !batch.Any(frame => frame.IsAuth) ? $"AUTH_FAILED and no AUTH: {json}" : documented.Judge(json);
    }

    private static string? JudgeEnd(int code, IReadOnlyList<HostileFrame> batch) => code switch
    {
        1008 when batch.Any(frame => frame.IsAuth) => null,
        1007 when batch.Any(frame => frame.IsBadText) => null,
        _ => $"The connection was closed with {code}",
    };

    private async Task<RawSocket> LogIn()
    {
        var opened = await RawSocket.Upgrade(attacked.Relay);
        await opened.Send(ClientBytes.Frame(ServerFrame.Text, attacked.Cleo.Auth()));
        return opened;
    }

    private string WellFormed(Dice dice)
    {
        var me = attacked.Cleo.Id;
        var other = dice.OneOf(attacked.Circle.Members).Id;
        var channel = dice.OneOf(["general", "general", $"{me}:{other}", $"{other}:{me}", Envelope.DirectChannel(attacked.Cleo, attacked.Ada), "nowhere"]);
        var id = $"m-{dice.Below(1_000_000)}";
        return dice.Below(26) switch
        {
            < 8 => $$$"""{"type":"MESSAGE","payload":{"channel_id":"{{{channel}}}","message_id":"{{{id}}}","sender_id":"{{{me}}}","sender_curve25519_public_key":"{{{attacked.Cleo.Curve25519}}}","recipients":[{"member_id":"{{{attacked.Ada.Id}}}","encrypted_blob":"QUJD"},{"member_id":"{{{other}}}","encrypted_blob":"QUJD"}]}}""",
            < 11 => $$$"""{"type":"MESSAGE","payload":{"channel_id":"{{{channel}}}","message_id":"{{{id}}}","sender_id":"{{{me}}}","encrypted_blob":"QUJD"}}""",
            < 15 => $$$"""{"type":"KEY_DISTRIBUTION","payload":{"from_member_id":"{{{me}}}","to_member_id":"{{{other}}}","channel_id":"{{{channel}}}","encrypted_key_blob":"QUJD"}}""",
            < 18 => $$$"""{"type":"JOIN_RESPONSE","payload":{"request_id":"{{{Guid.Empty}}}","approved":true,"member_id":"{{{me}}}"}}""",
            < 20 => $$$"""{"type":"JOIN_RESPONSE","payload":{"request_id":"{{{Guid.Empty}}}","approved":false,"member_id":"{{{me}}}","statement":"securechat-vote/v1\norigin x\n","statement_signature":"AAAA"}}""",
            < 22 => $$$"""{"type":"ACK","payload":{"message_id":"{{{id}}}"}}""",
            22 => """{"type":"PING","payload":{}}""",
            23 => $$$"""{"type":"{{{dice.OneOf(["DELIVERED", "MEMBER_LEFT", "AUTH_OK", "CHALLENGE", "SOMETHING_NEW", ""])}}}","payload":{"message_id":"x","member_id":"{{{other}}}"}}""",
            24 when dice.OneIn(20) => $$$"""{"type":"AUTH","payload":{"member_id":"{{{me}}}","signature":"AAAA","timestamp":{{{Person.Now}}},"statement":"x"}}""",
            _ => """{"type":"PING"}""",
        };
    }
}
