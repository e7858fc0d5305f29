using System.Text;
using SecureChat.Ledger.Circle;
using SecureChat.Ledger.Storage;
using SecureChat.Ledger.Transparency;

namespace SecureChat.UnitTests.Storage;

public class EntryRefusalTests
{
    private const string Nonce = "\"nonce\":\"AAAAAAAAAAAAAAAAAAAAAA==\"";
    private const string Left = $$"""{"event":"MemberLeft","member":3,{{Nonce}},"t":5,"v":1}""";

    [Fact]
    public void The_entry_that_the_others_differ_from_is_read() =>
        SomeEntry.Read(SomeEntry.Around(Left)).ShouldBe((new MemberLeft(3), 5L));

    [Theory]
    [InlineData("\"MemberLeft\"", "\"CircleDissolved\"", "an unknown event")]
    [InlineData("\"MemberLeft\"", "\"memberLeft\"", "an event in another case")]
    [InlineData("\"MemberLeft\"", "\"Member\\u004ceft\"", "an event with an escape")]
    [InlineData("\"MemberLeft\"", "null", "no event")]
    [InlineData("\"MemberLeft\"", "7", "a number as event")]
    [InlineData("\"v\":1}", "\"v\":1,\"w\":1}", "an unknown field")]
    [InlineData("\"v\":1}", "\"v\":1,\"voter\":1}", "a field of another event")]
    [InlineData("\"event\":", "\"addenda\":[],\"event\":", "a list of no addenda")]
    [InlineData("\"event\":", "\"addenda\":[\"proof\"],\"event\":", "addenda that the event does not have")]
    [InlineData("\"member\":3,", "", "a missing field")]
    [InlineData("\"event\":\"MemberLeft\",", "", "a missing event")]
    [InlineData("\"t\":5,", "", "a missing time")]
    [InlineData(",\"v\":1", "", "a missing version")]
    [InlineData(Nonce + ",", "", "a missing nonce")]
    [InlineData("\"event\":\"MemberLeft\",\"member\":3", "\"member\":3,\"event\":\"MemberLeft\"", "another order")]
    [InlineData("\"t\":5", "\"t\": 5", "a blank")]
    [InlineData("{", " {", "a blank before")]
    [InlineData("\"v\":1}", "\"v\":1}\n", "a line end after")]
    [InlineData("\"v\":1}", "\"v\":1}{}", "a second value after")]
    [InlineData("\"t\":5", "\"t\":5,\"t\":5", "a duplicate")]
    [InlineData("\"t\":5", "\"t\":4,\"\\u0074\":5", "an escaped duplicate")]
    [InlineData("\"t\":5", "\"t\":9007199254740992", "a time of 2^53")]
    [InlineData("\"t\":5", "\"t\":-1", "a time before 1970")]
    [InlineData("\"t\":5", "\"t\":-0", "a minus zero")]
    [InlineData("\"t\":5", "\"t\":05", "a leading zero")]
    [InlineData("\"t\":5", "\"t\":5.0", "a fraction")]
    [InlineData("\"t\":5", "\"t\":5e0", "an exponent")]
    [InlineData("\"t\":5", "\"t\":\"5\"", "a number as text")]
    [InlineData("\"t\":5", "\"t\":99999999999999999999", "a number beyond 64 bits")]
    [InlineData("\"member\":3", "\"member\":9007199254740992", "a handle of 2^53")]
    [InlineData("\"member\":3", "\"member\":-1", "a negative handle")]
    [InlineData("\"member\":3", "\"member\":{}", "an object as handle")]
    [InlineData("\"v\":1", "\"v\":2", "another version")]
    [InlineData("\"v\":1", "\"v\":0", "an older version")]
    [InlineData("AAA==", "AA==", "a nonce that is no base64")]
    [InlineData("AAA==", "AAB==", "a nonce with bits to spare that are set")]
    [InlineData("AAAAAAAA==", "AAAA==", "a short nonce")]
    [InlineData("AAAAAAAA==", "AAAAAAAAAAAA==", "a long nonce")]
    [InlineData("{", "[{", "an array")]
    [InlineData("{", "\uFEFF{", "a byte order mark")]
    [InlineData("\"v\":1}", "\"v\":1,}", "a comma too many")]
    [InlineData("\"v\":1}", "\"v\":1/**/}", "a comment")]
    [InlineData(Left, "null", "a null")]
    [InlineData(Left, "{}", "nothing inside")]
    public void Whatever_is_not_exactly_what_the_format_says_is_refused(string part, string replacement, string why)
    {
        Left.ShouldContain(part);
        Should.Throw<FormatException>(() => SomeEntry.Read(SomeEntry.Around(Left.Replace(part, replacement, StringComparison.Ordinal))), why);
    }

    [Fact]
    public void The_largest_integer_is_read() =>
        SomeEntry.Read(SomeEntry.Around(Left.Replace("\"t\":5", "\"t\":9007199254740991", StringComparison.Ordinal))).Time.ShouldBe((1L << 53) - 1);

    [Fact]
    public void Bytes_that_are_no_UTF_8_are_refused()
    {
        byte[] bytes = SomeEntry.Of(new MemberAdmitted(SomeEntry.Request)).Bytes;
        bytes[Encoding.UTF8.GetString(bytes).IndexOf(SomeEntry.Request, StringComparison.Ordinal)] = 0xFF;
        Should.Throw<FormatException>(() => SomeEntry.Read(bytes));
    }

    [Fact]
    public void An_entry_cut_off_anywhere_is_refused()
    {
        foreach (var happened in SomeEntry.OneOfEach)
        {
            byte[] bytes = SomeEntry.Of(happened).Bytes;
            for (int length = 0; length < bytes.Length; length++)
            {
                Should.Throw<FormatException>(() => SomeEntry.Read(bytes[..length]), $"{happened.GetType().Name} cut to {length}");
            }
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public void Another_number_of_addenda_is_refused(int count)
    {
        const string founding = $$"""{"addenda":["profile","keys"],"event":"FounderRegistered",{{Nonce}},"t":5,"v":1}""";
        SomeEntry.Read(SomeEntry.Around(founding, 2)).Event.ShouldBe(new FounderRegistered(new Newcomer(null, null)));
        Should.Throw<FormatException>(() => SomeEntry.Read(SomeEntry.Around(founding, count)));
        Should.Throw<FormatException>(() => SomeEntry.Read(SomeEntry.Around(Left, Math.Max(count, 1))));
    }

    [Theory]
    [InlineData("[\"keys\",\"profile\"]")]
    [InlineData("[\"profile\",\"proof\"]")]
    [InlineData("[]")]
    [InlineData("\"profile\"")]
    [InlineData("null")]
    public void Other_names_of_addenda_are_refused(string names) => Should.Throw<FormatException>(() => SomeEntry.Read(
        SomeEntry.Around($$"""{"addenda":{{names}},"event":"FounderRegistered",{{Nonce}},"t":5,"v":1}""", 2)));

    [Fact]
    public void An_offset_that_does_not_point_at_its_digest_is_refused()
    {
        byte[] good = SomeEntry.Of(new FounderRegistered(SomeEntry.Ann)).Bytes;
        for (int back = 2; back <= 9; back++)
        {
            byte[] bytes = [.. good];
            bytes[^back] ^= 1;
            Should.Throw<FormatException>(() => SomeEntry.Read(bytes)).Message.ShouldBeOneOf(
                "its addenda do not stand where they should", "a digest does not lie within the entry");
        }
    }

    [Fact]
    public void An_addendum_that_was_altered_is_refused()
    {
        var entry = SomeEntry.Of(new FounderRegistered(SomeEntry.Ann));
        Should.Throw<FormatException>(() => Entry.Read(entry.Bytes, _ => entry.Addenda[0].Bytes)).Message.ShouldContain("not the one that was hashed");
    }

    [Fact]
    public void A_bit_that_flipped_in_the_JSON_never_makes_another_kind_of_event_and_never_the_same_hash()
    {
        foreach (var happened in SomeEntry.OneOfEach)
        {
            var entry = SomeEntry.Of(happened);
            int length = entry.Bytes.Length - 1 - (36 * entry.Bytes[^1]);
            int read = 0;
            for (int bit = 0; bit < length * 8; bit++)
            {
                byte[] bytes = [.. entry.Bytes];
                bytes[bit / 8] ^= (byte)(1 << (bit % 8));
                try
                {
                    SomeEntry.Read(bytes).Event.GetType().ShouldBe(happened.GetType());
                    read++;
                }
                catch (FormatException)
                {
                    continue;
                }

                MerkleHashing.Leaf(bytes).ShouldNotBe(entry.LeafHash);
            }
            // Digits, nonces and request ids have neighbours that are as well-formed as themselves.
            read.ShouldBeInRange(20, length * 4, happened.GetType().Name);
        }
    }

    [Fact]
    public void An_entry_of_more_than_65535_bytes_is_not_written() =>
        Should.Throw<ArgumentException>(() => SomeEntry.Of(new MemberAdmitted(new string('a', 65_535))));
}
