using System.Text;

namespace SecureChat.EnduranceTests.Hostile;

/// <summary>Makes something odd of a well-formed request: method, path, query, headers, body.</summary>
internal static class SpoiledRequest
{
    private static readonly string[] Methods =
        ["GET", "POST", "DELETE", "PUT", "PATCH", "HEAD", "OPTIONS", "TRACE", "CONNECT", "get", "G", "PROPFIND"];

    // What no parser of HTTP takes: now and then only, or nothing else would be seen of the relay.
    private static readonly string[] NoMethods = ["GET\u0001", "P\u00C4ST", "A-VERY-LONG-METHOD-THAT-NOBODY-HAS", "", "GET GET"];
    private static readonly string[] NoNames = ["Bad Name", "x\u00E4", "", "x:y", "x\u0001"];
    private static readonly string[] NoValues = ["\u0001", "\u0000", "\u001F", "\u0000x"];

    private static readonly string[] Segments =
    [
        "..", ".", "", "%2e%2e", "%2F", "%00", "%", "%zz", "%FF%FE", "%C0%AF", "%E2%82", "a b", "é", ";a=b", "x", "api", "ledger", "tile", "00000000-0000-0000-0000-000000000000", "%0d%0a", "*",
        "x001", "000.p", "999999999999999999999", "-1", "+1", "%31", "~", "'", "\"", "<", "\\", "\u007F", "\u0001", "#x", "?",
    ];

    private static readonly string[] Queries =
    [
        "?", "??", "?leaf=1", "?leaf=01", "?leaf=-1", "?leaf=1&leaf=1", "?leaf=99999999999999999999", "?leaf=%31", "?LEAF=1", "?leaf", "?leaf=", "?from=1&to=x", "?from=1", "?from=0&to=0",
        "?to=1", "?from=2&to=1", "?from=9223372036854775807", "?%00", "?a=%zz", "?leaf=1%00", "?=&=&", "?from=1;to=2", "?leaf=\u0661", "?leaf=1#",
    ];

    private static readonly string[] Names =
    [
        "x-member-id", "x-signature", "x-timestamp", "Signature-Input", "Signature", "Content-Digest", "x-statement", "x-statement-signature", "Content-Type", "Authorization", "Host",
        "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "Origin", "Cookie", "Range", "If-None-Match", "Accept-Encoding", "Content-Encoding", "Transfer-Encoding", "Content-Length", "Date", "X-HTTP-Method-Override", "x",
    ];

    private static readonly string[] Values =
    [
        "", " ", "x", "0", "-1", "+4", "0x4", "1, 1", "chunked", "gzip, chunked", "identity", "application/json", "application/json; charset=utf-16", "text/plain", "application/json;charset", ";", "\"", "\\",
        "Bearer ", "Bearer x", "Basic Og==", "::1", "203.0.113.007", "[::1]:80", "::ffff:1.2.3.4", "999.1.1.1", "xn--", "a@b", "relay:99999", "relay, relay", "../", "\u00E9", "\u00FF", "\u007F", "\t", "bytes=0-",
        "sc=()", "sc=:AAAA:", "sc=(\"@method\");tag=\"securechat-api/v1\"", "sha-256=:AAAA:", "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:", "sha-512=:,", "1e3", "99999999999999999999",
    ];

    /// <summary>The request with so many changes that it is different most of the time.</summary>
    public static HostileRequest Of(HostileRequest request, Dice dice)
    {
        for (var changes = dice.Below(4); changes > 0; changes--)
        {
            request = Change(request, dice);
        }

        return request.Body is null ? request : request with { Body = SpoiledJson.Of(Encoding.UTF8.GetString(request.Body), dice) };
    }

    private static HostileRequest Change(HostileRequest request, Dice dice)
    {
        List<(string Name, string Value)> headers = [.. request.Headers];
        var at = dice.Below(headers.Count + 1);
        switch (dice.Below(12))
        {
            case 0:
                return request with { Method = Rarely(Methods, NoMethods, dice) };
            case 1 or 2:
                return request with { Target = WithSegment(request.Target, dice) };
            case 3:
                return request with { Target = request.Target.Split('?')[0] + dice.OneOf(Queries) };
            case 4 when request.Body is null:
                return request with { Body = "{}"u8.ToArray() };
            case 4 or 5 when dice.OneIn(6):
                return request with { Body = dice.OneIn(2) ? null : [.. Enumerable.Repeat((byte)' ', dice.OneOf([0, 65_536, 65_537, 70_000]))] };
            case 6 or 7 when at < headers.Count:
                headers[at] = (headers[at].Name, Spoiled(headers[at].Value, dice));
                break;
            case 8 when at < headers.Count:
                headers.RemoveAt(at);
                break;
            case 9 when at < headers.Count:
                headers.Insert(at, headers[at]);
                break;
            case 10 when at < headers.Count:
                headers[at] = (dice.OneIn(2) ? headers[at].Name.ToUpperInvariant() : Rarely(Names, NoNames, dice), headers[at].Value);
                break;
            default:
                headers.Insert(at, (Rarely(Names, NoNames, dice), dice.OneIn(300) ? new string('x', 40_000) : Rarely(Values, NoValues, dice)));
                break;
        }

        return request with { Headers = headers };
    }

    private static string Rarely(string[] usual, string[] rare, Dice dice) => dice.OneOf(dice.OneIn(20) ? rare : usual);

    private static string WithSegment(string target, Dice dice)
    {
        List<string> segments = [.. target.Split('/')];
        var at = dice.Below(segments.Count + 1);
        if (at == segments.Count)
        {
            segments.Add(dice.OneIn(40) ? new string('x', 9_000) : dice.OneOf(Segments));
        }
        else
        {
            segments[at] = dice.OneOf(Segments);
        }

        return string.Join('/', segments);
    }

    private static string Spoiled(string value, Dice dice)
    {
        var at = dice.Below(value.Length + 1);
        return dice.Below(6) switch
        {
            0 => Rarely(Values, NoValues, dice),
            1 when at < value.Length => value.Remove(at, 1),
            2 when at < value.Length => $"{value[..at]}{(char)(value[at] ^ 1)}{value[(at + 1)..]}",
            3 => value + value,
            4 => value.Insert(at, dice.OneOf(Values)),
            _ => $" \t{value} ",
        };
    }
}
