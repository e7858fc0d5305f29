using System.Diagnostics;
using System.Text;

namespace SecureChat.EnduranceTests;

/// <summary>
/// Messages of one member in every form that clients use, with marks in every id and in every stretch of every blob. The one who
/// sends is the first of the circle; the second and the third get them all, the fifth is absent and the fourth gets what it can.
/// </summary>
internal sealed class Traffic(Circle circle, RawConnection connection, string idMark, string blobMark)
{
    private const int Fragment = 64 * 1024;

    private readonly long started = Stopwatch.GetTimestamp();
    private readonly SortedDictionary<string, int> forms = [];

    public long Bytes { get; private set; }

    public TimeSpan Elapsed => Stopwatch.GetElapsedTime(started);

    public string Forms => string.Join(", ", forms.Select(form => $"{form.Value} {form.Key}"));

    /// <summary>A blob of this length, the mark in it again and again.</summary>
    public static string Blob(string mark, int length)
    {
        StringBuilder blob = new();
        for (var number = 0; blob.Length < length; number++)
        {
            blob.Append($"c{mark}/{number}+");
        }

        return blob.ToString(0, length);
    }

    public async Task Send(int number)
    {
        var length = number % 50 == 7 ? 1 << 20 : number % 20 == 3 ? 1 << 16 : 60 + number % 400;
        // Clients may write any letter as an escape, and what has escapes is read elsewhere than where it lies.
        var first = number % 3 == 0 ? "\\u0063" : "c";
        var (id, blob) = ($"{first}{idMark}-{number}", first + Blob(blobMark, length)[1..]);
        switch (number % 6)
        {
            case 0:
                await SendFrame("to all alike", Old("general", id, blob), number);
                break;
            case 1:
                await SendFrame("one blob for each", Each("general", id, blob, 1, 2, 3, 4), number);
                break;
            case 2:
                await SendFrame("for two", Each("general", id, blob, 1, 2), number);
                break;
            case 3:
                await SendFrame("keys", Keys(blob), number);
                await SendFrame("to all alike", Old("general", id, blob), number);
                break;
            case 4:
                await SendFrame("one blob for each", Each("general", id, blob, 4, 3, 2, 1), number);
                await SendFrame("refused: the id again", Each("general", id, blob, 1), number);
                break;
            default:
                await SendFrame("refused: no such channel", Old("c" + blobMark, id, blob), number);
                await SendFrame("one blob for each", Each("general", id, blob, 1, 2, 3), number);
                break;
        }
    }

    private async Task SendFrame(string form, string json, int number)
    {
        var text = Encoding.ASCII.GetBytes(json);
        Bytes += text.Length;
        var opcode = number % 5 == 0 ? 2 : 1;
        if (text.Length <= Fragment && number % 4 != 0)
        {
            Count(form);
            await connection.Send(RawConnection.MaskedFrame((byte)(0x80 | opcode), text));
            return;
        }

        Count(form + " (fragments)");
        var part = Math.Min(Fragment, text.Length / 3);
        for (var at = 0; at < text.Length; at += part)
        {
            var rest = text.Length - at;
            var head = (at == 0 ? opcode : 0) | (rest <= part ? 0x80 : 0);
            await connection.Send(RawConnection.MaskedFrame((byte)head, text.AsSpan(at, Math.Min(part, rest))));
            await connection.Send(RawConnection.MaskedFrame(0x89, Encoding.ASCII.GetBytes("c" + blobMark)));
        }
    }

    private string Old(string channel, string id, string blob) =>
        $$$"""{"type":"MESSAGE","payload":{{{{Head(channel, id)}}},"encrypted_blob":"{{{blob}}}"}}""";

    private string Each(string channel, string id, string blob, params int[] places)
    {
        var letters = places.Select(place => $$$"""{"member_id":"{{{circle[place].Id}}}","encrypted_blob":"{{{blob}}}"}""");
        return $$$"""{"type":"MESSAGE","payload":{{{{Head(channel, id)}}},"recipients":[{{{string.Join(',', letters)}}}]}}""";
    }

    private string Keys(string blob) =>
        $$$"""
        {"type":"KEY_DISTRIBUTION","payload":{"from_member_id":"{{{circle[0].Id}}}","to_member_id":"{{{circle[1].Id}}}","channel_id":"general","encrypted_key_blob":"{{{blob}}}"}}
        """;

    private string Head(string channel, string id) =>
        $"\"channel_id\":\"{channel}\",\"message_id\":\"{id}\",\"sender_id\":\"{circle[0].Id}\"";

    private void Count(string form) => forms[form] = forms.GetValueOrDefault(form) + 1;
}
