using SecureChat.Ledger.Circle;
using SecureChat.Ledger.Storage;
using SecureChat.Projections;
using SecureChat.Web.Relay;
using SecureChat.Web.Security;

namespace SecureChat.Web.Api;

/// <summary>Who is in the circle, in which channels, and leaving it.</summary>
internal sealed class MembersApi(LiveCircle circle, Logins logins, Hub hub)
{
    public Task Members(HttpContext context)
    {
        if (logins.Reader(context, out ApiError? error) is null)
        {
            return Answer.ErrorAsync(context, error!);
        }

        MembersBody body = new([.. circle.Roster.Members.Select(member => new MemberBody(
            member.Id,
            member.DisplayName,
            member.PublicKey,
            member.Curve25519PublicKey,
            member.JoinedAt,
            hub.IsOnline(member)))]);
        return Answer.OkAsync(context, body, AnswerJson.Default.MembersBody);
    }

    public Task Channels(HttpContext context)
    {
        if (logins.Reader(context, out ApiError? error) is not { Member: var caller })
        {
            return Answer.ErrorAsync(context, error!);
        }

        IReadOnlyList<RosterMember> members = circle.Roster.Members;
        List<ChannelBody> channels = [new ChannelBody(Roster.General, "general", [.. members.Select(member => member.Id)])];
        channels.AddRange(members
            .Where(member => member != caller)
            .Select(member => Roster.DirectChannel(caller.Id, member.Id))
            .Select(id => new ChannelBody(id, "dm", id.Split(':'))));
        return Answer.OkAsync(context, new ChannelsBody(channels), AnswerJson.Default.ChannelsBody);
    }

    public async Task Leave(HttpContext context)
    {
        if (logins.Changer(context, out ApiError? error) is not { } login)
        {
            await Answer.ErrorAsync(context, error!);
            return;
        }

        Proof? proof = null;
        if (context.Request.Headers.ContainsKey(SignedFields.StatementHeader) || context.Request.Headers.ContainsKey(SignedFields.SignatureHeader))
        {
            proof = SignedFields.Read(context.Request, ref error);
        }

        error = (string)context.Request.RouteValues["id"]! != login.Member.Id ? ApiErrors.NotYourself
            : error is not null ? error
            : !logins.TryUse(login) ? ApiErrors.SignatureAlreadyUsed
            : null;
        if (error is not null)
        {
            await Answer.ErrorAsync(context, error);
            return;
        }

        Outcome outcome = await circle.ExecuteAsync(new Leave(login.Member.Id) { Proof = proof }, login.Signature);
        await (outcome.Refusal is { } refusal
            ? Answer.ErrorAsync(context, ApiError.Of(refusal))
            : Answer.OkAsync(context, new SuccessBody(Success: true), AnswerJson.Default.SuccessBody));
    }
}
