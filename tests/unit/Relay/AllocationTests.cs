using System.Text;
using SecureChat.Web.Relay;

namespace SecureChat.UnitTests.Relay;

public sealed class AllocationTests
{
    private const int Recipients = 20;
    private const int Messages = 500;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_relayed_frame_allocates_nothing(bool tracked)
    {
        string[] ids = ["ada", .. Enumerable.Range(0, Recipients).Select(i => $"member-{i}")];
        SomeCircle circle = new(ids);
        await using Hub hub = new(() => circle.Roster, circle.Logins, circle.Vote, new RelayLimits(), TimeProvider.System);
        List<PipeStream> readers = [];
        foreach (string id in ids.Skip(1))
        {
            PipeStream reader = new(Frame(circle[id].Auth())) { KeepsWrites = false };
            readers.Add(reader);
            _ = hub.ServeAsync(reader, reader.End);
        }

        string recipients = string.Join(',', ids.Skip(1).Select(id => $$"""{"member_id":"{{id}}","encrypted_blob":"{{new string('x', 256)}}"}"""));
        byte[] warmUp = Frame(Message("w", recipients));
        byte[][] portions =
        [
            Frame(circle["ada"].Auth()),
            .. Enumerable.Range(0, Messages).Select(i => Frame(Message(tracked ? $"m{i}" : null, recipients))),
        ];
        PipeStream warm = new(Frame(circle["ada"].Auth()), warmUp, Frame(Message("w2", recipients)), Frame(Message(null, recipients)));
        Task warming = hub.ServeAsync(warm, warm.End);
        PipeStream sender = new(portions) { KeepsWrites = false };
        long before = readers.Sum(reader => reader.WrittenBytes);

        // Everything is in memory and nothing waits, so that all is done on this thread before the call returns.
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        Task serving = hub.ServeAsync(sender, sender.End);
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;

        long relayed = readers.Sum(reader => reader.WrittenBytes) - before;
        relayed.ShouldBeGreaterThan(Messages * Recipients * 256);
        // The connection itself, its AUTH, and a receipt for each message that is pending at once.
        long budget = tracked ? 12_288 + Messages * 500 : 12_288;
        allocated.ShouldBeLessThan(budget, $"{relayed} bytes were relayed");
        sender.End();
        warm.End();
        readers.ForEach(reader => reader.End());
        await serving;
        await warming;
    }

    [Fact]
    public void A_message_that_is_tracked_and_acknowledged_allocates_nothing_once_there_are_receipts_to_use_again()
    {
        int delivered = 0;
        using Receipts receipts = new(new Presence(), new RelayLimits(), TimeProvider.System, (_, _, _) => delivered++);
        SenderReceipts book = receipts.Of(1);
        long[] recipients = [7, 8];
        Connection[]?[] online = new Connection[]?[2];
        long allocated = 0;
        for (int round = 0; round < 10_002; round++)
        {
            if (round == 2)
            {
                allocated = GC.GetAllocatedBytesForCurrentThread();
            }

            receipts.TryTrack(book, "id"u8, "\"id\""u8, recipients, online);
            receipts.Acknowledge(7, "id"u8);
            receipts.Acknowledge(8, "id"u8);
        }

        // One object a round would be 240,000 bytes at least; the runtime itself allocates a few thousand when it compiles better code
        // in the middle of them.
        (GC.GetAllocatedBytesForCurrentThread() - allocated).ShouldBeLessThan(24_000);
        delivered.ShouldBe(10_002);
    }

    private static string Message(string? id, string recipients)
    {
        string field = id is null ? "" : $"\"message_id\":\"{id}\",";
        return $$$"""{"type":"MESSAGE","payload":{"channel_id":"general",{{{field}}}"sender_id":"ada","recipients":[{{{recipients}}}]}}""";
    }

    private static byte[] Frame(string text) => RawSocket.Frame(0x81, Encoding.UTF8.GetBytes(text));
}
