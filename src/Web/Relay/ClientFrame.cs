using System.Text.Json;
using SecureChat.Ledger.Circle.Names;
using SecureChat.Projections;

namespace SecureChat.Web.Relay;

/// <summary>
/// A client's frame, taken apart where it lies: for each field that means something, where its value stands in the bytes.
/// No value is copied. One object serves one thread for all its frames.
/// </summary>
/// <remarks>
/// The entries of <c>recipients</c> are looked up in the roster while they are read, so that what is kept of them is bounded
/// by the circle and not by the frame.
/// </remarks>
internal sealed class ClientFrame
{
    private const int MaxDepth = 16;

    private static readonly JsonReaderOptions Options = new() { MaxDepth = MaxDepth };

    [ThreadStatic]
    private static ClientFrame? ofThisThread;

    private readonly JsonSlice[] fields = new JsonSlice[FrameNames.FieldCount];
    private readonly HashSet<long> named = [];
    private RecipientEntry[] entries = new RecipientEntry[16];
    private int entryCount;

    /// <summary>The object of the thread that asks.</summary>
    public static ClientFrame OfThisThread => ofThisThread ??= new ClientFrame();

    /// <summary>What is wrong with the frame as such, or null.</summary>
    public FrameError? Problem { get; private set; }

    /// <summary>What it asks for.</summary>
    public FrameType Type { get; private set; }

    /// <summary>The recipients that are active members other than the sender, each once, in the frame's order.</summary>
    public ReadOnlySpan<RecipientEntry> Recipients => entries.AsSpan(0, entryCount);

    /// <summary>Where the value of a field stands.</summary>
    public JsonSlice this[FrameField field] => fields[(int)field];

    /// <summary>Reads a frame.</summary>
    /// <param name="text">The frame.</param>
    /// <param name="isUtf8">Whether it is valid UTF-8; nothing else is JSON.</param>
    /// <param name="roster">Who can be a recipient.</param>
    /// <param name="sender">Who sent it, or null before AUTH.</param>
    public void Read(ReadOnlySpan<byte> text, bool isUtf8, Roster roster, RosterMember? sender)
    {
        Array.Clear(fields);
        Array.Clear(entries, 0, entryCount);
        entryCount = 0;
        named.Clear();
        Problem = isUtf8 ? null : FrameErrors.InvalidJson;
        Type = FrameType.Unknown;
        if (!isUtf8)
        {
            return;
        }

        try
        {
            Utf8JsonReader json = new(text, Options);
            json.Read();
            if (json.TokenType == JsonTokenType.StartObject)
            {
                ReadObject(ref json, fields, roster, sender);
            }
            else
            {
                json.Skip();
            }

            // Whatever follows is not JSON.
            json.Read();
        }
        catch (JsonException)
        {
            Problem = FrameErrors.InvalidJson;
            return;
        }

        Judge(text);
    }

    private void Judge(ReadOnlySpan<byte> text)
    {
        JsonSlice type = this[FrameField.Type];
        if (type.Kind != JsonTokenType.String)
        {
            Problem ??= FrameErrors.InvalidFrame;
            return;
        }

        Type = FrameNames.Type(type.Value(text, stackalloc byte[FrameNames.Longest]));
        if (Type is FrameType.Unknown or FrameType.Ping)
        {
            // Clients of later versions may send what they like under names that mean nothing here.
            Problem = null;
        }
        else if (this[FrameField.Payload].Kind != JsonTokenType.StartObject && Type != FrameType.Auth)
        {
            Problem ??= FrameErrors.InvalidFrame;
        }
    }

    private void ReadObject(ref Utf8JsonReader json, Span<JsonSlice> into, Roster roster, RosterMember? sender)
    {
        bool root = json.CurrentDepth == 0;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            FrameField field = Name(ref json);
            json.Read();
            // "type" and "payload" mean something outside only, and everything else inside.
            if (field == FrameField.None || root != field is FrameField.Type or FrameField.Payload)
            {
                json.Skip();
                continue;
            }

            ref JsonSlice slice = ref into[(int)field];
            if (slice.Kind != JsonTokenType.None)
            {
                Problem = FrameErrors.DuplicateField;
            }

            slice = JsonSlice.At(ref json);
            if (field == FrameField.Payload && slice.Kind == JsonTokenType.StartObject)
            {
                ReadObject(ref json, into, roster, sender);
            }
            else if (field == FrameField.Recipients && slice.Kind == JsonTokenType.StartArray)
            {
                ReadRecipients(ref json, roster, sender);
            }
            else
            {
                json.Skip();
            }
        }
    }

    private void ReadRecipients(ref Utf8JsonReader json, Roster roster, RosterMember? sender)
    {
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            if (json.TokenType == JsonTokenType.StartObject)
            {
                ReadRecipient(ref json, roster, sender);
            }
            else
            {
                json.Skip();
            }
        }
    }

    private void ReadRecipient(ref Utf8JsonReader json, Roster roster, RosterMember? sender)
    {
        RosterMember? member = null;
        JsonSlice id = default;
        JsonSlice blob = default;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            FrameField field = Name(ref json);
            json.Read();
            if (field is FrameField.MemberId or FrameField.EncryptedBlob)
            {
                ref JsonSlice slice = ref field == FrameField.MemberId ? ref id : ref blob;
                if (slice.Kind != JsonTokenType.None)
                {
                    Problem = FrameErrors.DuplicateField;
                }

                slice = JsonSlice.At(ref json);
                if (field == FrameField.MemberId)
                {
                    member = MemberAt(ref json, roster);
                }
            }

            json.Skip();
        }

        if (member is not null && sender is not null && member != sender && blob.IsText && named.Add(member.Handle))
        {
            if (entryCount == entries.Length)
            {
                Array.Resize(ref entries, 2 * entryCount);
            }

            entries[entryCount++] = new RecipientEntry(member, blob);
        }
    }

    private static RosterMember? MemberAt(ref Utf8JsonReader json, Roster roster)
    {
        if (json.TokenType != JsonTokenType.String)
        {
            return null;
        }

        const int longest = MemberId.MaxLength;
        return roster.MemberOf(json.ValueIsEscaped ? JsonText.Value(json.ValueSpan, escaped: true, stackalloc byte[longest]) : json.ValueSpan);
    }

    private static FrameField Name(ref Utf8JsonReader json) =>
        FrameNames.Field(json.ValueIsEscaped ? JsonText.Value(json.ValueSpan, escaped: true, stackalloc byte[FrameNames.Longest]) : json.ValueSpan);
}

/// <summary>A recipient that a message names.</summary>
/// <param name="Member">Who it is.</param>
/// <param name="Blob">Where the blob stands.</param>
internal readonly record struct RecipientEntry(RosterMember Member, JsonSlice Blob);

/// <summary>Where a JSON value stands in a frame.</summary>
/// <param name="Kind">What begins there; <see cref="JsonTokenType.None"/> when there is no such field.</param>
/// <param name="Start">The first byte: of a string, the one after the quote.</param>
/// <param name="Length">In bytes; of a string, without the quotes; of an object or an array, meaningless.</param>
/// <param name="Escaped">Whether a string has an escape in it.</param>
internal readonly record struct JsonSlice(JsonTokenType Kind, int Start, int Length, bool Escaped)
{
    /// <summary>Whether there is a string, and something in it.</summary>
    public bool IsText => Kind == JsonTokenType.String && Length > 0;

    /// <summary>Whether there is no such field, or null.</summary>
    public bool IsAbsent => Kind is JsonTokenType.None or JsonTokenType.Null;

    /// <summary>The value that a reader has come to.</summary>
    public static JsonSlice At(ref Utf8JsonReader json)
    {
        int quote = json.TokenType == JsonTokenType.String ? 1 : 0;
        return new JsonSlice(json.TokenType, (int)json.TokenStartIndex + quote, json.ValueSpan.Length, json.ValueIsEscaped);
    }

    /// <summary>A string as it stands in the frame, without its quotes.</summary>
    public ReadOnlySpan<byte> Raw(ReadOnlySpan<byte> frame) => frame.Slice(Start, Length);

    /// <summary>A string as it stands in the frame, with its quotes.</summary>
    public ReadOnlySpan<byte> Quoted(ReadOnlySpan<byte> frame) => frame.Slice(Start - 1, Length + 2);

    /// <summary>What a string says, see <see cref="JsonText.Value"/>.</summary>
    public ReadOnlySpan<byte> Value(ReadOnlySpan<byte> frame, Span<byte> space) => JsonText.Value(Raw(frame), Escaped, space);
}
