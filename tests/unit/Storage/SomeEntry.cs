using System.Text;
using SecureChat.Ledger.Circle;
using SecureChat.Ledger.Storage;
using SecureChat.Ledger.Transparency;
using SecureChat.UnitTests.Keys;

namespace SecureChat.UnitTests.Storage;

/// <summary>Events as entries, with nonces that are no accident.</summary>
internal static class SomeEntry
{
    internal const long Time = 1_790_000_000_123;
    internal const string Request = "3f0c8a52-b7de-4c1f-9a6e-2d7b8c5f0e41";

    internal static readonly Newcomer Ann = new(
        new Profile("ann-1", "Ann O\u2019Hara"),
        new MemberKeys(Convert.ToBase64String(SomeKeys.Der(SomeKeys.OpensslSpki)), "", SomeKeys.OpensslSpki));

    internal static readonly CircleEvent[] OneOfEach =
    [
        new FounderRegistered(Ann),
        new RequestSubmitted(Request, Time + Decisions.RequestLifetime, Ann),
        new VoteCast(Request, 7, Approve: true),
        new VoteCast(Request, 0, Approve: false),
        new MemberAdmitted(Request),
        new RequestRejected(Request, 9),
        new RequestExpired(Request),
        new MemberLeft(3),
        new RequestsLockChanged(3, Locked: true),
        new RequestsLockChanged(0, Locked: false),
    ];

    /// <summary>Bytes that make every special character of base64.</summary>
    internal static void Fixed(Span<byte> destination) => destination.Fill(0xFB);

    internal static Entry Of(CircleEvent happened) => Entry.Write(happened, Time, Fixed);

    internal static (CircleEvent Event, long Time) Read(Entry entry) =>
        Entry.Read(entry.Bytes, digest => entry.Addenda.SingleOrDefault(addendum => addendum.Digest == digest)?.Bytes);

    /// <summary>The entry of any JSON, with a tail for so many addenda whose bytes are gone.</summary>
    internal static byte[] Around(string json, int addenda = 0)
    {
        byte[] start = Encoding.UTF8.GetBytes(json);
        byte[] bytes = [.. start, .. new byte[addenda * (Hash.ByteLength + 4)], (byte)addenda];
        for (int index = 0; index < addenda; index++)
        {
            int offset = start.Length + (index * Hash.ByteLength);
            System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(start.Length + (addenda * Hash.ByteLength) + (4 * index)), offset);
        }

        return bytes;
    }

    internal static (CircleEvent Event, long Time) Read(byte[] bytes) => Entry.Read(bytes, _ => null);
}
