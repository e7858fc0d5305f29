using System.Text.Json;
using SecureChat.Ledger.Circle;
using SecureChat.Ledger.Keys;
using SecureChat.Ledger.Transparency;

namespace SecureChat.Ledger.Storage;

/// <summary>
/// How the JSON part of an entry is read: unknown events and fields are refused, and whatever was read must write back to the
/// same bytes. What is frequent and exactly as written is read by <see cref="EntryJsonCursor"/>.
/// </summary>
internal static class EntryJsonReader
{
    public const int NonceLength = 16;

    private const long LargestInteger = (1L << 53) - 1;

    /// <summary>Reads the JSON part. What stands in the addenda is put in by the caller; until then it counts as erased.</summary>
    /// <exception cref="FormatException">It is not what <see cref="EntryJson.Write"/> writes.</exception>
    /// <param name="json">The bytes.</param>
    /// <param name="isExact">Whether anything else than exactly what is written is refused, and not only what cannot be read.</param>
    public static (CircleEvent Event, long Time) Read(ReadOnlySpan<byte> json, bool isExact = true)
    {
        if (EntryJsonCursor.TryRead(json) is { } frequent)
        {
            return frequent;
        }

        return ReadAny(json, isExact);
    }

    /// <summary>The same without the short way for frequent events.</summary>
    internal static (CircleEvent Event, long Time) ReadAny(ReadOnlySpan<byte> json, bool isExact = true)
    {
        Fields fields = Fields.Read(json);
        Proof? proof = fields.HasProof ? Proof.Erased : null;
        CircleEvent happened = fields.Event switch
        {
            "FounderRegistered" => new FounderRegistered(Nobody(proof)),
            "RequestSubmitted" => new RequestSubmitted(fields.Request, fields.Expires, Nobody(proof)),
            "VoteCast" => new VoteCast(fields.Request, fields.Voter, fields.Approve, proof),
            "MemberAdmitted" => new MemberAdmitted(fields.Request),
            "RequestRejected" => new RequestRejected(fields.Request, fields.Vote),
            "RequestExpired" => new RequestExpired(fields.Request),
            "MemberLeft" => new MemberLeft(fields.Member, proof),
            "RequestsLockChanged" => new RequestsLockChanged(fields.Member, fields.Locked, proof),
            "MemberImported" => new MemberImported(Nobody(proof), fields.Joined),
            "HistoryRatified" => new HistoryRatified(fields.Member, Proof.Erased),
            "StatementsRequired" => new StatementsRequired(fields.Member, fields.Required, Proof.Erased),
            "AddendaErased" => new AddendaErased(fields.Leaf, fields.Erased),
            "RollbackAccepted" => new RollbackAccepted(fields.Size, fields.Root),
            var unknown => throw new FormatException($"the event \"{unknown}\" is unknown to this version"),
        };

        // Whatever is missing, misplaced, doubled or written in another way makes other bytes.
        if (isExact && !EntryJson.IsWritten(json, happened, fields.Time, fields.Nonce))
        {
            throw new FormatException($"the fields of {fields.Event} are not exactly those of the format");
        }

        return (happened, fields.Time);
    }

    private static Newcomer Nobody(Proof? proof) => new(null, null, proof);

    /// <summary>All fields that an event can have; which of them belong together is checked by writing them again.</summary>
    private ref struct Fields
    {
        public string Event = "";
        public string Request = "";
        public string Nonce = "";
        public long Time;
        public long Expires;
        public long Voter;
        public long Vote;
        public long Member;
        public long Leaf;
        public long Size;
        public long? Joined;
        public Hash Root;
        public bool Approve;
        public bool Locked;
        public bool Required;
        public bool HasProof;
        public IReadOnlyList<string> Erased = [];

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

        // By bytes and not by strings, the most frequent first: whoever verifies a log comes here for many fields.
        private void ReadOne(ref Utf8JsonReader reader)
        {
            if (Next(ref reader, "t"u8))
            {
                Time = Integer(ref reader);
            }
            else if (Next(ref reader, "v"u8))
            {
                Require(Integer(ref reader) == 1);
            }
            else if (Next(ref reader, "nonce"u8))
            {
                Nonce = NonceOf(reader.GetString());
            }
            else if (Next(ref reader, "event"u8))
            {
                Event = reader.GetString()!;
            }
            else if (Next(ref reader, "request"u8))
            {
                Request = reader.GetString()!;
            }
            else if (Next(ref reader, "approve"u8))
            {
                Approve = reader.GetBoolean();
            }
            else if (Next(ref reader, "voter"u8))
            {
                Voter = Integer(ref reader);
            }
            else if (Next(ref reader, "addenda"u8))
            {
                HasProof = HoldsProof(ref reader);
            }
            else
            {
                ReadRare(ref reader);
            }
        }

        private void ReadRare(ref Utf8JsonReader reader)
        {
            string name = reader.GetString()!;
            Require(reader.Read());
            switch (name)
            {
                case "erased":
                    Erased = Names(ref reader);
                    break;
                case "expires":
                    Expires = Integer(ref reader);
                    break;
                case "vote":
                    Vote = Integer(ref reader);
                    break;
                case "member":
                    Member = Integer(ref reader);
                    break;
                case "leaf":
                    Leaf = Integer(ref reader);
                    break;
                case "size":
                    Size = Integer(ref reader);
                    break;
                case "joined":
                    Joined = Integer(ref reader);
                    break;
                case "root":
                    Require(Hash.Parse(reader.GetString()!).TryGet(out Root, out _));
                    break;
                case "required":
                    Required = reader.GetBoolean();
                    break;
                case "locked":
                    Locked = reader.GetBoolean();
                    break;
                default:
                    throw new FormatException($"the field \"{name}\" is unknown to this version");
            }
        }

        private static bool Next(ref Utf8JsonReader reader, ReadOnlySpan<byte> name)
        {
            if (!reader.ValueTextEquals(name))
            {
                return false;
            }

            Require(reader.Read());
            return true;
        }

        private static string NonceOf(string? text)
        {
            Span<byte> nonce = stackalloc byte[NonceLength + 1];
            Require(CanonicalBase64.TryDecode(text, nonce, out int length) && length == NonceLength);
            return text!;
        }

        // Which names stand there is checked by writing them again.
        private static bool HoldsProof(ref Utf8JsonReader reader)
        {
            Require(reader.TokenType == JsonTokenType.StartArray);
            bool holds = false;
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                holds |= reader.ValueTextEquals(Addendum.ProofName);
            }

            return holds;
        }

        private static List<string> Names(ref Utf8JsonReader reader)
        {
            Require(reader.TokenType == JsonTokenType.StartArray);
            List<string> names = [];
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                names.Add(reader.GetString()!);
            }

            return names;
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
