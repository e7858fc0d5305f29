using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using SecureChat.Ledger.Transparency;

namespace SecureChat.Tests.Shared;

/// <summary>What a witness answers.</summary>
internal sealed record WitnessReply(int Status, string ContentType, byte[] Body)
{
    public string? Location { get; init; }

    public static WitnessReply Text(int status, string text) => new(status, "text/plain; charset=utf-8", Encoding.UTF8.GetBytes(text));

    public static WitnessReply Size(long size) => new(409, WitnessAnswer.SizeContentType, Encoding.UTF8.GetBytes(WitnessAnswer.FormatSize(size)));
}

/// <summary>A request that a witness got, and how it judged it, whatever it then answered.</summary>
internal sealed record Witnessed(string Body, int Status)
{
    public long OldSize => ConsistencyFile.Parse(Encoding.UTF8.GetBytes(Body)).Value.OldSize;
}

/// <summary>
/// A witness on a loopback port that takes C2SP tlog-witness at its word: one log, one (size, root) that only ever moves along a proof,
/// and for each way to be wrong the status that the text asks for.
/// </summary>
internal sealed class StrictWitness : IAsyncDisposable
{
    public const long Time = 1_700_000_000;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private readonly VerifierKey _log;
    private readonly SigningKey _key;
    private readonly WebApplication _app;
    private readonly Channel<Witnessed> _requests = Channel.CreateUnbounded<Witnessed>();
    private Checkpoint _latest;
    private int _count;

    private StrictWitness(string name, VerifierKey log, int port)
    {
        _log = log;
        _key = KeyOf(name);
        _latest = new Checkpoint(log.Name, 0, MerkleHashing.EmptyRoot);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options => options.Listen(IPAddress.Loopback, port));
        _app = builder.Build();
        _app.Run(AnswerAsync);
    }

    /// <summary>May replace a reply, or keep it back; the state has moved already, as when an answer is lost on its way.</summary>
    public Func<WitnessReply, CancellationToken, Task<WitnessReply>>? Interfere { get; set; }

    public VerifierKey Key => Cosignature.VerifierKeyOf(_key);

    public string Url => _app.Urls.Single();

    public Checkpoint Latest
    {
        get
        {
            lock (_gate)
            {
                return _latest;
            }
        }
    }

    /// <summary>The number of requests so far.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>The key of the witness of that name, whether it runs or not.</summary>
    public static SigningKey KeyOf(string name) => SigningKey.FromSeed(name, SHA256.HashData(Encoding.UTF8.GetBytes(name)));

    /// <summary>A witness that knows the log's key and has seen nothing of it.</summary>
    public static async Task<StrictWitness> StartAsync(string name, VerifierKey log, int port = 0)
    {
        var witness = new StrictWitness(name, log, port);
        await witness._app.StartAsync();
        return witness;
    }

    /// <summary>Never answers.</summary>
    public static async Task<WitnessReply> Silence(WitnessReply reply, CancellationToken aborted)
    {
        await Task.Delay(Timeout.Infinite, aborted);
        return reply;
    }

    /// <summary>The next request in order; waits for it.</summary>
    public async Task<Witnessed> NextRequestAsync() => await _requests.Reader.ReadAsync().AsTask().WaitAsync(s_patience);

    /// <summary>Sees a checkpoint without HTTP, as if another collector had brought it.</summary>
    public void Sees(SignedCheckpoint head, Func<long, long, Hash[]> proof)
    {
        var old = Latest.Size;
        var file = ConsistencyFile.Create(old, old == 0 ? [] : proof(old, head.Checkpoint.Size), head.Note);
        Judge(file.Format()).Status.ShouldBe(200);
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        if (context.Request.Path != "/add-checkpoint" || context.Request.Method != "POST")
        {
            context.Response.StatusCode = 405;
            return;
        }

        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        var reply = Judge(body.ToArray());
        Interlocked.Increment(ref _count);
        _requests.Writer.TryWrite(new Witnessed(Encoding.UTF8.GetString(body.ToArray()), reply.Status));
        try
        {
            reply = Interfere is { } interfere ? await interfere(reply, context.RequestAborted) : reply;
        }
        catch (OperationCanceledException)
        {
            return;
        }

        context.Response.StatusCode = reply.Status;
        context.Response.ContentType = reply.ContentType;
        if (reply.Location is { } location)
        {
            context.Response.Headers.Location = location;
        }

        await context.Response.Body.WriteAsync(reply.Body, context.RequestAborted);
    }

    // The order is that of the protocol's text. Comparing and moving on are one step.
    private WitnessReply Judge(byte[] body)
    {
        if (!ConsistencyFile.Parse(body).TryGet(out var file, out var reason)
            || !SignedNote.Parse(Encoding.UTF8.GetBytes(file.Checkpoint)).TryGet(out var note, out reason)
            || !Checkpoint.Parse(note.Text).TryGet(out var checkpoint, out reason))
        {
            return WitnessReply.Text(400, reason);
        }

        if (checkpoint.Origin != _log.Name)
        {
            return WitnessReply.Text(404, "unknown log");
        }

        if (note.Verify(_log).Verdict != NoteVerdict.Verified)
        {
            return WitnessReply.Text(403, "invalid signature");
        }

        if (file.OldSize > checkpoint.Size)
        {
            return WitnessReply.Text(400, "the old size is larger");
        }

        lock (_gate)
        {
            if (file.OldSize != _latest.Size)
            {
                return WitnessReply.Size(_latest.Size);
            }

            if (file.OldSize == checkpoint.Size && checkpoint.Root != _latest.Root)
            {
                return WitnessReply.Size(_latest.Size);
            }

            if (!file.Proves(_latest.Root, checkpoint))
            {
                return WitnessReply.Text(422, "consistency proof");
            }

            _latest = checkpoint;
        }

        return WitnessReply.Text(200, Cosignature.Sign(_key, Time, note.Text).Format());
    }
}
