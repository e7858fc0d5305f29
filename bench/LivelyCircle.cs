using System.Security.Cryptography;
using System.Text;
using SecureChat.Ledger.Circle;
using SecureChat.Ledger.Keys;
using SecureChat.Ledger.Storage;
using SecureChat.Ledger.Transparency;

namespace SecureChat.Bench;

/// <summary>A signature as somebody made it: what the bare verification is measured on.</summary>
/// <param name="Person">Whose it is, counted from 1.</param>
/// <param name="Spki">The key, in DER.</param>
/// <param name="Text">What was signed.</param>
/// <param name="Signature">RSASSA-PKCS1-v1_5-SHA256.</param>
internal readonly record struct MadeSignature(int Person, byte[] Spki, byte[] Text, byte[] Signature);

/// <summary>
/// The history of a circle of eight that never rests, as entries, turn by turn: somebody asks, everybody votes, the newcomer is admitted
/// and the oldest member leaves; every fourth time the fourth vote is a rejection; every eighth time the door is closed and opened again.
/// The events are written down as they must come, without asking the decisions: those copy the state for each command, which a
/// verifier does not.
/// </summary>
/// <param name="keys">The keys of the members in turn.</param>
/// <param name="signed">Whether everybody signs everything.</param>
internal sealed class LivelyCircle(IReadOnlyList<RSA> keys, bool signed)
{
    public const int Members = 8;

    private readonly SeededBytes random = new(2026);
    private readonly CompactRange tree = new();
    private readonly List<Member> members = [];
    private readonly byte[][] spki = [.. keys.Select(key => key.ExportSubjectPublicKeyInfo())];
    private readonly List<Entry> turn = [];
    private long time = 1_790_000_000_000;
    private int people;
    private int turns;

    /// <summary>The key that signs checkpoints.</summary>
    public static SigningKey LogKey { get; } = SigningKey.FromSeed("bench.invalid/ledger", new byte[SigningKey.SeedLength]);

    /// <summary>The signatures of all entries so far; empty unless it is signed.</summary>
    public List<MadeSignature> Signatures { get; } = [];

    /// <summary>The signed note over everything so far.</summary>
    public byte[] Checkpoint() => new Checkpoint(LogKey.VerifierKey.Name, tree.Size, tree.Root()).Sign(LogKey).Format();

    /// <summary>The entries of the next turn. After each turn nothing is due.</summary>
    public IReadOnlyList<Entry> Next()
    {
        turn.Clear();
        if (tree.Size == 0)
        {
            Newcomer founder = Person(StatementKind.Founder);
            Join(Write(new FounderRegistered(founder)));
        }
        else if (turns++ % 4 == 3)
        {
            Reject();
        }
        else
        {
            Admit();
        }

        return turn;
    }

    private void Admit()
    {
        (string request, Hash subject) = Ask();
        foreach (Member member in members)
        {
            Vote(request, subject, member, approve: true);
        }

        Join(Write(new MemberAdmitted(request)));
        if (members.Count > Members)
        {
            Member oldest = members[0];
            Write(new MemberLeft(oldest.Handle.Index, Said(StatementKind.Leave, oldest)));
            members.RemoveAt(0);
        }

        if (turns % 8 == 0)
        {
            Lock(locked: true);
            Lock(locked: false);
        }
    }

    private void Reject()
    {
        (string request, Hash subject) = Ask();
        int against = Math.Min(3, members.Count - 1);
        for (int voter = 0; voter < against; voter++)
        {
            Vote(request, subject, members[voter], approve: true);
        }

        Vote(request, subject, members[against], approve: false);
        Write(new RequestRejected(request, tree.Size - 1));
    }

    private (string Request, Hash Subject) Ask()
    {
        Newcomer newcomer = Person(StatementKind.Request);
        string request = $"00000000-0000-4000-8000-{people:x12}";
        return (request, Write(new RequestSubmitted(request, time + Decisions.RequestLifetime, newcomer)).LeafHash);
    }

    private void Vote(string request, Hash subject, Member voter, bool approve) =>
        Write(new VoteCast(request, voter.Handle.Index, approve, Said(StatementKind.Vote, voter, approve, request, subject)));

    private void Lock(bool locked) =>
        Write(new RequestsLockChanged(members[^1].Handle.Index, locked, Said(StatementKind.Lock, members[^1], locked)));

    private void Join(Entry entry) => members.Add(new Member(new Handle(tree.Size - 1, entry.LeafHash), people));

    private Entry Write(CircleEvent happened)
    {
        Entry entry = Entry.Write(happened, time++, random.Fill);
        tree.Append(entry.LeafHash);
        turn.Add(entry);
        return entry;
    }

    private Newcomer Person(StatementKind kind)
    {
        people++;
        Profile profile = new($"member-{people}", $"Member {people}");
        byte[] key = spki[KeyOf(people)];
        MemberKeys memberKeys = new(Convert.ToBase64String(key), "", PublicKeyPem.WriteSubjectPublicKeyInfo(key));
        if (!signed)
        {
            return new Newcomer(profile, memberKeys);
        }

        SealedAddenda addenda = new(Addendum.Write(profile, random.Fill).Bytes, Addendum.Write(memberKeys, random.Fill).Bytes);
        Statement statement = new(kind, LogKey.VerifierKey.Name, time)
        {
            Profile = new Hash(SHA256.HashData(addenda.Profile)),
            Keys = new Hash(SHA256.HashData(addenda.Keys)),
        };
        return new Newcomer(profile, memberKeys, Sign(people, statement)) { Sealed = addenda };
    }

    private Proof? Said(StatementKind kind, Member member, bool choice = false, string request = "", Hash subject = default) => signed
        ? Sign(member.Person, new Statement(kind, LogKey.VerifierKey.Name, time)
        {
            Member = member.Handle,
            Choice = choice,
            Request = request,
            Subject = subject,
            Seen = new Seen(tree.Size, tree.Root()),
        })
        : null;

    private Proof Sign(int person, Statement statement)
    {
        string text = statement.Format();
        byte[] bytes = Encoding.ASCII.GetBytes(text);
        byte[] signature = keys[KeyOf(person)].SignData(bytes, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        Signatures.Add(new MadeSignature(person, spki[KeyOf(person)], bytes, signature));
        return new Proof(text, Convert.ToBase64String(signature));
    }

    private int KeyOf(int person) => person % keys.Count;

    private readonly record struct Member(Handle Handle, int Person);
}
