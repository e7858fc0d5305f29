using System.Text.Json;

namespace SecureChat.Floor;

/// <summary>A circle that only counts: as many are members as were let in, and as many votes let somebody in as there are members.</summary>
internal sealed class CountedCircle
{
    private int members;
    private int votes;

    public async Task<string?> AnswerAsync(HttpRequest request)
    {
        if (request is { Method: "GET", Path.Value: "/" })
        {
            return """{"status": "floor"}""";
        }

        if (request.Method != "POST")
        {
            return null;
        }

        using JsonDocument body = await JsonDocument.ParseAsync(request.Body);
        switch (request.Path.Value)
        {
            case "/api/register":
                members = 1;
                return """{"success":true}""";
            case "/api/join-request":
                votes = 0;
                return """{"request_id":"00000000-0000-4000-a000-000000000000"}""";
            default:
                bool all = Interlocked.Increment(ref votes) == members;
                members += all ? 1 : 0;
                return all ? """{"success":true,"status":"approved"}""" : """{"success":true,"status":"pending"}""";
        }
    }
}
