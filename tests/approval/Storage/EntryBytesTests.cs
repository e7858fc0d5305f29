using System.Text;
using SecureChat.Ledger.Circle;
using SecureChat.Ledger.Storage;
using SecureChat.Ledger.Transparency;

namespace SecureChat.ApprovalTests.Storage;

/// <summary>
/// The bytes that are hashed, one entry an event, at a fixed time and with the nonces 00 01 02 …: <c>JSON || digests || offsets || N</c>.
/// </summary>
public sealed class EntryBytesTests
{
    private const long Time = 1767258000000;
    private const string Request = "e7c1b3a8-1f0d-4c55-9b1e-2a3b4c5d6e7f";
    private const int DigestLength = 32;
    private const int OffsetLength = 4;

    // A public key whose private half was thrown away; the digests below are made of it.
    private const string Spki =
        "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAm8ucq76JCcM3BgGxiuD7pKpSbuDBt11CoL6wqoMnffIIW8bO3CrDQH3g"
        + "CYU9eWcHY3aVFcarlAa1KVXjy9CSuvhSFfEWrZ4dK3kbmhxxRsne5vHHEtkyAyVJAx0rPLgjaXCbheSKAoM+TjHfFzqhMuhZvB8B"
        + "oWFroeh1pD+KL7TcldYIKO5TH2SRXMkKBWa6z3ht8focALOligCjZhBQbHZehyVeOC9l0STBZsOdrimOEyMyt3SWmnDn0EgohKk2"
        + "u5jdYcDcQotHI60aLWLmSDUeeKHsp2gnj6CO2pKDNjjHhTTnR1Ax7O9raidCASkooFqkkqtJKHxsp29bQz2sIQIDAQAB";

    private static readonly Newcomer Ada = new(
        new Profile("ada-1", "Ada Λ"),
        new MemberKeys(Spki, "pQ2dWq0kV0mF0n0oV4y3m2b1c9d8e7f6a5b4c3d2e1c=", "PEM text as it was sent\n"));

    private static readonly Proof Signed = new("the text of a statement\n", "c2lnbmF0dXJl");

    private static readonly CircleEvent[] Events =
    [
        new FounderRegistered(Ada),
        new RequestSubmitted(Request, Time + Decisions.RequestLifetime, Ada),
        new VoteCast(Request, 0, Approve: true),
        new MemberAdmitted(Request),
        new RequestRejected(Request, 7),
        new RequestExpired(Request),
        new MemberLeft(3),
        new RequestsLockChanged(3, Locked: true),
        new MemberImported(Ada, Time - 1),
        new HistoryRatified(3, Signed),
        new StatementsRequired(3, Required: true, Signed),
        new AddendaErased(1, ["profile", "keys"]),
        new RollbackAccepted(9, new Hash(new byte[Hash.ByteLength])),
        new VoteCast(Request, 0, Approve: false, Signed),
    ];

    [Fact]
    public void Of_every_event() => Approve.Text(string.Join('\n', Events.Select(Describe)));

    [Fact]
    public void Every_event_is_among_them() => typeof(CircleEvent).Assembly.GetTypes()
        .Where(type => type.IsSubclassOf(typeof(CircleEvent)))
        .ShouldBe(Events.Select(happened => happened.GetType()).Distinct(), ignoreOrder: true);

    private static string Describe(CircleEvent happened)
    {
        byte counter = 0;
        Entry entry = Entry.Write(happened, Time, nonce =>
        {
            foreach (ref byte one in nonce)
            {
                one = counter++;
            }
        });

        int count = entry.Bytes[^1];
        int digestsAt = entry.Bytes.Length - 1 - (count * (DigestLength + OffsetLength));
        int offsetsAt = digestsAt + (count * DigestLength);
        StringBuilder text = new();
        text.Append($"== {happened.GetType().Name}, {entry.Bytes.Length} bytes\n\n");
        text.Append($"JSON     {Encoding.UTF8.GetString(entry.Bytes.AsSpan(0, digestsAt))}\n");
        for (int index = 0; index < count; index++)
        {
            text.Append($"digest   {Hex(entry.Bytes.AsSpan(digestsAt + (index * DigestLength), DigestLength))}\n");
        }

        for (int index = 0; index < count; index++)
        {
            text.Append($"offset   {Hex(entry.Bytes.AsSpan(offsetsAt + (index * OffsetLength), OffsetLength))}\n");
        }

        text.Append($"N        {count:x2}\n");
        text.Append($"leaf     {Hex(entry.LeafHash.Bytes)}\n");
        foreach (Addendum addendum in entry.Addenda)
        {
            text.Append($"\naddendum {addendum.Name}, stored under {Hex(addendum.Digest.Bytes)}\n{Encoding.UTF8.GetString(addendum.Bytes)}\n");
        }

        return text.ToString();
    }

    private static string Hex(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(bytes);
}
