using System.Diagnostics.CodeAnalysis;
using SecureChat.Ledger.Circle;
using SecureChat.Ledger.Circle.Names;
using SecureChat.Ledger.Keys;

namespace SecureChat.Admin.Import;

/// <summary>A member who comes over.</summary>
/// <param name="Old">The old row.</param>
/// <param name="Newcomer">As the ledger keeps it: id, name and keys are those that were there.</param>
/// <param name="Joined">When it joined there, in milliseconds since the Unix epoch, or null where that cannot be read.</param>
internal sealed record ImportedMember(OldMember Old, Newcomer Newcomer, long? Joined);

/// <summary>A member who cannot come over.</summary>
/// <param name="Old">The old row.</param>
/// <param name="Reason">A sentence on what our rules refuse.</param>
internal sealed record RefusedMember(OldMember Old, string Reason);

/// <summary>What an import will do, before it does anything.</summary>
/// <param name="Members">Who comes over, in the order of the ledger: the first one takes leaf 0.</param>
/// <param name="Refused">Who does not.</param>
/// <param name="FounderLeft">Whether the first one is not the founder of the old server, who is no member any more.</param>
internal sealed record ImportPlan(IReadOnlyList<ImportedMember> Members, IReadOnlyList<RefusedMember> Refused, bool FounderLeft)
{
    /// <summary>The most members of a circle that is imported. Each two of them have a channel, and so many rows are written at the first start.</summary>
    public const int MaxMembers = 1_000;

    // The largest time that a calendar shows, 9999-12-31.
    private const long LatestTime = 253_402_300_799_999;

    /// <summary>Makes the plan.</summary>
    /// <param name="old">What stands in the old database.</param>
    /// <exception cref="CommandRefusedException">There is nobody to begin with, or the founder cannot come over.</exception>
    public static ImportPlan Make(OldServer old)
    {
        RequireDistinctIds(old.Active);
        OldMember? founder = old.Active.FirstOrDefault(member => member.Id is not null && member.Id == old.FounderId);
        List<ImportedMember> members = [];
        List<RefusedMember> refused = [];
        List<NameKeys> names = [];
        foreach (OldMember member in old.Active.OrderBy(member => member != founder).ThenBy(Time).ThenBy(member => member.Id, StringComparer.Ordinal))
        {
            if (TryAccept(member, out Newcomer? newcomer, out NameKeys? name, out string reason) && IsFree(name, names, ref reason))
            {
                names.Add(name);
                members.Add(new ImportedMember(member, newcomer, Time(member) is var joined and <= LatestTime ? joined : null));
            }
            else if (member == founder)
            {
                throw CommandRefusedException.Usage(
                    $"The founder {member.Called} cannot be carried over: {reason} On the old server, have the founder leave and ask again under "
                    + "another id with what is refused put right; the oldest of the others then takes the founder's place. Then import again.");
            }
            else
            {
                refused.Add(new RefusedMember(member, reason));
            }
        }

        RequireSize(old, members);
        return new ImportPlan(members, refused, FounderLeft: founder is null);
    }

    // Rows without a time that can be read come last.
    private static long Time(OldMember member) => member.JoinedAt is >= 0 and <= LatestTime ? member.JoinedAt.Value : long.MaxValue;

    private static bool TryAccept(
        OldMember member, [NotNullWhen(true)] out Newcomer? newcomer, [NotNullWhen(true)] out NameKeys? name, out string reason)
    {
        newcomer = null;
        name = null;
        if (!MemberId.IsValid(member.Id))
        {
            reason = "Its id is not 1 to 64 characters from A-Z, a-z, 0-9, dot, underscore and hyphen, or begins with erased-.";
        }
        else if (member.Name is null)
        {
            reason = "Its display name is no text.";
        }
        else if (!DisplayName.TryAccept(member.Name, out name, out DisplayNameProblem? problem))
        {
            reason = problem.Sentence;
        }
        else if (member.PublicKey is null || member.Curve25519 is null)
        {
            reason = $"Its {(member.PublicKey is null ? "RSA" : "Curve25519")} key is no text.";
        }
        else if (RsaPublicKey.TryParse(member.PublicKey, out RsaPublicKey? rsa, out reason)
            && (member.Curve25519.Length == 0 || Curve25519PublicKey.TryParse(member.Curve25519, out _, out reason)))
        {
            string spki = Convert.ToBase64String(rsa.CanonicalSpki.Span);
            newcomer = new Newcomer(new Profile(member.Id!, member.Name), new MemberKeys(spki, member.Curve25519, member.PublicKey));
        }

        return newcomer is not null;
    }

    // The old server compared names letter by letter, and not with those of pending requests.
    private static bool IsFree(NameKeys name, List<NameKeys> taken, ref string reason)
    {
        bool isFree = !taken.Exists(name.ClashesWith);
        reason = isFree ? reason : "Its display name is, or looks like, that of another member who comes before it.";
        return isFree;
    }

    private static void RequireDistinctIds(IReadOnlyList<OldMember> members)
    {
        if (members.Where(member => member.Id is not null).GroupBy(member => member.Id).FirstOrDefault(same => same.Count() > 1) is { } twice)
        {
            throw CommandRefusedException.Unreadable(
                $"The old database is damaged: the id {twice.Key} stands in it twice, and nobody can tell whose it is. Delete one of the two rows from a copy of it.");
        }
    }

    private static void RequireSize(OldServer old, List<ImportedMember> members)
    {
        if (members.Count == 0)
        {
            throw CommandRefusedException.Usage(old.Active.Count == 0
                ? "No active member stands in the old database: there is no circle to carry over. Start the relay on an empty folder."
                : "None of the members in the old database can be carried over: their ids, names or keys are refused. Start the relay on an empty folder.");
        }

        if (members.Count > MaxMembers)
        {
            throw CommandRefusedException.Usage(
                $"The old database has {members.Count} members, and at most {MaxMembers} can be carried over: each two of them have a channel.");
        }
    }
}
