using System.Security.Cryptography;
using System.Text;
using SecureChat.Ledger.Transparency;

namespace SecureChat.SystemTests;

/// <summary>A relay with an audit token and a ledger that is longer than a tile; nothing is changed by these tests.</summary>
public sealed class LongLedger : IAsyncLifetime
{
    private const int Size = 300;

    public Circle Circle { get; private set; } = null!;

    public Checkpoint Head { get; private set; } = null!;

    public VerifierKey Key { get; private set; } = null!;

    public List<Hash> Leaves { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Circle = await Circle.Found(2, ("AUDIT_TOKEN", LedgerOverHttp.AuditToken), ("LEDGER_ORIGIN", "chat.example.org/ledger"));
        for (long size = (await Circle.Relay.Head()).Size; size < Size; size++)
        {
            (await Circle.Founder.Locks(size % 2 == 0)).Status.ShouldBe(200);
        }

        Head = await Circle.Relay.Head();
        Key = await Circle.Relay.LogKey();
        Leaves = [.. (await Circle.Relay.Entries(Head.Size)).Select(entry => MerkleHashing.Leaf(entry))];
    }

    /// <summary>MTH of RFC 6962, as it is defined.</summary>
    public Hash Root(int from, int to)
    {
        if (to - from == 0)
        {
            return new Hash(SHA256.HashData([]));
        }

        if (to - from == 1)
        {
            return Leaves[from];
        }

        int half = 1;
        while (half * 2 < to - from)
        {
            half *= 2;
        }

        return new Hash(SHA256.HashData([1, .. Root(from, from + half).Bytes, .. Root(from + half, to).Bytes]));
    }

    public async Task DisposeAsync() => await Circle.DisposeAsync();
}

/// <summary>The ledger as it is served to those who check it.</summary>
public class LedgerEndpointsTests(LongLedger ledger) : IClassFixture<LongLedger>
{
    private static readonly string[] ForReaders =
    [
        "/ledger/tile/0/000", "/ledger/tile/entries/000", "/ledger/addenda.v1", "/ledger/proof?leaf=0", "/ledger/consistency?from=1",
    ];

    private readonly RelayProcess relay = ledger.Circle.Relay;

    [Fact]
    public async Task The_head_is_open_to_all_and_over_exactly_what_there_is()
    {
        var answer = await relay.Get("/ledger/checkpoint");
        answer.Status.ShouldBe(200);
        answer.ContentHeaders.ContentType!.ToString().ShouldBe("text/plain; charset=utf-8");
        (await relay.Get("/ledger/vkey")).Text.ShouldBe(ledger.Key.Format() + "\n");
        ledger.Key.Name.ShouldBe("chat.example.org/ledger");
        ledger.Head.ShouldBe(new Checkpoint("chat.example.org/ledger", 300, ledger.Root(0, 300)));
    }

    [Fact]
    public async Task The_rest_is_for_members_and_for_whoever_has_the_token()
    {
        foreach (string path in ForReaders)
        {
            (await relay.Get(path)).ShouldBeRefused(401, "missing_auth_headers");
            (await ledger.Circle.Stranger().Get(path)).ShouldBeRefused(401, "member_not_found");
            (await ledger.Circle[1].Get(path)).Status.ShouldBe(200, path);
            (await relay.Audit(path)).Status.ShouldBe(200, path);
            foreach (string wrong in new[] { "", LedgerOverHttp.AuditToken + "x", LedgerOverHttp.AuditToken[..^1], LedgerOverHttp.AuditToken.ToUpperInvariant() })
            {
                (await relay.Audit(path, wrong)).ShouldBeRefused(401, "missing_auth_headers");
            }
        }
    }

    [Fact]
    public async Task Where_no_token_is_set_none_is_good()
    {
        await using var circle = await Circle.Found(1);
        foreach (string token in new[] { "", LedgerOverHttp.AuditToken })
        {
            (await circle.Relay.Audit("/ledger/proof?leaf=0", token)).ShouldBeRefused(401, "missing_auth_headers");
        }

        (await circle.Founder.Get("/ledger/proof?leaf=0")).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Whoever_may_read_may_ask_for_the_head_of_an_answer()
    {
        var answer = await relay.Send(HttpMethod.Head, "/ledger/tile/0/000", credentials: ledger.Circle.Founder.Sign());
        answer.Status.ShouldBe(200);
        answer.ContentHeaders.ContentLength.ShouldBe(256 * 32);
        answer.Text.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_member_is_told_its_handle_and_nobody_else_is()
    {
        for (int member = 0; member < 2; member++)
        {
            var me = (await ledger.Circle[member].Get("/ledger/me")).ShouldSucceed("index", "leaf_hash");
            int index = (int)me.Number("index");
            index.ShouldBe(member == 0 ? 0 : 3);
            me.Text("leaf_hash").ShouldBe(ledger.Leaves[index].ToBase64());
        }

        (await relay.Audit("/ledger/me")).ShouldBeRefused(401, "missing_auth_headers");
        (await relay.Get("/ledger/me")).ShouldBeRefused(401, "missing_auth_headers");
    }

    [Fact]
    public async Task Tiles_of_every_width_hold_the_hashes_of_their_entries()
    {
        for (int width = 1; width <= 256; width++)
        {
            (await relay.Bytes($"/ledger/tile/0/000{Partial(width)}")).ShouldBe(Bytes(ledger.Leaves.Take(width)));
        }

        for (int width = 1; width <= 44; width++)
        {
            (await relay.Bytes($"/ledger/tile/0/001.p/{width}")).ShouldBe(Bytes(ledger.Leaves.Skip(256).Take(width)));
        }

        (await relay.Bytes("/ledger/tile/1/000.p/1")).ShouldBe(ledger.Root(0, 256).Bytes.ToArray());
    }

    [Fact]
    public async Task Bundles_of_every_width_hold_the_entries()
    {
        foreach (int width in Enumerable.Range(1, 256))
        {
            Leaves(await relay.Bytes($"/ledger/tile/entries/000{Partial(width)}"), width).ShouldBe(ledger.Leaves.Take(width));
        }

        foreach (int width in Enumerable.Range(1, 44))
        {
            Leaves(await relay.Bytes($"/ledger/tile/entries/001.p/{width}"), width).ShouldBe(ledger.Leaves.Skip(256).Take(width));
        }
    }

    [Fact]
    public async Task Every_entry_is_proven_to_be_under_the_head()
    {
        for (int index = 0; index < 300; index++)
        {
            var proof = ProofFile.Parse(await relay.Bytes($"/ledger/proof?leaf={index}")).Value;
            proof.Index.ShouldBe(index);
            proof.Proves(ledger.Leaves[index], Opened(proof.Checkpoint)).ShouldBeTrue($"leaf {index}");
            proof.Proves(ledger.Leaves[index == 0 ? 1 : 0], Opened(proof.Checkpoint)).ShouldBeFalse();
        }
    }

    [Fact]
    public async Task The_head_is_proven_to_have_grown_from_every_size()
    {
        for (int from = 0; from <= 300; from++)
        {
            var proof = ConsistencyFile.Parse(await relay.Bytes($"/ledger/consistency?from={from}")).Value;
            proof.OldSize.ShouldBe(from);
            proof.Proves(ledger.Root(0, from), Opened(proof.Checkpoint)).ShouldBeTrue($"from {from}");
        }
    }

    [Fact]
    public async Task So_are_earlier_heads()
    {
        foreach (int to in new[] { 1, 2, 4, 5, 8, 100, 255, 256, 257, 300 })
        {
            foreach (int from in new[] { 0, 1, 2, 3, 4, 7, 64, 100, 255, 256, 299 }.Where(from => from <= to))
            {
                var proof = ConsistencyFile.Parse(await relay.Bytes($"/ledger/consistency?from={from}&to={to}")).Value;
                Opened(proof.Checkpoint).ShouldBe(new Checkpoint(ledger.Head.Origin, to, ledger.Root(0, to)));
                proof.Proves(ledger.Root(0, from), Opened(proof.Checkpoint)).ShouldBeTrue($"from {from} to {to}");
            }
        }
    }

    [Fact]
    public async Task Addenda_are_served_under_their_digest()
    {
        var digests = (await relay.Entries(4)).SelectMany(entry => AddendaIndex.Parse(entry).Value.Digests).ToList();
        digests.Count.ShouldBe(4);
        foreach (var digest in digests)
        {
            SHA256.HashData(await relay.Bytes(LedgerOverHttp.AddendumPath(digest))).ShouldBe(digest.Bytes.ToArray());
        }

        (await relay.Bytes("/ledger/addenda.v1")).ShouldBeEmpty();

        string hex = digests[0].ToHex();
        string first = Other(hex[..2]), second = Other(hex[2..4]);
        foreach (string wrong in new[]
        {
            $"{hex[..2]}/{hex[2..4]}/{new string('0', 64)}", $"{first}/{hex[2..4]}/{hex}", $"{hex[..2]}/{second}/{hex}", $"{hex[..2]}/{hex[2..4]}/{hex.ToUpperInvariant()}x",
            $"{hex[..2]}/{hex[2..4]}/{hex[..^2]}", "a/b/c",
        })
        {
            (await relay.Audit($"/ledger/addenda/{wrong}")).ShouldBeRefused(404, "addendum_not_found");
        }

        static string Other(string folder) => folder == "00" ? "01" : "00";
    }

    [Theory]
    [InlineData("tile/0/001")]
    [InlineData("tile/0/001.p/45")]
    [InlineData("tile/0/002.p/1")]
    [InlineData("tile/1/000.p/2")]
    [InlineData("tile/1/000")]
    [InlineData("tile/2/000.p/1")]
    [InlineData("tile/63/000.p/1")]
    [InlineData("tile/entries/001")]
    [InlineData("tile/entries/001.p/45")]
    [InlineData("tile/entries/x999/x999/999.p/1")]
    [InlineData("tile/0/x009/x223/x372/x036/x854/x775/807.p/1")]
    [InlineData("proof?leaf=300")]
    [InlineData("proof?leaf=9223372036854775807")]
    [InlineData("consistency?from=301")]
    [InlineData("consistency?from=1&to=301")]
    [InlineData("consistency?from=5&to=4")]
    [InlineData("consistency?from=0&to=3")]
    [InlineData("consistency?from=9223372036854775807")]
    public async Task What_is_beyond_the_ledger_is_not_found(string path) =>
        (await relay.Audit($"/ledger/{path}")).ShouldBeRefused(404, "beyond_the_ledger");

    [Theory]
    [InlineData("tile/0/0")]
    [InlineData("tile/0/0000")]
    [InlineData("tile/0/x000/000")]
    [InlineData("tile/0/001/000")]
    [InlineData("tile/00/000")]
    [InlineData("tile/64/000")]
    [InlineData("tile/-1/000")]
    [InlineData("tile/0/000.p/0")]
    [InlineData("tile/0/000.p/256")]
    [InlineData("tile/0/000.p/01")]
    [InlineData("tile/0/000.p/")]
    [InlineData("tile/0/000.p")]
    [InlineData("tile/0/")]
    [InlineData("tile/0")]
    [InlineData("tile/")]
    [InlineData("tile/Entries/000")]
    [InlineData("tile/entries/000/")]
    [InlineData("tile/data/000")]
    [InlineData("tile/0/x999/x999/x999/x999/x999/x999/x999/999")]
    public async Task A_tile_in_another_spelling_is_none(string path) =>
        (await relay.Audit($"/ledger/{path}")).ShouldBeRefused(400, "malformed_tile");

    [Theory]
    [InlineData("proof")]
    [InlineData("proof?leaf=")]
    [InlineData("proof?leaf=-1")]
    [InlineData("proof?leaf=+1")]
    [InlineData("proof?leaf=01")]
    [InlineData("proof?leaf=1.0")]
    [InlineData("proof?leaf=0x1")]
    [InlineData("proof?leaf=1&leaf=2")]
    [InlineData("proof?leaf=9223372036854775808")]
    [InlineData("proof?leaf=%D9%A1")]
    [InlineData("consistency")]
    [InlineData("consistency?to=3")]
    [InlineData("consistency?from=x")]
    [InlineData("consistency?from=1&to=")]
    [InlineData("consistency?from=1&to=x")]
    public async Task A_number_in_another_spelling_is_none(string path) =>
        (await relay.Audit($"/ledger/{path}")).ShouldBeRefused(400, "not_a_number");

    private Checkpoint Opened(string note) => Checkpoint.Open(Encoding.UTF8.GetBytes(note), ledger.Key).Value.Checkpoint;

    private static string Partial(int width) => width == 256 ? "" : $".p/{width}";

    private static byte[] Bytes(IEnumerable<Hash> hashes) => [.. hashes.SelectMany(hash => hash.Bytes.ToArray())];

    private static IEnumerable<Hash> Leaves(byte[] bundle, int width) =>
        EntryBundle.Parse(bundle, width).Value.Select(entry => MerkleHashing.Leaf(entry.Span));
}
