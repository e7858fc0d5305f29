using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using SecureChat.Ledger.Transparency;
using SecureChat.Ledger.Verification;

namespace SecureChat.Admin.Sources;

/// <summary>
/// A log as a running relay serves it to auditors, under <c>/ledger/</c> and with the audit token. Entries come in bundles, and
/// their documents eight at a time. What was fetched is kept, because it is first verified and then read.
/// </summary>
internal sealed class RelayLog : IDisposable
{
    private const int Together = 8;
    private const int MaximumAnswerBytes = TilePath.FullWidth * (sizeof(ushort) + EntryBundle.MaximumEntryBytes);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Uri relay;
    private readonly HttpClient client;
    private readonly bool hasToken;
    private readonly Dictionary<string, byte[]> kept = [];
    private readonly Dictionary<Hash, byte[]?> documents = [];
    private byte[]? note;

    /// <summary>A relay. Nothing is asked yet.</summary>
    /// <param name="relay">Its address, as members use it.</param>
    /// <param name="token">The audit token, or null.</param>
    public RelayLog(Uri relay, string? token)
    {
        this.relay = relay.AbsolutePath.EndsWith('/') ? relay : new Uri(relay.AbsoluteUri + "/");
        hasToken = token is not null;
        client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false })
        {
            Timeout = Patience,
            MaxResponseContentBufferSize = MaximumAnswerBytes,
        };
        if (token is not null)
        {
            client.DefaultRequestHeaders.Authorization = AuthenticationHeaderValue.TryParse($"Bearer {token}", out AuthenticationHeaderValue? bearer)
                ? bearer
                : throw CommandRefusedException.Usage("The audit token has characters that no header can carry.");
        }
    }

    /// <summary>Whether only the profiles of people are wanted, and neither keys nor statements.</summary>
    public bool ProfilesOnly { get; set; }

    /// <summary>The log as the verifier reads it.</summary>
    /// <param name="policy">Whose log it must be; null for the key that the relay itself names, which proves only that it agrees with itself.</param>
    public LogSource Source(WitnessPolicy? policy) => new(() => policy ?? WitnessPolicy.OfLog(Key()), Checkpoint, Entries, Document)
    {
        Tile = tile => Get(tile.Format()) ?? throw Missing(tile.Format()),
    };

    /// <summary>The newest signed head, asked for once.</summary>
    public byte[] Checkpoint()
    {
        note ??= Get("checkpoint") ?? throw NoRelay();
        return SignedNote.Parse(note).TryGet(out _, out _) ? note : throw NoRelay();
    }

    /// <summary>What the relay says of itself to everybody, or null.</summary>
    public byte[]? Status() => Send("api/status") is { Status: HttpStatusCode.OK, Body: var body } ? body : null;

    private VerifierKey Key() =>
        VerifierKey.Parse(Encoding.UTF8.GetString(Get("vkey") ?? throw NoRelay()).TrimEnd('\n')).TryGet(out VerifierKey? key, out _) ? key : throw NoRelay();

    private IEnumerable<StoredEntry> Entries(long size)
    {
        foreach (TilePath bundle in Tiles.BundlesOfTree(size))
        {
            string path = bundle.Format();
            if (!kept.TryGetValue(path, out byte[]? content))
            {
                kept[path] = content = Get(path) ?? throw Missing(path);
            }

            if (!EntryBundle.Parse(content, bundle.Width).TryGet(out ReadOnlyMemory<byte>[]? entries, out string? reason))
            {
                throw new LogDamagedException($"What the relay serves as {path} is damaged: {reason}.", bundle.Index * TilePath.FullWidth);
            }

            FetchDocuments(entries);
            foreach (ReadOnlyMemory<byte> entry in entries)
            {
                yield return new StoredEntry(entry, LeafHash: null, path);
            }
        }
    }

    private void FetchDocuments(ReadOnlyMemory<byte>[] entries)
    {
        Hash[] wanted =
        [
            .. entries
                .SelectMany(entry => Wanted(entry.Span))
                .Where(digest => !documents.ContainsKey(digest)).Distinct(),
        ];
        byte[]?[] found = new byte[wanted.Length][];
        try
        {
            Parallel.For(0, wanted.Length, new ParallelOptions { MaxDegreeOfParallelism = Together }, index => found[index] = FetchDocument(wanted[index]));
        }
        catch (AggregateException several)
        {
            throw several.InnerExceptions[0] is LogDamagedException damaged
                ? new LogDamagedException(damaged.Message, damaged.Entry, several)
                : CommandRefusedException.Unreadable(several.InnerExceptions[0].Message, several);
        }

        for (int index = 0; index < wanted.Length; index++)
        {
            documents[wanted[index]] = found[index];
        }
    }

    // Only who comes to the door has more than one document, and the profile is the first.
    private IEnumerable<Hash> Wanted(ReadOnlySpan<byte> entry) =>
        !AddendaIndex.Parse(entry).TryGet(out AddendaIndex? index, out _) ? []
        : ProfilesOnly ? index.Digests.Take(index.Digests.Count - 1).Take(1)
        : index.Digests;

    private byte[]? Document(Hash digest)
    {
        if (!documents.TryGetValue(digest, out byte[]? bytes))
        {
            documents[digest] = bytes = FetchDocument(digest);
        }

        return bytes;
    }

    private byte[]? FetchDocument(Hash digest)
    {
        byte[]? bytes = Get(ExportFolder.AddendumPath(digest));
        return bytes is null || new Hash(SHA256.HashData(bytes)) == digest
            ? bytes
            : throw new LogDamagedException($"What the relay serves as {ExportFolder.AddendumPath(digest)} is not the document of its digest.");
    }

    /// <summary>The proof that an entry stands in the newest head.</summary>
    public byte[]? Inclusion(long position) => Get($"proof?leaf={position}");

    // Null for "not found": what that means depends on what was asked for.
    private byte[]? Get(string path)
    {
        (HttpStatusCode status, byte[] body) = Send($"ledger/{path}");
        return status switch
        {
            HttpStatusCode.OK => body,
            HttpStatusCode.NotFound => null,
            HttpStatusCode.Unauthorized => throw CommandRefusedException.Unreadable(hasToken
                ? $"{relay} does not accept this audit token. It must be the one in the relay's setting AUDIT_TOKEN."
                : $"{relay} shows its ledger to members and auditors only: give the relay's AUDIT_TOKEN with --token, or in the environment variable AUDIT_TOKEN."),
            _ => throw CommandRefusedException.Unreadable($"{relay} answered {(int)status} instead of its ledger."),
        };
    }

    private (HttpStatusCode Status, byte[] Body) Send(string path)
    {
        try
        {
            using HttpRequestMessage request = new(HttpMethod.Get, new Uri(relay, path));
            using HttpResponseMessage answer = client.Send(request);
            using MemoryStream body = new();
            answer.Content.ReadAsStream().CopyTo(body);
            return (answer.StatusCode, body.ToArray());
        }
        catch (Exception unreachable) when (unreachable is HttpRequestException or IOException)
        {
            throw CommandRefusedException.Unreadable($"{relay} cannot be reached ({unreachable.Message.TrimEnd('.')}).", unreachable);
        }
        catch (OperationCanceledException late)
        {
            throw CommandRefusedException.Unreadable($"{relay} did not answer within {Patience.TotalSeconds:0} seconds.", late);
        }
    }

    private CommandRefusedException NoRelay() =>
        CommandRefusedException.Unreadable($"{relay} answers, and is no relay with a ledger. Name its address as members use it.");

    private static LogDamagedException Missing(string path) => new($"The relay does not serve {path}, which its checkpoint counts.");

    public void Dispose() => client.Dispose();
}
