using System.Globalization;
using System.Security.Cryptography;
using SecureChat.Ledger.Circle;
using SecureChat.Ledger.Keys;
using SecureChat.Projections;
using SecureChat.Web.Relay;

namespace SecureChat.UnitTests.Relay;

/// <summary>Somebody with an RSA key, who can log in.</summary>
internal sealed class Person
{
    private static readonly RSA[] Pairs = [.. Enumerable.Range(0, 4).Select(_ => RSA.Create(2048))];
    private static long lastTimestamp = 1_790_000_000_000;

    public Person(string id, long handle, string? key = null, string? name = null)
    {
        Pair = Pairs[handle % Pairs.Length];
        string pem = Pair.ExportSubjectPublicKeyInfoPem();
        RsaPublicKey.TryParse(pem, out RsaPublicKey? parsed, out _).ShouldBeTrue();
        Curve25519PublicKey? curve = key is null ? null : Curve25519PublicKey.TryParse(key, out Curve25519PublicKey? known, out _) ? known : null;
        Member = new RosterMember(handle, id, name ?? $"Name of {id}", pem, key ?? "", 1, new RsaVerifier(parsed!), curve);
    }

    public RosterMember Member { get; }

    public string Id => Member.Id;

    public RSA Pair { get; }

    /// <summary>An AUTH frame that was never sent before.</summary>
    public string Auth(string? memberId = null, long? timestamp = null, bool digitsAsText = false)
    {
        long moment = timestamp ?? Interlocked.Increment(ref lastTimestamp);
        string signature = Convert.ToBase64String(
            Pair.SignData(LoginSignature.Payload(memberId ?? Id, moment), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
        string digits = moment.ToString(CultureInfo.InvariantCulture);
        return $$$"""{"type":"AUTH","payload":{"member_id":"{{{memberId ?? Id}}}","signature":"{{{signature}}}","timestamp":{{{(digitsAsText ? $"\"{digits}\"" : digits)}}}}}""";
    }
}

/// <summary>A circle in memory, as the relay sees one.</summary>
internal sealed class SomeCircle
{
    private readonly HashSet<(string, string)> used = [];
    private volatile Roster roster;

    public SomeCircle(params string[] ids)
    {
        People = [.. ids.Select((id, place) => new Person(id, place + 1, KeyOf(place)))];
        roster = RosterOf(100, [.. People.Select(person => person.Member)], []);
    }

    public List<Person> People { get; }

    public Roster Roster
    {
        get => roster;
        set => roster = value;
    }

    /// <summary>What to do with a vote.</summary>
    public SecureChat.Web.Relay.CastVote Vote { get; set; } = (_, _, _, _) => Task.FromResult<Refusal?>(null);

    /// <summary>Called when a login was found to be good, before the relay hears of it.</summary>
    public Action AfterLogin { get; set; } = () => { };

    public Person this[string id] => People.Single(person => person.Id == id);

    public static string KeyOf(int place)
    {
        byte[] key = new byte[32];
        key.AsSpan().Fill((byte)(place + 40));
        return Convert.ToBase64String(key);
    }

    public static Roster RosterOf(long size, IReadOnlyList<RosterMember> members, IReadOnlyList<RosterRequest> pending) =>
        new(size, requestsLocked: false, members, pending);

    public static RosterRequest Request(string id, long position, params string[] approvals) =>
        new(id, position, $"by-{id}", $"Asks {id}", "PEM+", "", 5, 99, approvals);

    /// <summary>Logins of old; nobody is challenged here.</summary>
    public SocketLogins Logins => new(
        Authenticate,
        _ => throw new InvalidOperationException("Nobody offers the new subprotocol here."),
        (_, _, _, _) => throw new InvalidOperationException("Nobody is challenged here."));

    public SocketLogin Authenticate(string memberId, string signature, string timestampDigits)
    {
        if (Roster.MemberOf(memberId) is not { } member)
        {
            return SocketLogin.Failed("Member not found");
        }

        if (!Timestamp.TryParse(timestampDigits, out long timestamp) || timestamp < 1_780_000_000_000)
        {
            return SocketLogin.Failed("Timestamp out of range");
        }

        if (!LoginSignature.Verify(member.Verifier, memberId, timestamp, signature))
        {
            return SocketLogin.Failed("Signature mismatch");
        }

        lock (used)
        {
            if (!used.Add((memberId, timestampDigits)))
            {
                return SocketLogin.Failed("Signature already used");
            }
        }

        AfterLogin();
        return SocketLogin.Of(member);
    }

    /// <summary>Somebody leaves: the roster first, as always.</summary>
    public void Leave(Hub hub, string id)
    {
        Roster before = Roster;
        Person person = this[id];
        Roster = RosterOf(before.Size + 1, [.. before.Members.Where(member => member != person.Member)], before.Pending);
        hub.Announce([new RecordedEvent(before.Size, 1, new MemberLeft(person.Member.Handle), default)], before);
    }
}
