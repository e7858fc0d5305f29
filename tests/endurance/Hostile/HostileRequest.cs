using System.Text;
using System.Text.Json;

namespace SecureChat.EnduranceTests.Hostile;

/// <summary>A request as bytes that are put together at the last moment, so that its parts can be left out.</summary>
/// <param name="Method">The first word.</param>
/// <param name="Target">The second.</param>
/// <param name="Headers">Names and values, one a line; Content-Length is added, unless one is there.</param>
/// <param name="Body">Null for none.</param>
internal sealed record HostileRequest(string Method, string Target, IReadOnlyList<(string Name, string Value)> Headers, byte[]? Body)
{
    /// <summary>Whether the length of the body is said by the request, rightly or not, and not by us: nothing can follow it.</summary>
    public bool SaysItsLength => Headers.Any(header => header.Name.ToLowerInvariant() is "content-length" or "transfer-encoding" or "connection" or "upgrade");

    public byte[] Wire()
    {
        StringBuilder head = new($"{Method} {Target} HTTP/1.1\r\n");
        foreach (var (name, value) in Headers)
        {
            head.Append($"{name}: {value}\r\n");
        }

        if (SaysItsLength)
        {
            head.Append("Connection: close\r\n");
        }
        else if (Body is not null)
        {
            head.Append($"Content-Length: {Body.Length}\r\n");
        }

        return [.. Encoding.Latin1.GetBytes(head.Append("\r\n").ToString()), .. Body ?? []];
    }

    /// <summary>The values of a header, as a server has to see them.</summary>
    public IReadOnlyList<string> Values(string name) =>
        [.. Headers.Where(header => header.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(header => header.Value.Trim(' ', '\t'))];

    public override string ToString() => $"{JsonSerializer.Serialize(Encoding.Latin1.GetString(Wire()), HostileFrame.Readable)}, in base64 {Convert.ToBase64String(Wire())}";
}
