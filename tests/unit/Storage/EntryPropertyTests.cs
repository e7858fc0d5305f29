using CsCheck;
using SecureChat.Ledger.Circle;
using SecureChat.Ledger.Storage;
using SecureChat.Ledger.Transparency;
using SecureChat.UnitTests.Keys;

namespace SecureChat.UnitTests.Storage;

public class EntryPropertyTests
{
    private static readonly Gen<long> AnyInteger = Gen.OneOf(Gen.Long[0, 1000], Gen.Long[0, (1L << 53) - 1]);

    private static readonly Gen<string> AnyId = Gen.String[Gen.Char["abcXYZ019._-"], 1, 64];

    // Anything that can be UTF-8: quotes, markup, escapes, controls, separators, directions, beyond the BMP, combining, NUL.
    private static readonly Gen<string> AnyText = Gen.OneOf(
            Gen.OneOf("\"", "\\", "</script>", "\u2028", "\u2029", "\u202e", "\0", "\u001f", "\u007f", "\u00a0", "e\u0301", "\ufeff", "\ufffd"),
            Gen.OneOf("\U0001f468\u200d\U0001f469", "\U000e0041", "{\"display_name\":\"x\"}", "\\u0041", "+", "'", "&", "\r\n", "\uffff"),
            Gen.Char.Where(character => !char.IsSurrogate(character)).Select(character => character.ToString()))
        .Array[0, 40].Select(string.Concat);

    private static readonly byte[] Spki = SomeKeys.Der(SomeKeys.OpensslSpki);

    private static readonly Gen<MemberKeys> AnyKeys =
        from spki in Gen.OneOf(Gen.Const(Spki), Gen.Byte.Array[1, 200])
        from curve25519 in Gen.OneOf(Gen.Const(""), Gen.Byte.Array[32].Select(Convert.ToBase64String))
        from pem in Gen.OneOf(
            Gen.Const(SomeKeys.Pem(spki)),
            Gen.Const(SomeKeys.Pem(spki).ReplaceLineEndings("\r\n")),
            Gen.Int[1, 76].Select(width => SomeKeys.Pem(spki, "RSA PUBLIC KEY", width)),
            AnyText)
        select new MemberKeys(Convert.ToBase64String(spki), curve25519, pem);

    private static readonly Gen<Newcomer> AnyNewcomer = Gen.Select(AnyId, AnyText, AnyKeys, (id, name, keys) => new Newcomer(new Profile(id, name), keys));

    private static readonly Gen<CircleEvent> AnyEvent = Gen.OneOf<CircleEvent>(
        AnyNewcomer.Select(newcomer => new FounderRegistered(newcomer)),
        Gen.Select(AnyId, AnyInteger, AnyNewcomer, (request, expires, newcomer) => new RequestSubmitted(request, expires, newcomer)),
        Gen.Select(AnyId, AnyInteger, Gen.Bool, (request, voter, approve) => new VoteCast(request, voter, approve)),
        AnyId.Select(request => new MemberAdmitted(request)),
        Gen.Select(AnyId, AnyInteger, (request, vote) => new RequestRejected(request, vote)),
        AnyId.Select(request => new RequestExpired(request)),
        AnyInteger.Select(member => new MemberLeft(member)),
        Gen.Select(AnyInteger, Gen.Bool, (member, locked) => new RequestsLockChanged(member, locked)));

    [Fact]
    public void Every_event_comes_back_from_its_entry() =>
        Gen.Select(AnyEvent, AnyInteger, Gen.Byte).Sample(
            (happened, time, nonce) =>
            {
                var entry = Entry.Write(happened, time, destination => destination.Fill(nonce));
                SomeEntry.Read(entry).ShouldBe((happened, time));
                entry.LeafHash.ShouldBe(MerkleHashing.Leaf(entry.Bytes));
            },
            iter: 2_000);

    [Fact]
    public void Any_bytes_in_the_place_of_some_are_an_entry_or_refused() =>
        Gen.Select(AnyEvent, Gen.Select(Gen.Double[0, 1], Gen.Byte).Array[1, 3]).Sample(
            (happened, edits) =>
            {
                var entry = SomeEntry.Of(happened);
                byte[] bytes = [.. entry.Bytes];
                foreach (var (place, value) in edits)
                {
                    bytes[(int)(place * (bytes.Length - 1))] = value;
                }

                try
                {
                    SomeEntry.Read(bytes).Event.GetType().ShouldBe(happened.GetType());
                }
                catch (FormatException)
                {
                    // Refused.
                }
            },
            iter: 5_000);

    private static readonly Gen<CircleEvent> FrequentEvent = Gen.OneOf<CircleEvent>(
        Gen.Select(AnyId, AnyInteger, Gen.Bool, (request, expires, signed) =>
            new RequestSubmitted(request, expires, new Newcomer(null, null, signed ? Proof.Erased : null))),
        Gen.Select(AnyId, AnyInteger, Gen.Bool, Gen.Bool, (request, voter, approve, signed) =>
            new VoteCast(request, voter, approve, signed ? Proof.Erased : null)),
        AnyId.Select(request => new MemberAdmitted(request)),
        Gen.Select(AnyId, AnyInteger, (request, vote) => new RequestRejected(request, vote)),
        Gen.Select(AnyInteger, Gen.Bool, (member, signed) => new MemberLeft(member, signed ? Proof.Erased : null)));

    [Fact]
    public void Frequent_events_are_read_the_short_way_as_the_long_way_would() =>
        Gen.Select(FrequentEvent, Gen.Long[0, 999_999_999_999_999]).Sample(
            (happened, time) =>
            {
                var json = EntryJson.Write(happened, time, new byte[16]);
                var isShort = happened is not (RequestSubmitted { Expires: > 999_999_999_999_999 } or VoteCast { Voter: > 999_999_999_999_999 }
                    or RequestRejected { Vote: > 999_999_999_999_999 } or MemberLeft { Member: > 999_999_999_999_999 });
                EntryJsonCursor.TryRead(json).ShouldBe(isShort ? (happened, time) : null);
                EntryJsonReader.ReadAny(json).ShouldBe((happened, time));
            },
            iter: 5_000);

    /// <summary>Whatever is done to them, the short way knows nothing that the long one does not.</summary>
    [Fact]
    public void What_the_short_way_takes_is_exactly_what_is_written() =>
        Gen.Select(FrequentEvent, Gen.Select(Gen.Double[0, 1], Gen.Int[0, 2], Gen.Char["0189-+.eE \",:{}[]\\aptruefls=/\0\t\u00e9"]).Array[1, 2]).Sample(
            (happened, edits) =>
            {
                List<byte> json = [.. EntryJson.Write(happened, 5, new byte[16])];
                foreach (var (place, kind, character) in edits)
                {
                    var at = (int)(place * (json.Count - 1));
                    if (kind != 2)
                    {
                        json.RemoveAt(at);
                    }

                    if (kind != 1)
                    {
                        json.Insert(at, (byte)character);
                    }
                }

                byte[] bytes = [.. json];
                if (EntryJsonCursor.TryRead(bytes) is { } read)
                {
                    EntryJsonReader.ReadAny(bytes).ShouldBe(read);
                }
            },
            iter: 20_000);
}
