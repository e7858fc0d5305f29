using SecureChat.Ledger.Circle;
using SecureChat.Ledger.Storage;
using SecureChat.Ledger.Transparency;

namespace SecureChat.FuzzTests;

/// <summary>What a ledger of somebody else may hold: entries, the documents beside them, statements.</summary>
internal static class LedgerTargets
{
    private const long Time = 1_790_000_000_123;
    private const string Request = "3f0c8a52-b7de-4c1f-9a6e-2d7b8c5f0e41";

    private static readonly Newcomer Ada = new(new Profile("ada", "Ada"), new MemberKeys("AAAA", "", "PEM"));
    private static readonly Hash Root = MerkleHashing.Leaf("root"u8);

    private static readonly CircleEvent[] OneOfEach =
    [
        new FounderRegistered(Ada), new RequestSubmitted(Request, Time, Ada), new VoteCast(Request, 7, Approve: true), new MemberAdmitted(Request),
        new VoteCast(Request, 7, Approve: false, new Proof("s", "t")), new RequestRejected(Request, 9), new RequestExpired(Request), new MemberLeft(3),
        new RequestsLockChanged(3, Locked: true), new MemberImported(Ada, 1), new MemberImported(Ada, null), new HistoryRatified(1, new Proof("s", "t")),
        new StatementsRequired(2, Required: true, new Proof("s", "t")), new AddendaErased(4, ["profile", "keys"]), new RollbackAccepted(5, Root),
    ];

    public static Target Entries => new("entry", ReadEntry, () => Written().Select(entry => entry.Bytes));

    public static Target Addenda => new("addendum", ReadAddendum, () => Written().SelectMany(entry => entry.Addenda).Select(addendum => addendum.Bytes));

    public static Target Statements => new("statement", ReadStatement, SeedsOfStatements);

    private static IEnumerable<Entry> Written() => OneOfEach.Select(happened => Entry.Write(happened, Time, nonce => nonce.Fill(0xFB)));

    private static void ReadEntry(byte[] input)
    {
        CircleEvent? glanced = Event(() => Entry.Glance(input).Event);
        CircleEvent? read = Event(() => Entry.Read(input, _ => null).Event);
        Target.Must(read is null || read.GetType() == glanced?.GetType(), "what is read can be glanced at");
        if (AddendaIndex.Parse(input).TryGet(out AddendaIndex? index, out _))
        {
            Target.Must(index.JsonLength is null || index.JsonLength <= input.Length, "the JSON stands within the entry");
        }

        // A folder of documents that says yes to every digest: each must then be the one that was hashed.
        Event(() => Entry.Read(input, _ => input).Event);
    }

    private static void ReadAddendum(byte[] input)
    {
        bool any = Reads(() => Addendum.ReadProfile(input)) | Reads(() => Addendum.ReadKeys(input)) | Reads(() => Addendum.ReadProof(input));
        if (any)
        {
            Addendum.IsCanonical(input);
        }
    }

    private static void ReadStatement(byte[] input)
    {
        string text = Target.Text(input);
        if (Statement.Parse(text).TryGet(out Statement? statement, out string? reason))
        {
            Target.Must(statement.Format() == text, "it is exactly what would be written");
        }
        else
        {
            Target.Must(reason!.Length > 0, "a refusal has a reason");
        }
    }

    private static bool Reads<T>(Func<T> read)
    {
        try
        {
            read();
            return true;
        }
        catch (FormatException)
        {
            // The documented refusal.
            return false;
        }
    }

    private static CircleEvent? Event(Func<CircleEvent> read)
    {
        CircleEvent? happened = null;
        Reads(() => happened = read());
        return happened;
    }

    private static IEnumerable<byte[]> SeedsOfStatements() =>
        new[]
        {
            $"securechat-founder/v1\norigin log.example\nprofile {Root}\nkeys {Root}\ntime {Time}\n",
            $"securechat-vote/v1\norigin log.example\nrequest {Request}\nsubject {Root}\nvoter 0 {Root}\ndecision approve\nseen 4 {Root}\ntime {Time}\n",
            $"securechat-leave/v1\norigin log.example\nmember 3 {Root}\nseen 4 {Root}\ntime {Time}\n",
            $"securechat-lock/v1\norigin log.example\nmember 3 {Root}\nlocked true\nseen 4 {Root}\ntime {Time}\n",
            $"securechat-ratify/v1\norigin log.example\nmember 3 {Root}\nseen 4 {Root}\ntime {Time}\n",
            $"securechat-require/v1\norigin log.example\nmember 3 {Root}\nrequired false\nseen 4 {Root}\ntime {Time}\n",
        }.Select(Target.Bytes);
}
