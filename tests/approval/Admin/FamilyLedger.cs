using System.Buffers;
using SecureChat.Ledger.Circle;
using SecureChat.Ledger.Storage;
using SecureChat.Ledger.Transparency;
using SecureChat.Ledger.Verification;

namespace SecureChat.ApprovalTests.Admin;

/// <summary>
/// A ledger that is written event by event and ends as an exported folder. Everything in it but the keys of the people is the same in
/// every run. Whoever is told to sign makes a statement as a client does.
/// </summary>
internal sealed class FamilyLedger
{
    private static readonly SigningKey Key = SigningKey.FromSeed("family.example/ledger", new byte[SigningKey.SeedLength]);

    private readonly List<Entry> entries = [];
    private readonly CompactRange tree = new();
    private readonly Dictionary<string, long> handles = [];
    private readonly Dictionary<string, (long Entry, Person Person)> asked = [];
    private readonly HashSet<Hash> erased = [];
    private byte counter;

    public long Time { get; private set; } = new DateTimeOffset(2026, 1, 1, 9, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();

    public long Size => tree.Size;

    public void Pass(TimeSpan time) => Time += (long)time.TotalMilliseconds;

    public void Found(Person founder)
    {
        handles[founder.Id] = Size;
        Write(new FounderRegistered(Signed(StatementKind.Founder, founder, founder.Name)));
    }

    public void Import(Person member, long joined)
    {
        handles[member.Id] = Size;
        Write(new MemberImported(member.AsNewcomer(), joined));
    }

    public void Ask(Person person, string request, bool signs = true, string? name = null)
    {
        asked[request] = (Size, person);
        Newcomer newcomer = signs ? Signed(StatementKind.Request, person, name ?? person.Name) : person.AsNewcomer(name);
        Write(new RequestSubmitted(request, Time + Decisions.RequestLifetime, newcomer));
    }

    public void Vote(Person voter, string request, bool approve = true, bool signs = true) => Write(new VoteCast(
        request,
        handles[voter.Id],
        approve,
        signs ? Said(voter, StatementKind.Vote, approve, request, entries[(int)asked[request].Entry].LeafHash) : null));

    public void Admit(string request)
    {
        handles[asked[request].Person.Id] = Size;
        Write(new MemberAdmitted(request));
    }

    public void Reject(string request) => Write(new RequestRejected(request, Size - 1));

    public void Expire(string request) => Write(new RequestExpired(request));

    public void Leave(Person member) => Write(new MemberLeft(handles[member.Id], Said(member, StatementKind.Leave)));

    public void Lock(Person member, bool locked) => Write(new RequestsLockChanged(handles[member.Id], locked, Said(member, StatementKind.Lock, locked)));

    public void Ratify(Person member) => Write(new HistoryRatified(handles[member.Id], Said(member, StatementKind.Ratify)));

    public void Require(Person member, bool required) =>
        Write(new StatementsRequired(handles[member.Id], required, Said(member, StatementKind.Require, required)));

    public void Erase(long leaf, params string[] names)
    {
        erased.UnionWith(entries[(int)leaf].Addenda.Where(addendum => names.Contains(addendum.Name)).Select(addendum => addendum.Digest));
        Write(new AddendaErased(leaf, names));
    }

    public void AcceptRollback(long size) => Write(new RollbackAccepted(size, default));

    /// <summary>The newest head.</summary>
    public byte[] Checkpoint() => new Checkpoint(Key.VerifierKey.Name, tree.Size, tree.Root()).Sign(Key).Format();

    /// <summary>Writes the tree of files that an export is.</summary>
    public void Export(string folder)
    {
        Hash[] leaves = [.. entries.Select(entry => entry.LeafHash)];
        ArrayBufferWriter<byte> bundle = new();
        entries.ForEach(entry => EntryBundle.Append(bundle, entry.Bytes));
        File(folder, new TilePath(TilePath.EntriesLevel, 0, entries.Count).Format(), bundle.WrittenSpan.ToArray());
        File(folder, new TilePath(0, 0, entries.Count).Format(), [.. leaves.SelectMany(leaf => leaf.Bytes.ToArray())]);
        foreach (Addendum addendum in entries.SelectMany(entry => entry.Addenda).Where(addendum => !erased.Contains(addendum.Digest)))
        {
            File(folder, ExportFolder.AddendumPath(addendum.Digest), addendum.Bytes);
        }

        File(folder, "policy", WitnessPolicy.OfLog(Key.VerifierKey).Format());
        File(folder, "checkpoint", Checkpoint());
    }

    private static void File(string folder, string name, byte[] content)
    {
        string path = Path.Combine(folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        System.IO.File.WriteAllBytes(path, content);
    }

    private void Write(CircleEvent happened)
    {
        Entry entry = Entry.Write(happened, Time, Fill);
        entries.Add(entry);
        tree.Append(entry.LeafHash);
        Pass(TimeSpan.FromMinutes(1));
    }

    private Newcomer Signed(StatementKind kind, Person person, string name)
    {
        Newcomer plain = person.AsNewcomer(name);
        SealedAddenda addenda = new(Addendum.Write(plain.Profile!, Fill).Bytes, Addendum.Write(plain.Keys!, Fill).Bytes);
        Statement statement = new(kind, Key.VerifierKey.Name, Time)
        {
            Profile = Addendum.DigestOf(addenda.Profile),
            Keys = Addendum.DigestOf(addenda.Keys),
        };
        return plain with { Proof = Proof(person, statement), Sealed = addenda };
    }

    private Proof Said(Person member, StatementKind kind, bool choice = false, string request = "", Hash subject = default) => Proof(
        member,
        new Statement(kind, Key.VerifierKey.Name, Time)
        {
            Member = new Handle(handles[member.Id], entries[(int)handles[member.Id]].LeafHash),
            Choice = choice,
            Request = request,
            Subject = subject,
            Seen = new Seen(tree.Size, tree.Root()),
        });

    private static Proof Proof(Person person, Statement statement) => new(statement.Format(), person.Sign(statement.Format()));

    private void Fill(Span<byte> nonce)
    {
        foreach (ref byte one in nonce)
        {
            one = counter++;
        }
    }
}
