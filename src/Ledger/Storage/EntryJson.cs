using System.Text.Json;
using SecureChat.Ledger.Circle;

namespace SecureChat.Ledger.Storage;

/// <summary>
/// How the JSON part of an entry is written: keys sorted by ordinal, no blanks, integers below 2^53, version 1.
/// </summary>
internal static class EntryJson
{
    /// <summary>The addenda that the event has, in their order; their contents stand elsewhere.</summary>
    public static IReadOnlyList<string> AddendaOf(CircleEvent happened) => happened switch
    {
        FounderRegistered { Founder.Proof: not null } or RequestSubmitted { Newcomer.Proof: not null } => SignedNewcomer,
        FounderRegistered or RequestSubmitted or MemberImported => UnsignedNewcomer,
        _ => ProofOf(happened) is null ? [] : ProofOnly,
    };

    private static readonly string[] UnsignedNewcomer = [Addendum.ProfileName, Addendum.KeysName];
    private static readonly string[] SignedNewcomer = [Addendum.ProfileName, Addendum.KeysName, Addendum.ProofName];
    private static readonly string[] ProofOnly = [Addendum.ProofName];

    /// <summary>The statement on which the event rests, if it has one.</summary>
    public static Proof? ProofOf(CircleEvent happened) => happened switch
    {
        FounderRegistered founding => founding.Founder.Proof,
        RequestSubmitted submission => submission.Newcomer.Proof,
        VoteCast vote => vote.Proof,
        MemberLeft departure => departure.Proof,
        RequestsLockChanged change => change.Proof,
        HistoryRatified ratification => ratification.Proof,
        StatementsRequired requirement => requirement.Proof,
        _ => null,
    };

    /// <summary>The JSON part of an entry.</summary>
    public static byte[] Write(CircleEvent happened, long time, ReadOnlySpan<byte> nonce) =>
        CanonicalJson.Write((happened, Convert.ToBase64String(nonce), time), WriteObject);

    /// <summary>Whether the event is written as these very bytes.</summary>
    public static bool IsWritten(ReadOnlySpan<byte> json, CircleEvent happened, long time, string nonce) =>
        CanonicalJson.Written((happened, nonce, time), WriteObject).SequenceEqual(json);

    private static readonly Action<Utf8JsonWriter, (CircleEvent Happened, string Nonce, long Time)> WriteObject = static (json, entry) =>
    {
        IReadOnlyList<string> addenda = AddendaOf(entry.Happened);
        if (addenda.Count > 0)
        {
            json.WriteStartArray("addenda");
            foreach (string name in addenda)
            {
                json.WriteStringValue(name);
            }

            json.WriteEndArray();
        }

        WriteFields(json, entry.Happened, entry.Nonce, entry.Time);
    };

    // One case an event, its fields in the order of the alphabet.
    private static void WriteFields(Utf8JsonWriter json, CircleEvent happened, string nonce, long time)
    {
        switch (happened)
        {
            case FounderRegistered:
                Common("FounderRegistered");
                break;
            case RequestSubmitted submission:
                json.WriteString("event", "RequestSubmitted");
                json.WriteNumber("expires", submission.Expires);
                Rest(submission.Request);
                break;
            case VoteCast vote:
                json.WriteBoolean("approve", vote.Approve);
                json.WriteString("event", "VoteCast");
                Rest(vote.Request);
                json.WriteNumber("voter", vote.Voter);
                break;
            case MemberAdmitted admission:
                Common("MemberAdmitted", admission.Request);
                break;
            case RequestRejected rejection:
                Common("RequestRejected", rejection.Request);
                json.WriteNumber("vote", rejection.Vote);
                break;
            case RequestExpired expiry:
                Common("RequestExpired", expiry.Request);
                break;
            case MemberLeft departure:
                json.WriteString("event", "MemberLeft");
                json.WriteNumber("member", departure.Member);
                Rest(request: null);
                break;
            case RequestsLockChanged change:
                json.WriteString("event", "RequestsLockChanged");
                json.WriteBoolean("locked", change.Locked);
                json.WriteNumber("member", change.Member);
                Rest(request: null);
                break;
            case MemberImported import:
                json.WriteString("event", "MemberImported");
                if (import.Joined is { } joined)
                {
                    json.WriteNumber("joined", joined);
                }

                Rest(request: null);
                break;
            case HistoryRatified ratification:
                json.WriteString("event", "HistoryRatified");
                json.WriteNumber("member", ratification.Member);
                Rest(request: null);
                break;
            case StatementsRequired requirement:
                json.WriteString("event", "StatementsRequired");
                json.WriteNumber("member", requirement.Member);
                json.WriteString("nonce", nonce);
                json.WriteBoolean("required", requirement.Required);
                json.WriteNumber("t", time);
                json.WriteNumber("v", 1);
                break;
            case AddendaErased erasure:
                json.WriteStartArray("erased");
                foreach (string name in erasure.Erased)
                {
                    json.WriteStringValue(name);
                }

                json.WriteEndArray();
                json.WriteString("event", "AddendaErased");
                json.WriteNumber("leaf", erasure.Leaf);
                Rest(request: null);
                break;
            case RollbackAccepted rollback:
                json.WriteString("event", "RollbackAccepted");
                json.WriteString("nonce", nonce);
                json.WriteString("root", rollback.Root.ToBase64());
                json.WriteNumber("size", rollback.Size);
                json.WriteNumber("t", time);
                json.WriteNumber("v", 1);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(happened), happened.GetType().Name, "The event has no form in the ledger.");
        }

        void Common(string name, string? request = null)
        {
            json.WriteString("event", name);
            Rest(request);
        }

        void Rest(string? request)
        {
            json.WriteString("nonce", nonce);
            if (request is not null)
            {
                json.WriteString("request", request);
            }

            json.WriteNumber("t", time);
            json.WriteNumber("v", 1);
        }
    }
}
