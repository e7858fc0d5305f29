using System.Text;
using System.Text.Json;
using SecureChat.Projections;

namespace SecureChat.Web.Relay;

/// <summary>What came of an AUTH.</summary>
/// <param name="Member">Whose login it is, or null.</param>
/// <param name="Reason">Why it is none; part of the wire.</param>
public readonly record struct SocketLogin(RosterMember? Member, string Reason)
{
    /// <summary>A good login.</summary>
    public static SocketLogin Of(RosterMember member) => new(member, "");

    /// <summary>A failed one.</summary>
    public static SocketLogin Failed(string reason) => new(null, reason);
}

/// <summary>
/// Checks a login and, when it is good, marks it as used. What is missing in the frame, or no string, comes as an empty
/// string; a timestamp as the digits that stood there.
/// </summary>
/// <param name="memberId">Who it claims to be.</param>
/// <param name="signature">Base64.</param>
/// <param name="timestampDigits">Milliseconds since the Unix epoch, as text.</param>
public delegate SocketLogin Authenticate(string memberId, string signature, string timestampDigits);

/// <summary>AUTH: the first frame of a connection, and any later one.</summary>
internal sealed class Login(SocketLogins logins, Announcements announcements)
{
    /// <summary>The first frame: a good AUTH brings the member online, everything else ends the connection.</summary>
    public void First(Connection connection, ClientFrame frame, ReadOnlySpan<byte> text, FlushList flush)
    {
        if (frame.Problem is not null || frame.Type != FrameType.Auth)
        {
            connection.Fail(LoginFailures.NotAuthenticated);
            return;
        }

        SocketLogin login = Check(connection.Challenge, frame, text);
        if (login.Member is null)
        {
            connection.Fail(login.Reason);
        }
        else if (!announcements.Welcome(connection, login.Member, flush))
        {
            connection.Fail(LoginFailures.MemberNotFound);
        }
    }

    /// <summary>A later AUTH: nothing happens when it is good and of the same member; a connection never changes hands.</summary>
    public void Again(Connection connection, ClientFrame frame, ReadOnlySpan<byte> text)
    {
        SocketLogin login = connection.Challenge is not null ? SocketLogin.Failed(LoginFailures.ChallengeAnswered)
            : frame.Problem is null ? Check(asked: null, frame, text) : SocketLogin.Failed(LoginFailures.NotAuthenticated);
        if (login.Member is null)
        {
            connection.Fail(login.Reason);
        }
        else if (login.Member != connection.Member!.Identity)
        {
            connection.Fail(LoginFailures.NotAuthenticated);
        }
    }

    // Whoever was challenged cannot fall back to the old way.
    private SocketLogin Check(SocketChallenge? asked, ClientFrame frame, ReadOnlySpan<byte> text)
    {
        if (asked is not null)
        {
            return logins.AuthenticateChallenged(
                asked, Text(frame[FrameField.MemberId], text), Text(frame[FrameField.Statement], text), Text(frame[FrameField.Signature], text));
        }

        JsonSlice timestamp = frame[FrameField.Timestamp];
        bool isNumber = timestamp.Kind == JsonTokenType.Number;
        return logins.Authenticate(
            Text(frame[FrameField.MemberId], text),
            Text(frame[FrameField.Signature], text),
            isNumber ? Encoding.UTF8.GetString(timestamp.Raw(text)) : Text(timestamp, text));
    }

    private static string Text(JsonSlice field, ReadOnlySpan<byte> text) =>
        field.IsText ? JsonText.Text(field.Raw(text), field.Escaped) ?? "" : "";
}
