using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using SecureChat.Ledger.Transparency;
using SecureChat.Ledger.Verification;

namespace SecureChat.SystemTests.Harness;

/// <summary>The ledger as an auditor gets it, who has nothing but a token.</summary>
public static class LedgerOverHttp
{
    public const string AuditToken = "canary-audit-token-0c1d2e3f";

    public static async Task<byte[]> Bytes(this RelayProcess relay, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(relay.Url, path));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", AuditToken);
        return await Bytes(request, path);
    }

    /// <summary>The same for a member, who signs its call.</summary>
    public static async Task<byte[]> Bytes(this Person member, string path)
    {
        var credentials = member.Sign();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(member.Relay.Url, path));
        request.Headers.Add("x-member-id", credentials.MemberId);
        request.Headers.Add("x-signature", credentials.Signature);
        request.Headers.Add("x-timestamp", credentials.Timestamp);
        return await Bytes(request, path);
    }

    private static async Task<byte[]> Bytes(HttpRequestMessage request, string path)
    {
        using var response = await Http.Client.SendAsync(request);
        byte[] body = await response.Content.ReadAsByteArrayAsync();
        ((int)response.StatusCode).ShouldBe(200, $"{path}: {Encoding.UTF8.GetString(body)}");
        return body;
    }

    /// <summary>An answer that may be a refusal.</summary>
    public static async Task<Answer> Audit(this RelayProcess relay, string path, string token = AuditToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(relay.Url, path));
        request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token}");
        return await Http.Send(request);
    }

    public static async Task<VerifierKey> LogKey(this RelayProcess relay) =>
        VerifierKey.Parse((await relay.Get("/ledger/vkey")).Text.TrimEnd('\n')).Value;

    public static async Task<Checkpoint> Head(this RelayProcess relay)
    {
        var key = await relay.LogKey();
        return Checkpoint.Open(await relay.Bytes("/ledger/checkpoint"), key).Value.Checkpoint;
    }

    /// <summary>Every entry, from the bundles.</summary>
    public static Task<List<byte[]>> Entries(this RelayProcess relay, long size) => Entries(relay.Bytes, size);

    private static async Task<List<byte[]>> Entries(Func<string, Task<byte[]>> read, long size)
    {
        List<byte[]> entries = [];
        foreach (var bundle in Tiles.BundlesOfTree(size).Where(bundle => bundle.IsFull || bundle.Index == size / 256))
        {
            entries.AddRange(EntryBundle.Parse(await read($"/ledger/{bundle.Format()}"), bundle.Width).Value.Select(entry => entry.ToArray()));
        }

        entries.Count.ShouldBe((int)size);
        return entries;
    }

    public static string AddendumPath(Hash digest) => $"/ledger/addenda/{digest.ToHex()[..2]}/{digest.ToHex()[2..4]}/{digest.ToHex()}";

    /// <summary>What a verifier says of what it gets over HTTP alone: the head, all tiles, all entries, all addenda.</summary>
    /// <param name="policy">Whose log it must be; null for whatever key the relay says that it has.</param>
    public static Task<Verdict> Verify(this RelayProcess relay, WitnessPolicy? policy = null) => Verify(relay, relay.Bytes, policy);

    /// <summary>The same for a member, with nothing but its own key.</summary>
    public static Task<Verdict> Verify(this Person member) => Verify(member.Relay, member.Bytes, policy: null);

    private static async Task<Verdict> Verify(RelayProcess relay, Func<string, Task<byte[]>> read, WitnessPolicy? policy)
    {
        byte[] note = await read("/ledger/checkpoint");
        var key = await relay.LogKey();
        long size = Checkpoint.Open(note, key).Value.Checkpoint.Size;
        var entries = await Entries(read, size);
        Dictionary<string, byte[]> tiles = [];
        foreach (var tile in Tiles.OfTree(size))
        {
            tiles[tile.Format()] = await read($"/ledger/{tile.Format()}");
        }

        Dictionary<Hash, byte[]> addenda = [];
        foreach (var digest in entries.SelectMany(entry => AddendaIndex.Parse(entry).Value.Digests).ToList())
        {
            addenda[digest] = await read(AddendumPath(digest));
        }

        return LogVerifier.Verify(new LogSource(
            () => policy ?? WitnessPolicy.OfLog(key),
            () => note,
            _ => entries.Select(entry => new StoredEntry(entry, LeafHash: null, "the relay")),
            digest => addenda.GetValueOrDefault(digest))
        {
            Tile = tile => tiles[tile.Format()],
        });
    }

    /// <summary>The fields of an entry.</summary>
    public static JsonElement Json(byte[] entry)
    {
        var reader = new Utf8JsonReader(entry);
        return JsonElement.ParseValue(ref reader);
    }
}
