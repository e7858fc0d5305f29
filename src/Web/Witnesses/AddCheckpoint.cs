using System.Net;
using System.Text;
using System.Text.Unicode;
using SecureChat.Ledger.Transparency;

namespace SecureChat.Web.Witnesses;

/// <summary>One answer of a witness, by the status codes of C2SP tlog-witness; nothing in it is verified.</summary>
internal abstract record AddCheckpointAnswer
{
    /// <summary>200: what should be signature lines.</summary>
    public sealed record Accepted(string Lines) : AddCheckpointAnswer;

    /// <summary>409: the witness stands at another size, or at the same size with another root. Null when it does not name its size.</summary>
    public sealed record Conflict(long? Size) : AddCheckpointAnswer;

    /// <summary>422: the witness stands at the size that the proof started from, and the proof does not hold for the root it has.</summary>
    public sealed record NotConsistent : AddCheckpointAnswer;

    /// <summary>Any other status that says no.</summary>
    public sealed record Refused(HttpStatusCode Status) : AddCheckpointAnswer;

    /// <summary>200 with something that is no text, or too much of it.</summary>
    public sealed record Garbage : AddCheckpointAnswer;

    /// <summary>No answer, or one that says: later.</summary>
    public sealed record Unavailable : AddCheckpointAnswer;
}

/// <summary>The request <c>POST &lt;prefix&gt;/add-checkpoint</c> to one witness.</summary>
/// <param name="http">Follows no redirects.</param>
/// <param name="address">The whole URL.</param>
/// <param name="clock">For the time-out.</param>
internal sealed class AddCheckpoint(HttpClient http, Uri address, TimeProvider clock)
{
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(5);

    // A hundred signature lines with long names fit several times.
    private const int MaximumAnswerBytes = 128 * 1024;

    /// <summary>Sends the request and reads the answer, together within five seconds.</summary>
    /// <exception cref="OperationCanceledException">The caller gave up; a witness that is slow is an answer.</exception>
    public async Task<AddCheckpointAnswer> SendAsync(ConsistencyFile body, CancellationToken cancel)
    {
        using CancellationTokenSource timeOut = new(AnswerWithin, clock);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(cancel, timeOut.Token);
        using HttpRequestMessage request = new(HttpMethod.Post, address) { Content = new ByteArrayContent(body.Format()) };
        try
        {
            using HttpResponseMessage response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            return await ReadAsync(response, either.Token);
        }
        catch (Exception unanswered) when (unanswered is HttpRequestException or IOException)
        {
            return new AddCheckpointAnswer.Unavailable();
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return new AddCheckpointAnswer.Unavailable();
        }
    }

    private static async Task<AddCheckpointAnswer> ReadAsync(HttpResponseMessage response, CancellationToken cancel) => response.StatusCode switch
    {
        HttpStatusCode.OK => await TextAsync(response.Content, cancel) is { } lines
            ? new AddCheckpointAnswer.Accepted(lines)
            : new AddCheckpointAnswer.Garbage(),
        HttpStatusCode.Conflict => new AddCheckpointAnswer.Conflict(await SizeAsync(response.Content, cancel)),
        HttpStatusCode.UnprocessableEntity => new AddCheckpointAnswer.NotConsistent(),
        >= HttpStatusCode.InternalServerError or HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests =>
            new AddCheckpointAnswer.Unavailable(),
        _ => new AddCheckpointAnswer.Refused(response.StatusCode),
    };

    private static async Task<long?> SizeAsync(HttpContent content, CancellationToken cancel) =>
        content.Headers.ContentType?.MediaType == WitnessAnswer.SizeContentType
        && await TextAsync(content, cancel) is { } text
        && WitnessAnswer.ParseSize(text).TryGet(out long size, out _)
            ? size
            : null;

    private static async Task<string?> TextAsync(HttpContent content, CancellationToken cancel)
    {
        byte[] buffer = new byte[MaximumAnswerBytes + 1];
        Stream body = await content.ReadAsStreamAsync(cancel);
        int length = await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancel);
        return length <= MaximumAnswerBytes && Utf8.IsValid(buffer.AsSpan(0, length)) ? Encoding.UTF8.GetString(buffer, 0, length) : null;
    }
}
