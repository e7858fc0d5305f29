using System.Text;
using CsCheck;
using Microsoft.Extensions.Time.Testing;
using SecureChat.Web.Relay;

namespace SecureChat.UnitTests.Relay;

public sealed class ReceiptsTests : IDisposable
{
    private readonly FakeTimeProvider clock = new();
    private readonly List<string> settled = [];
    private readonly Receipts receipts;

    public ReceiptsTests() => receipts = Make(new RelayLimits(), settled);

    public void Dispose() => receipts.Dispose();

    [Fact]
    public void Messages_of_two_senders_with_one_id_are_two_and_an_ACK_counts_for_both()
    {
        Track(1, "m", 7, 8).ShouldBeTrue();
        Track(2, "m", 7).ShouldBeTrue();

        receipts.Acknowledge(7, "m"u8);
        settled.ShouldBe(["2 m delivered"]);
        receipts.Acknowledge(8, "m"u8);
        settled.ShouldBe(["2 m delivered", "1 m delivered"]);
    }

    [Fact]
    public void Twenty_senders_with_one_id_are_acknowledged_oldest_first()
    {
        for (int sender = 20; sender > 0; sender--)
        {
            Track(sender, "m", 99);
        }

        receipts.Acknowledge(99, "m"u8);

        settled.ShouldBe([.. Enumerable.Range(1, 20).Reverse().Select(sender => $"{sender} m delivered")]);
    }

    [Fact]
    public void A_second_ACK_an_outsiders_and_the_senders_do_nothing()
    {
        Track(1, "m", 7, 8);

        receipts.Acknowledge(7, "m"u8);
        receipts.Acknowledge(7, "m"u8);
        receipts.Acknowledge(9, "m"u8);
        receipts.Acknowledge(1, "m"u8);
        receipts.Acknowledge(8, "other"u8);

        settled.ShouldBeEmpty();
    }

    [Fact]
    public void What_is_not_acknowledged_by_all_is_undelivered_at_ten_seconds_and_never_both()
    {
        Track(1, "early", 7);
        clock.Advance(TimeSpan.FromSeconds(4));
        Track(1, "late", 7);
        Track(1, "done", 7);
        receipts.Acknowledge(7, "done"u8);

        clock.Advance(TimeSpan.FromSeconds(5.999));
        settled.ShouldBe(["1 done delivered"]);
        clock.Advance(TimeSpan.FromSeconds(0.001));
        settled.ShouldBe(["1 done delivered", "1 early undelivered"]);
        receipts.Acknowledge(7, "early"u8);
        clock.Advance(TimeSpan.FromSeconds(4));
        settled.ShouldBe(["1 done delivered", "1 early undelivered", "1 late undelivered"]);
    }

    [Fact]
    public void Nobody_to_wait_for_is_undelivered_after_its_time()
    {
        Track(1, "m");
        settled.ShouldBeEmpty();
        clock.Advance(TimeSpan.FromSeconds(10));
        settled.ShouldBe(["1 m undelivered"]);
    }

    [Fact]
    public void Past_the_limit_the_oldest_is_undelivered_at_once()
    {
        for (int i = 0; i < 8192; i++)
        {
            Track(1, $"m{i}", 7);
        }

        settled.ShouldBeEmpty();
        Track(1, "more", 7);
        Track(2, "of somebody else", 7);
        settled.ShouldBe(["1 m0 undelivered"]);
        receipts.Acknowledge(7, "m1"u8);
        Track(1, "again", 7);
        settled.ShouldBe(["1 m0 undelivered", "1 m1 delivered"]);
    }

    [Fact]
    public void Who_left_hears_nothing_more()
    {
        Track(1, "m", 7);
        SenderReceipts book = receipts.Of(1);
        receipts.Forget(1);

        receipts.Acknowledge(7, "m"u8);
        receipts.TryTrack(book, "n"u8, "\"n\""u8, [7], new Connection[]?[1]).ShouldBeTrue();
        clock.Advance(TimeSpan.FromSeconds(20));

        settled.ShouldBeEmpty();
    }

    [Fact]
    public void It_does_what_a_list_of_all_pending_messages_would_do()
    {
        Gen<(int Kind, int Who, int Id, int[] Recipients)> step = Gen.Select(
            Gen.Int[0, 5], Gen.Int[1, 3], Gen.Int[0, 4], Gen.Int[1, 4].Array[0, 3], (kind, who, id, recipients) => (kind, who, id, recipients));
        step.Array[1, 60].Sample(
            steps =>
            {
                FakeTimeProvider time = new();
                List<string> seen = [];
                using Receipts real = Make(new RelayLimits { MaxPendingPerSender = 3 }, seen, time);
                NaiveReceipts naive = new();
                foreach ((int kind, int who, int id, int[] recipients) in steps)
                {
                    long[] handles = [.. recipients.Distinct().Select(handle => (long)handle)];
                    byte[] value = Encoding.UTF8.GetBytes($"{id}");
                    switch (kind)
                    {
                        case < 3:
                            real.TryTrack(real.Of(who), value, value, handles, new Connection[]?[handles.Length]).ShouldBe(naive.Track(who, id, handles));
                            break;
                        case < 5:
                            real.Acknowledge(who, value);
                            naive.Acknowledge(who, id);
                            break;
                        default:
                            time.Advance(TimeSpan.FromSeconds(id));
                            naive.Advance(id);
                            break;
                    }

                    seen.Order().ShouldBe(naive.Settled.Order());
                }
            },
            iter: 2000);
    }

    private bool Track(long sender, string id, params long[] recipients)
    {
        byte[] value = Encoding.UTF8.GetBytes(id);
        return receipts.TryTrack(receipts.Of(sender), value, value, recipients, new Connection[]?[recipients.Length]);
    }

    private Receipts Make(RelayLimits limits, List<string> into, FakeTimeProvider? time = null) => new(
        new Presence(),
        limits,
        time ?? clock,
        (sender, id, delivered) => into.Add($"{sender} {Encoding.UTF8.GetString(id)} {(delivered ? "delivered" : "undelivered")}"));

    /// <summary>The same rules, without an index, without locks, without reuse.</summary>
    private sealed class NaiveReceipts
    {
        private readonly List<(int Sender, int Id, HashSet<long> Missing, int Due)> pending = [];
        private int now;

        public List<string> Settled { get; } = [];

        public bool Track(int sender, int id, long[] recipients)
        {
            if (pending.Any(message => message.Sender == sender && message.Id == id))
            {
                return false;
            }

            pending.Add((sender, id, [.. recipients], now + 10));
            if (pending.Count(message => message.Sender == sender) > 3)
            {
                var oldest = pending.First(message => message.Sender == sender);
                pending.Remove(oldest);
                Settled.Add($"{sender} {oldest.Id} undelivered");
            }

            return true;
        }

        public void Acknowledge(int who, int id)
        {
            foreach (var message in pending.Where(message => message.Id == id && message.Missing.Remove(who)).ToList())
            {
                if (message.Missing.Count == 0)
                {
                    pending.Remove(message);
                    Settled.Add($"{message.Sender} {id} delivered");
                }
            }
        }

        public void Advance(int seconds)
        {
            now += seconds;
            foreach (var message in pending.Where(message => message.Due <= now).ToList())
            {
                pending.Remove(message);
                Settled.Add($"{message.Sender} {message.Id} undelivered");
            }
        }
    }
}
