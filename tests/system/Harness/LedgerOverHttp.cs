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

    public static async Task<byte[]> Bytes(this RelayProcess relay, string path, string token = AuditToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(relay.Url, path));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
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
    public static async Task<List<byte[]>> Entries(this RelayProcess relay, long size)
    {
        List<byte[]> entries = [];
        foreach (var bundle in Tiles.BundlesOfTree(size).Where(bundle => bundle.IsFull || bundle.Index == size / 256))
        {
            entries.AddRange(EntryBundle.Parse(await relay.Bytes($"/ledger/{bundle.Format()}"), bundle.Width).Value.Select(entry => entry.ToArray()));
        }

        entries.Count.ShouldBe((int)size);
        return entries;
    }

    public static string AddendumPath(Hash digest) => $"/ledger/addenda/{digest.ToHex()[..2]}/{digest.ToHex()[2..4]}/{digest.ToHex()}";

    /// <summary>What a verifier says of what it gets over HTTP alone.</summary>
    public static async Task<Verdict> Verify(this RelayProcess relay)
    {
        byte[] note = await relay.Bytes("/ledger/checkpoint");
        var key = await relay.LogKey();
        var entries = await relay.Entries(Checkpoint.Open(note, key).Value.Checkpoint.Size);
        Dictionary<Hash, byte[]> addenda = [];
        foreach (var digest in entries.SelectMany(entry => AddendaIndex.Parse(entry).Value.Digests).ToList())
        {
            addenda[digest] = await relay.Bytes(AddendumPath(digest));
        }

        return LogVerifier.Verify(new LogSource(
            () => WitnessPolicy.OfLog(key),
            () => note,
            _ => entries.Select(entry => new StoredEntry(entry, LeafHash: null, "the relay")),
            digest => addenda.GetValueOrDefault(digest)));
    }

    /// <summary>The fields of an entry.</summary>
    public static JsonElement Json(byte[] entry)
    {
        var reader = new Utf8JsonReader(entry);
        return JsonElement.ParseValue(ref reader);
    }
}
