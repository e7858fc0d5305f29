using System.Text;
using CsCheck;
using SecureChat.Web.Relay;

namespace SecureChat.UnitTests.Relay;

public sealed class FrameReaderTests
{
    [Fact]
    public void Messages_come_out_as_they_went_in_however_the_bytes_are_cut()
    {
        Gen<(byte[] Bytes, int Fragments)[]> messages = Gen.Select(Gen.Byte.Array[0, 70_000], Gen.Int[1, 4]).Array[1, 4];
        Gen.Select(messages, Gen.Int[1, 40_000]).Sample(
            (sent, portion) =>
            {
                byte[] wire = [.. sent.SelectMany(message => Frames(message.Bytes, message.Fragments))];
                FrameReader reader = new(maxFragments: 10) { MaxMessageBytes = 100_000 };
                List<byte[]> received = [];
                for (int at = 0; at < wire.Length;)
                {
                    Memory<byte> free = reader.Free();
                    int count = Math.Min(Math.Min(portion, free.Length), wire.Length - at);
                    wire.AsSpan(at, count).CopyTo(free.Span);
                    at += count;
                    reader.Received(count);
                    while (reader.Next() is var incoming && incoming != Incoming.Nothing)
                    {
                        incoming.ShouldBe(Incoming.Binary);
                        received.Add(reader.Payload.ToArray());
                    }

                    reader.ClearRead();
                }

                received.Select(Convert.ToHexString).ShouldBe(sent.Select(message => Convert.ToHexString(message.Bytes)));
                reader.IsWithinMessage.ShouldBeFalse();
                reader.Abandon();
            },
            iter: 200);
    }

    [Fact]
    public void What_was_given_out_is_cleared_though_the_next_frame_has_begun()
    {
        FrameReader reader = new(maxFragments: 10) { MaxMessageBytes = 1000 };
        byte[] secret = Encoding.ASCII.GetBytes("the secret of the first frame");
        byte[] wire = [.. RawSocket.Frame(0x81, secret), 0x81];
        Memory<byte> whole = reader.Free();
        wire.CopyTo(whole);
        reader.Received(wire.Length);
        reader.Next().ShouldBe(Incoming.Text);
        reader.Next().ShouldBe(Incoming.Nothing);
        whole.Span.IndexOf(secret).ShouldBeGreaterThan(0);

        reader.ClearRead();

        whole.Span[1..].ContainsAnyExcept((byte)0).ShouldBeFalse();
        reader.Abandon();
    }

    private static IEnumerable<byte> Frames(byte[] message, int count)
    {
        int size = message.Length / count;
        for (int i = 0; i < count; i++)
        {
            bool last = i == count - 1;
            byte[] part = last ? message[(i * size)..] : message[(i * size)..((i + 1) * size)];
            foreach (byte one in RawSocket.Frame((last ? 0x80 : 0) | (i == 0 ? 2 : 0), part))
            {
                yield return one;
            }
        }
    }
}
