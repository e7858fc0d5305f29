using System.Security.Cryptography;
using SecureChat.Ledger.Circle;
using SecureChat.Ledger.Storage;
using SecureChat.Ledger.Verification;

namespace SecureChat.Bench.Load;

/// <summary>
/// A circle that stands in a ledger before the server starts. Where a member may have sixteen connections, ten thousand of them need
/// hundreds of members, and to vote hundreds in would take hundreds of thousands of votes.
/// </summary>
internal static class WrittenCircle
{
    private const int Members = 640;

    public static Member[] Write(string dataFolder)
    {
        Directory.Delete(dataFolder, recursive: true);
        Directory.CreateDirectory(dataFolder);

        // One key for all: a connection holds none.
        RSA key = MemberKey.Make();
        Member[] members = [.. Enumerable.Range(0, Members).Select(number => new Member(number, key))];
        OpenLedger ledger = LedgerOpening.Open(dataFolder, origin: null, RandomNumberGenerator.Fill);
        using LedgerTransaction transaction = new(ledger.File.Open(), ledger.Range, ledger.Key);
        List<CircleEvent> events = [new FounderRegistered(Person(members[0], key))];
        events.AddRange(members.Skip(1).Select(member => new MemberImported(Person(member, key), Joined: null)));
        long time = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        transaction.Commit([.. events.Select(happened => Entry.Write(happened, time, RandomNumberGenerator.Fill))], [], [], time);
        return members;
    }

    private static Newcomer Person(Member member, RSA key) => new(
        new Profile(member.Id, member.Name), new MemberKeys(Convert.ToBase64String(key.ExportSubjectPublicKeyInfo()), "", member.PublicKey));
}
