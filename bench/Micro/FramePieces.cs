using System.Security.Cryptography;
using System.Text;
using BenchmarkDotNet.Attributes;
using SecureChat.Bench.Load;
using SecureChat.Ledger.Keys;
using SecureChat.Projections;
using SecureChat.Web.Relay;

namespace SecureChat.Bench.Micro;

/// <summary>The way of a message through the relay, without the kernel: a frame for 19 recipients from its bytes to the bytes that are sent.</summary>
public class FramePieces
{
    private const int Members = 20;

    private readonly RosterMember[] members = [.. Enumerable.Range(0, Members).Select(Somebody)];
    private readonly Outbox[] outboxes = [.. Enumerable.Range(0, Members).Select(_ => Box())];
    private readonly FrameReader reader = new(maxFragments: 16) { MaxMessageBytes = 16 * 1024 * 1024 };
    private readonly ClientFrame frame = new();
    private Roster roster = null!;
    private byte[] wire = [];
    private byte[] text = [];

    /// <summary>How long each recipient's blob is.</summary>
    [Params(256, 4096)]
    public int BlobBytes { get; set; }

    [GlobalSetup]
    public void Prepare()
    {
        roster = new Roster(Members, requestsLocked: false, members, []);
        SeededBytes seed = new(7);
        byte[] blob = new byte[BlobBytes * 3 / 4];
        IEnumerable<string> entries = members.Skip(1).Select(member =>
        {
            seed.Fill(blob);
            return $$"""{"member_id":"{{member.Id}}","encrypted_blob":"{{Convert.ToBase64String(blob)}}"}""";
        });
        text = Encoding.UTF8.GetBytes(
            $$$"""{"type":"MESSAGE","payload":{"channel_id":"general","message_id":"1","sender_id":"{{{members[0].Id}}}","recipients":[{{{string.Join(',', entries)}}}]}}""");
        wire = ClientFrames.Frame(text);
        foreach (Outbox outbox in outboxes)
        {
            _ = outbox.PumpAsync();
        }
    }

    /// <summary>From bytes as they arrive to a payload without its mask.</summary>
    [Benchmark]
    public int ReadAndUnmask()
    {
        int given = 0;
        while (given < wire.Length)
        {
            Memory<byte> free = reader.Free();
            int count = Math.Min(free.Length, wire.Length - given);
            wire.AsSpan(given, count).CopyTo(free.Span);
            reader.Received(count);
            given += count;
        }

        int length = reader.Next() == Incoming.Text ? reader.Payload.Length : throw new InvalidOperationException("No text frame.");
        reader.Release();
        return length;
    }

    /// <summary>The mask alone.</summary>
    [Benchmark]
    public void Unmask() => Masking.Remove(text, 0);

    /// <summary>The frame taken apart, its recipients looked up.</summary>
    [Benchmark]
    public int ParseAndLookUp()
    {
        frame.Read(text, isUtf8: true, roster, members[0]);
        return frame.Recipients.Length == Members - 1 ? Members - 1 : throw new InvalidOperationException("Recipients are missing.");
    }

    /// <summary>The same, and each recipient's frame written to an outbox and sent to nowhere.</summary>
    [Benchmark]
    public void ParseLookUpAndFanOut()
    {
        frame.Read(text, isUtf8: true, roster, members[0]);
        FlushList flush = FlushList.OfThisThread;
        foreach (RecipientEntry entry in frame.Recipients)
        {
            outboxes[(int)entry.Member.Handle].Append(
                flush, """{"type":"MESSAGE","payload":{"channel_id":"general","encrypted_blob":"""u8, text.AsSpan(entry.Blob.Start - 1, entry.Blob.Length + 2), "}}"u8);
        }

        flush.Flush();
    }

    /// <summary>One frame to one idle connection.</summary>
    [Benchmark]
    public void OutboxWrite()
    {
        FlushList flush = FlushList.OfThisThread;
        outboxes[0].Append(flush, text.AsSpan(0, BlobBytes), "}"u8);
        flush.Flush();
    }

    private static Outbox Box() => new(Stream.Null, 4 * 1024 * 1024, TimeProvider.System)
    {
        Overflowed = () => throw new InvalidOperationException("Nothing waits here."),
        Stuck = () => { },
    };

    private static RosterMember Somebody(int number)
    {
        using RSA key = MemberKey.Make();
        string pem = key.ExportSubjectPublicKeyInfoPem();
        return RsaPublicKey.TryParse(pem, out RsaPublicKey? parsed, out string problem)
            ? new RosterMember(number, $"00000000-0000-4000-9000-{number:d12}", $"Member {number}", pem, "", 1, new RsaVerifier(parsed), null)
            : throw new InvalidOperationException(problem);
    }
}
