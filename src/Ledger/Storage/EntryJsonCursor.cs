using System.Buffers;
using System.Buffers.Text;
using System.Text;
using SecureChat.Ledger.Circle;
using SecureChat.Ledger.Keys;

namespace SecureChat.Ledger.Storage;

/// <summary>
/// Reads the JSON part of the frequent events piece by piece as <see cref="EntryJson"/> writes it, several times faster than reading any
/// JSON and writing it again to compare. It never judges: what is not exactly as expected is read by <see cref="EntryJsonReader"/>, which
/// knows all there is and says what is wrong.
/// </summary>
internal ref struct EntryJsonCursor
{
    private const int NonceCharacters = 24;
    private const int MaxDigits = 15;

    // A subset of what a request's id may consist of, with none that JSON would write in another way.
    private static readonly SearchValues<byte> PlainText = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._"u8);

    private ReadOnlySpan<byte> rest;

    private EntryJsonCursor(ReadOnlySpan<byte> json) => rest = json;

    /// <summary>The event and its time; null when it is another one, or not to the byte what is written.</summary>
    /// <param name="json">The JSON part of an entry.</param>
    public static (CircleEvent Event, long Time)? TryRead(ReadOnlySpan<byte> json)
    {
        EntryJsonCursor cursor = new(json);
        return cursor.Is("{\"a"u8) ? cursor.WithAddenda() : cursor.Is("{\"event\":\""u8) ? cursor.WithoutAddenda() : null;
    }

    // Behind {"a
    private (CircleEvent Event, long Time)? WithAddenda()
    {
        if (Is("ddenda\":[\"profile\",\"keys\"],"u8))
        {
            return Is("\"event\":\"RequestSubmitted\","u8) ? Submission(proof: null) : null;
        }

        if (Is("ddenda\":[\"profile\",\"keys\",\"proof\"],"u8))
        {
            return Is("\"event\":\"RequestSubmitted\","u8) ? Submission(Proof.Erased) : null;
        }

        if (Is("ddenda\":[\"proof\"],"u8))
        {
            return Is("\"event\":\"MemberLeft\","u8) ? Departure(Proof.Erased) : Is("\"a"u8) ? Vote(Proof.Erased) : null;
        }

        return Vote(proof: null);
    }

    // Behind {"event":"
    private (CircleEvent Event, long Time)? WithoutAddenda()
    {
        if (Is("MemberLeft\","u8))
        {
            return Departure(proof: null);
        }

        if (Is("MemberAdmitted\","u8))
        {
            return Common(out string request, out long time) && Ends() ? (new MemberAdmitted(request), time) : null;
        }

        return Is("RequestRejected\","u8) && Common(out string rejected, out long at) && Is(",\"vote\":"u8) && Integer(out long vote) && Ends()
            ? (new RequestRejected(rejected, vote), at)
            : null;
    }

    private (CircleEvent Event, long Time)? Vote(Proof? proof)
    {
        bool approve = Is("pprove\":true,"u8);
        return (approve || Is("pprove\":false,"u8))
            && Is("\"event\":\"VoteCast\","u8) && Common(out string request, out long time)
            && Is(",\"voter\":"u8) && Integer(out long voter) && Ends()
            ? (new VoteCast(request, voter, approve, proof), time)
            : null;
    }

    private (CircleEvent Event, long Time)? Submission(Proof? proof) =>
        Is("\"expires\":"u8) && Integer(out long expires) && Is(","u8) && Common(out string request, out long time) && Ends()
            ? (new RequestSubmitted(request, expires, new Newcomer(null, null, proof)), time)
            : null;

    private (CircleEvent Event, long Time)? Departure(Proof? proof) =>
        Is("\"member\":"u8) && Integer(out long member) && Is(","u8) && Nonce() && Is(",\"t\":"u8) && Integer(out long time)
            && Is(",\"v\":1"u8) && Ends()
            ? (new MemberLeft(member, proof), time)
            : null;

    // "nonce", "request", "t" and "v", which stand together in all of them.
    private bool Common(out string request, out long time)
    {
        request = "";
        time = 0;
        return Nonce() && Is(",\"request\":\""u8) && Text(out request) && Is(",\"t\":"u8) && Integer(out time) && Is(",\"v\":1"u8);
    }

    private bool Nonce()
    {
        Span<byte> nonce = stackalloc byte[NonceCharacters];
        if (!Is("\"nonce\":\""u8) || rest.Length < NonceCharacters
            || !CanonicalBase64.TryDecode(rest[..NonceCharacters], nonce, out int length) || length != EntryJsonReader.NonceLength)
        {
            return false;
        }

        rest = rest[NonceCharacters..];
        return Is("\""u8);
    }

    private bool Text(out string text)
    {
        int length = rest.IndexOfAnyExcept(PlainText);
        text = length < 0 ? "" : Encoding.ASCII.GetString(rest[..length]);
        rest = rest[Math.Max(0, length)..];
        return length >= 0 && Is("\""u8);
    }

    // Without a sign, a zero before others, a point or an exponent.
    private bool Integer(out long value)
    {
        bool isCanonical = Utf8Parser.TryParse(rest, out value, out int digits)
            && rest[0] is >= (byte)'0' and <= (byte)'9' && (rest[0] != '0' || digits == 1) && digits <= MaxDigits;
        rest = rest[(isCanonical ? digits : 0)..];
        return isCanonical;
    }

    private bool Ends() => Is("}"u8) && rest.IsEmpty;

    private bool Is(ReadOnlySpan<byte> expected)
    {
        if (!rest.StartsWith(expected))
        {
            return false;
        }

        rest = rest[expected.Length..];
        return true;
    }
}
