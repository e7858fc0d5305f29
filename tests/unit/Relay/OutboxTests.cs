using SecureChat.Web.Relay;

namespace SecureChat.UnitTests.Relay;

public sealed class OutboxTests : IDisposable
{
    private readonly PipeStream transport = new();
    private readonly FlushList flush = new();
    private int overflows;
    private int stuck;

    public void Dispose() => transport.Dispose();

    [Fact]
    public void What_was_put_in_before_a_flush_leaves_in_one_write()
    {
        Outbox outbox = Start(1000);

        Append(outbox, 3);
        Append(outbox, 4);
        transport.Writes.ShouldBeEmpty();
        flush.Flush();

        transport.Writes.ShouldHaveSingleItem().ShouldBe([0x81, 3, 7, 7, 7, 0x81, 4, 7, 7, 7, 7]);
        stuck.ShouldBe(0);
    }

    [Fact]
    public async Task While_a_write_is_under_way_frames_wait_and_then_leave_together()
    {
        Outbox outbox = Make(1000);
        Task pump = outbox.PumpAsync();
        transport.HeldUp = new TaskCompletionSource();
        Append(outbox, 3);
        flush.Flush();
        outbox.SendingSince.ShouldNotBe(0);
        stuck.ShouldBe(1);

        Append(outbox, 1);
        Append(outbox, 2);
        flush.Flush();
        transport.Writes.Count.ShouldBe(1);
        outbox.Close([], dropWaiting: false);
        LetGo();
        await pump;

        transport.Writes[1].ShouldBe([0x81, 1, 7, 0x81, 2, 7, 7, 0x88, 0]);
        outbox.SendingSince.ShouldBe(0);
    }

    [Fact]
    public void A_flush_may_flush_again()
    {
        using PipeStream another = new() { HeldUp = new TaskCompletionSource() };
        Outbox first = new(another, 1000, TimeProvider.System) { Overflowed = () => { }, Stuck = flush.Flush };
        _ = first.PumpAsync();
        Outbox second = Start(1000);
        Append(first, 1);
        Append(second, 2);

        flush.Flush();
        Append(second, 3);
        flush.Flush();

        first.SendingSince.ShouldNotBe(0);
        transport.Writes.SelectMany(write => write).ShouldBe([0x81, 2, 7, 7, 0x81, 3, 7, 7, 7]);
    }

    [Fact]
    public async Task Past_the_bound_nothing_is_taken_any_more_and_what_waits_can_be_dropped()
    {
        Outbox outbox = Make(1000);
        Task pump = outbox.PumpAsync();
        transport.HeldUp = new TaskCompletionSource();
        Append(outbox, 400);
        flush.Flush();
        Append(outbox, 500);
        overflows.ShouldBe(0);

        Append(outbox, 100);
        Append(outbox, 1);
        overflows.ShouldBe(1);
        outbox.Close([0x03, 0xF5], dropWaiting: true);
        LetGo();

        await pump;
        transport.Writes.Select(write => write.Length).ShouldBe([404, 4]);
        transport.Writes[1].ShouldBe([0x88, 2, 0x03, 0xF5]);
    }

    [Fact]
    public void One_frame_larger_than_the_bound_may_wait_alone()
    {
        Outbox outbox = Start(1000);
        Append(outbox, 200_000);
        flush.Flush();
        transport.WrittenBytes.ShouldBe(200_010);
        transport.Writes.ShouldAllBe(write => write.Length <= 65536);

        transport.HeldUp = new TaskCompletionSource();
        Append(outbox, 1);
        flush.Flush();
        Append(outbox, 2000);
        overflows.ShouldBe(1);
    }

    [Fact]
    public async Task A_shared_frame_is_cleared_when_the_last_one_has_sent_it()
    {
        SharedFrame frame = SharedFrame.Of(new byte[20_000].Select(_ => (byte)9).ToArray());
        Outbox outbox = Make(100_000);
        Task pump = outbox.PumpAsync();
        transport.HeldUp = new TaskCompletionSource();
        Append(outbox, 1);
        outbox.Append(flush, frame);
        Append(outbox, 2);
        flush.Flush();
        frame.Release();
        frame.Bytes[100].ShouldBe((byte)9);
        outbox.Close([], dropWaiting: false);
        LetGo();
        await pump;

        transport.Writes.Select(write => write.Length).ShouldBe([3, 20_004, 4 + 2]);
        frame.Buffer[..20_004].ShouldAllBe(one => one == 0);
    }

    [Fact]
    public void Whoever_is_flushed_with_others_is_served_by_the_pool_and_loses_nothing()
    {
        PipeStream[] transports = [.. Enumerable.Range(0, 50).Select(_ => new PipeStream())];
        foreach (PipeStream one in transports)
        {
            Outbox outbox = OnPool(one, 1000);
            Append(outbox, 3);
            Append(outbox, 4);
        }

        transports.ShouldAllBe(one => one.Writes.Count == 0);
        flush.Flush();
        SpinWait.SpinUntil(() => transports.All(one => one.WrittenBytes == 11), TimeSpan.FromSeconds(30)).ShouldBeTrue();

        transports.ShouldAllBe(one => one.Writes.Count == 1);
    }

    [Fact]
    public void Whoever_always_has_more_to_be_sent_does_not_hold_up_the_others()
    {
        bool goesOn = true;
        Outbox? busy = null;
        using PipeStream endless = new()
        {
            KeepsWrites = false,
            Writing = () =>
            {
                if (Volatile.Read(ref goesOn))
                {
                    Append(busy!, 5000);
                }
            },
        };
        busy = OnPool(endless, 100_000);
        Append(busy, 5000);
        flush.Flush();
        SpinWait.SpinUntil(() => endless.WrittenBytes > 10_000, TimeSpan.FromSeconds(30)).ShouldBeTrue();

        // Enough of them that some stand in the same queue.
        FlushList another = new();
        PipeStream[] others = [.. Enumerable.Range(0, 50).Select(_ => new PipeStream())];
        foreach (PipeStream one in others)
        {
            OnPool(one, 1000).Append(another, new byte[3], default);
        }

        another.Flush();
        bool served = SpinWait.SpinUntil(() => others.All(one => one.WrittenBytes == 5), TimeSpan.FromSeconds(10));
        Volatile.Write(ref goesOn, false);

        served.ShouldBeTrue();
    }

    [Fact]
    public void A_buffer_that_is_given_back_is_cleared_and_given_out_again()
    {
        byte[] buffer = ClearedBuffers.Rent(5000);
        buffer.Length.ShouldBe(8192);
        buffer.AsSpan(0, 5000).Fill(1);
        ClearedBuffers.Return(buffer, 5000);
        buffer.ShouldAllBe(one => one == 0);
    }

    private Outbox Make(int maxBytes) => new(transport, maxBytes, TimeProvider.System) { Overflowed = () => overflows++, Stuck = () => stuck++ };

    private Outbox Start(int maxBytes)
    {
        Outbox outbox = Make(maxBytes);
        _ = outbox.PumpAsync();
        return outbox;
    }

    private Outbox OnPool(PipeStream onto, int maxBytes)
    {
        Outbox outbox = new(onto, maxBytes, TimeProvider.System) { SendsOnPool = true, Overflowed = () => overflows++, Stuck = () => stuck++ };
        _ = outbox.PumpAsync();
        return outbox;
    }

    private void Append(Outbox outbox, int length) => outbox.Append(flush, Enumerable.Repeat((byte)7, length).ToArray(), default);

    private void LetGo()
    {
        TaskCompletionSource held = transport.HeldUp!;
        transport.HeldUp = null;
        held.SetResult();
    }
}
