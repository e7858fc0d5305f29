using System.Security.Cryptography;
using System.Text;
using SecureChat.Ledger.Circle;
using SecureChat.Ledger.Storage;
using SecureChat.Ledger.Transparency;
using SecureChat.Ledger.Verification;
using SecureChat.UnitTests.Transparency;

namespace SecureChat.UnitTests.Verification;

/// <summary>
/// A real ledger of people with real keys, who sign or do not: commands go through the decisions, events through the entry
/// writer, and whoever holds the ledger's key signs the checkpoint of whatever tree there is.
/// </summary>
internal sealed class SignedCircle
{
    private static readonly Dictionary<string, RSA> s_keys = [];

    private readonly int seed;
    private readonly CompactRange tree = new();
    private int drawn;
    private int asked;

    internal SignedCircle(int seed = 1) => this.seed = seed;

    /// <summary>What stands in the ledger.</summary>
    internal List<Entry> Entries { get; } = [];

    /// <summary>The events as they were written.</summary>
    internal List<CircleEvent> Events { get; } = [];

    /// <summary>The documents that are served.</summary>
    internal Dictionary<Hash, byte[]> Addenda { get; } = [];

    internal CircleState State { get; private set; } = new();

    internal long Now { get; set; } = 1_790_000_000_000;

    /// <summary>Display names by ids; whoever is not here is "Name" and the id.</summary>
    internal Dictionary<string, string> Names { get; } = [];

    /// <summary>The names of keys by ids; whoever is not here has a key of its own. Making one takes a fifth of a second.</summary>
    internal Dictionary<string, string> Keys { get; } = [];

    internal Seen Seen => new(tree.Size, tree.Root());

    /// <summary>A circle of Ann, the founder, and others, where everybody has signed everything.</summary>
    internal static SignedCircle Of(params string[] others) => Of(signed: true, others);

    internal static SignedCircle Of(bool signed, params string[] others)
    {
        SignedCircle circle = new();
        circle.Found("ann", signed);
        foreach (string other in others)
        {
            circle.Admit(circle.Ask(other, signed), signed);
        }

        return circle;
    }

    /// <summary>Everybody signs, somebody leaves and comes back, and each entry but the last is followed by somebody who has seen it.</summary>
    internal static SignedCircle Eventful()
    {
        var circle = Of("bob", "cat");
        circle.Vote(circle.Ask("dan"), "cat", approve: false);
        circle.Lock("ann", locked: true);
        circle.Lock("cat", locked: false);
        circle.Leave("bob");
        circle.Admit(circle.Ask("bob"));
        circle.Ratify("bob");
        return circle;
    }

    internal Decision Found(string id, bool signed = true) => Do(new RegisterFounder(Person(id, signed, StatementKind.Founder)));

    internal string Ask(string id, bool signed = true, string? key = null)
    {
        string request = $"00000000-0000-4000-8000-{++asked:000000000000}";
        Do(new SubmitRequest(request, Person(id, signed, StatementKind.Request, key)));
        return request;
    }

    internal void Admit(string request, bool signed = true)
    {
        foreach (var member in State.Members.ToList())
        {
            Vote(request, member.Id, signed: signed).Refusal.ShouldBeNull();
        }

        State.RequestOf(request).ShouldBeNull();
    }

    internal Decision Vote(string request, string id, bool approve = true, bool signed = true) =>
        Do(new CastVote(request, id, approve) { Proof = signed ? VoteOf(request, id, approve) : null });

    internal Decision Leave(string id, bool signed = true) => Do(new Leave(id) { Proof = signed ? Said(StatementKind.Leave, id) : null });

    internal Decision Lock(string id, bool locked, bool signed = true) =>
        Do(new ChangeRequestsLock(id, locked) { Proof = signed ? Said(StatementKind.Lock, id, locked) : null });

    internal Decision Ratify(string id) => Do(new RatifyHistory(id) { Proof = Said(StatementKind.Ratify, id) });

    internal Decision Require(string id, bool required = true) => Do(new RequireStatements(id, required) { Proof = Said(StatementKind.Require, id, required) });

    /// <summary>Addenda of an entry are deleted, and the ledger says so.</summary>
    internal void Erase(long leaf, params string[] names)
    {
        var before = Entries.Count;
        Do(new EraseAddenda([new AddendaErased(leaf, names)]));
        if (Entries.Count > before)
        {
            Withhold(leaf, names);
        }
    }

    /// <summary>Addenda of an entry are gone.</summary>
    internal void Withhold(long leaf, params string[] names)
    {
        foreach (var addendum in Entries[(int)leaf].Addenda.Where(addendum => names.Contains(addendum.Name)))
        {
            Addenda.Remove(addendum.Digest);
        }
    }

    internal Decision Do(CircleCommand command)
    {
        var decision = Decisions.Decide(State, command, Now);
        foreach (var happened in decision.Events)
        {
            Write(happened);
        }

        State = decision.After;
        Now++;
        return decision;
    }

    /// <summary>An event that nobody decided.</summary>
    internal SignedCircle Write(CircleEvent happened)
    {
        var entry = Entry.Write(happened, Now, Fill);
        Add(happened, entry);
        return this;
    }

    /// <summary>The same, applied to the state, for what no command writes: imports.</summary>
    internal void Import(string id)
    {
        MemberImported import = new(Person(id, signed: false, StatementKind.Request), Now);
        State = State.Copy();
        State.Apply(import, Now);
        Write(import);
    }

    internal Proof? VoteOf(string request, string id, bool approve) =>
        State.RequestOf(request) is { } pending && State.MemberOf(id) is not null
            ? Said(StatementKind.Vote, id, approve, request, Entries[(int)pending.Position].LeafHash)
            : null;

    /// <summary>What a member signs, having seen all that there is.</summary>
    internal Proof? Said(StatementKind kind, string id, bool choice = false, string request = "", Hash subject = default) =>
        State.MemberOf(id) is { } member
            ? Sign(KeyOf(id), new Statement(kind, Some.Origin, Now)
            {
                Member = new Handle(member.Handle, Entries[(int)member.Handle].LeafHash),
                Choice = choice,
                Request = request,
                Subject = subject,
                Seen = Seen,
            })
            : null;

    internal static Proof Sign(string key, Statement statement) => Sign(key, statement.Format());

    internal static Proof Sign(string key, string text) =>
        new(text, Convert.ToBase64String(Key(key).SignData(Encoding.ASCII.GetBytes(text), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)));

    /// <summary>Somebody with addenda of its own making; the key is that of the id, or another one.</summary>
    internal Newcomer Person(string id, bool signed, StatementKind kind, string? key = null, string curve25519 = "")
    {
        var spki = Convert.ToBase64String(Key(key ?? KeyOf(id)).ExportSubjectPublicKeyInfo());
        MemberKeys keys = new(spki, curve25519, PemEncoding.WriteString("PUBLIC KEY", Convert.FromBase64String(spki)) + "\n");
        Profile profile = new(id, Names.GetValueOrDefault(id, $"Name {id}"));
        if (!signed)
        {
            return new Newcomer(profile, keys);
        }

        SealedAddenda sealedAddenda = new(Addendum.Write(profile, Fill).Bytes, Addendum.Write(keys, Fill).Bytes);
        Statement statement = new(kind, Some.Origin, Now)
        {
            Profile = new Hash(SHA256.HashData(sealedAddenda.Profile)),
            Keys = new Hash(SHA256.HashData(sealedAddenda.Keys)),
        };
        return new Newcomer(profile, keys, Sign(key ?? KeyOf(id), statement)) { Sealed = sealedAddenda };
    }

    /// <summary>
    /// What somebody with the ledger's key makes of it: the first entries as they are, and then whatever is wanted.
    /// </summary>
    internal SignedCircle Fork(int kept, params CircleEvent[] then)
    {
        SignedCircle fork = new(seed: 99) { Now = Now, asked = 1000, State = State };
        for (int position = 0; position < kept; position++)
        {
            fork.Add(Events[position], Entries[position]);
        }

        foreach (var happened in then)
        {
            fork.Write(happened);
        }

        return fork;
    }

    /// <summary>Entries as they were written elsewhere, byte for byte.</summary>
    internal SignedCircle Keep(SignedCircle other, params int[] positions)
    {
        foreach (int position in positions)
        {
            Add(other.Events[position], other.Entries[position]);
        }

        return this;
    }

    internal byte[] Checkpoint() => CheckpointOf(Seen).Sign(Some.LogKey).Format();

    internal LogSource Source() => new(
        () => WitnessPolicy.OfLog(Some.LogKey.VerifierKey),
        Checkpoint,
        _ => Entries.Select(entry => new StoredEntry(entry.Bytes, entry.LeafHash, "the ledger")),
        digest => Addenda.GetValueOrDefault(digest));

    internal Verdict Verify() => LogVerifier.Verify(Source());

    internal static Checkpoint CheckpointOf(Seen head) => new(Some.Origin, head.Size, head.Root);

    // Nonces that nobody meets twice, and the same in every run.
    private void Fill(Span<byte> destination) =>
        SHA256.HashData(Encoding.ASCII.GetBytes($"{seed} {drawn++}")).AsSpan(0, destination.Length).CopyTo(destination);

    private string KeyOf(string id) => Keys.GetValueOrDefault(id, id);

    private static RSA Key(string id)
    {
        lock (s_keys)
        {
            if (!s_keys.TryGetValue(id, out var key))
            {
                s_keys.Add(id, key = RSA.Create(2048));
            }

            return key;
        }
    }

    private void Add(CircleEvent happened, Entry entry)
    {
        Entries.Add(entry);
        Events.Add(happened);
        tree.Append(entry.LeafHash);
        foreach (var addendum in entry.Addenda)
        {
            Addenda[addendum.Digest] = addendum.Bytes;
        }
    }
}
