using System.Text.Json;
using SecureChat.Ledger.Circle;

namespace SecureChat.Ledger.Storage;

/// <summary>
/// The JSON part of an entry: keys sorted by ordinal, no blanks, integers below 2^53, version 1. Reading is strict in both
/// directions: unknown events and fields are refused, and whatever was read must write back to the same bytes.
/// </summary>
internal static class EntryJson
{
    private const int NonceLength = 16;
    private const long LargestInteger = (1L << 53) - 1;

    /// <summary>The addenda that the event has, in their order; their contents stand elsewhere.</summary>
    public static IReadOnlyList<string> AddendaOf(CircleEvent happened) =>
        happened is FounderRegistered or RequestSubmitted ? NewcomerAddenda : [];

    private static readonly string[] NewcomerAddenda = [Addendum.ProfileName, Addendum.KeysName];

    public static byte[] Write(CircleEvent happened, long time, ReadOnlySpan<byte> nonce)
    {
        string encodedNonce = Convert.ToBase64String(nonce);
        return CanonicalJson.Write(json =>
        {
            IReadOnlyList<string> addenda = AddendaOf(happened);
            if (addenda.Count > 0)
            {
                json.WriteStartArray("addenda");
                foreach (string name in addenda)
                {
                    json.WriteStringValue(name);
                }

                json.WriteEndArray();
            }

            WriteFields(json, happened, encodedNonce, time);
        });
    }

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

    /// <summary>Reads the JSON part. The persons of the event are put in by the caller.</summary>
    /// <exception cref="FormatException">It is not what <see cref="Write"/> writes.</exception>
    public static (CircleEvent Event, long Time) Read(ReadOnlySpan<byte> json)
    {
        Fields fields = Fields.Read(json);
        CircleEvent happened = fields.Event switch
        {
            "FounderRegistered" => new FounderRegistered(Nobody),
            "RequestSubmitted" => new RequestSubmitted(fields.Request, fields.Expires, Nobody),
            "VoteCast" => new VoteCast(fields.Request, fields.Voter, fields.Approve),
            "MemberAdmitted" => new MemberAdmitted(fields.Request),
            "RequestRejected" => new RequestRejected(fields.Request, fields.Vote),
            "RequestExpired" => new RequestExpired(fields.Request),
            "MemberLeft" => new MemberLeft(fields.Member),
            "RequestsLockChanged" => new RequestsLockChanged(fields.Member, fields.Locked),
            var unknown => throw new FormatException($"the event \"{unknown}\" is unknown to this version"),
        };

        // Whatever is missing, misplaced, doubled or written in another way makes other bytes.
        if (!Write(happened, fields.Time, fields.Nonce).AsSpan().SequenceEqual(json))
        {
            throw new FormatException($"the fields of {fields.Event} are not exactly those of the format");
        }

        return (happened, fields.Time);
    }

    private static readonly Newcomer Nobody = new(null, null);

    /// <summary>All fields that an event can have; which of them belong together is checked by writing them again.</summary>
    private ref struct Fields
    {
        public string Event = "";
        public string Request = "";
        public byte[] Nonce = [];
        public long Time;
        public long Expires;
        public long Voter;
        public long Vote;
        public long Member;
        public bool Approve;
        public bool Locked;

        public Fields()
        {
        }

        public static Fields Read(ReadOnlySpan<byte> json)
        {
            Fields fields = new();
            Utf8JsonReader reader = new(json);
            try
            {
                Require(reader.Read() && reader.TokenType == JsonTokenType.StartObject);
                while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
                {
                    fields.ReadOne(ref reader);
                }

                Require(reader.TokenType == JsonTokenType.EndObject && !reader.Read());
            }
            catch (Exception damaged) when (damaged is JsonException or InvalidOperationException)
            {
                throw new FormatException("it is no entry in JSON", damaged);
            }

            return fields;
        }

        private void ReadOne(ref Utf8JsonReader reader)
        {
            string name = reader.GetString()!;
            Require(reader.Read());
            switch (name)
            {
                case "addenda":
                    reader.Skip();
                    break;
                case "event":
                    Event = reader.GetString()!;
                    break;
                case "request":
                    Request = reader.GetString()!;
                    break;
                case "nonce":
                    Require(reader.TryGetBytesFromBase64(out byte[]? nonce) && nonce.Length == NonceLength);
                    Nonce = nonce!;
                    break;
                case "t":
                    Time = Integer(ref reader);
                    break;
                case "expires":
                    Expires = Integer(ref reader);
                    break;
                case "voter":
                    Voter = Integer(ref reader);
                    break;
                case "vote":
                    Vote = Integer(ref reader);
                    break;
                case "member":
                    Member = Integer(ref reader);
                    break;
                case "approve":
                    Approve = reader.GetBoolean();
                    break;
                case "locked":
                    Locked = reader.GetBoolean();
                    break;
                case "v":
                    Require(Integer(ref reader) == 1);
                    break;
                default:
                    throw new FormatException($"the field \"{name}\" is unknown to this version");
            }
        }

        private static long Integer(ref Utf8JsonReader reader)
        {
            Require(reader.TryGetInt64(out long value) && value is >= 0 and <= LargestInteger);
            return value;
        }

        private static void Require(bool holds)
        {
            if (!holds)
            {
                throw new FormatException("it is no entry of version 1");
            }
        }
    }
}
