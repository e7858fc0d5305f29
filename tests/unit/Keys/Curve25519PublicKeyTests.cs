using CsCheck;
using SecureChat.Ledger.Keys;

namespace SecureChat.UnitTests.Keys;

public class Curve25519PublicKeyTests
{
    /// <summary>Bob's public key in RFC 7748 section 6.1.</summary>
    private static readonly byte[] Bob = Convert.FromHexString("de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f");

    private static readonly byte[] Prime = [0xED, .. Enumerable.Repeat((byte)0xFF, 30), 0x7F];

    public static TheoryData<string> Low_order_points => new()
    {
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
        "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    };

    [Fact]
    public void Padding_and_the_prefix_of_the_Signal_libraries_make_no_difference()
    {
        var key = Parse(Convert.ToBase64String(Bob));

        key.Coordinate.ToArray().ShouldBe(Bob);
        Parse(Convert.ToBase64String(Bob).TrimEnd('=')).ShouldBe(key);
        Parse(Convert.ToBase64String([0x05, .. Bob])).ShouldBe(key);
        Parse(Convert.ToBase64String([0x05, .. Bob])).GetHashCode().ShouldBe(key.GetHashCode());
    }

    [Fact]
    public void The_unused_highest_bit_makes_no_difference()
    {
        byte[] withBit = [.. Bob[..31], (byte)(Bob[31] | 0x80)];

        Parse(Convert.ToBase64String(withBit)).ShouldBe(Parse(Convert.ToBase64String(Bob)));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(9)]
    [InlineData(18)]
    public void A_number_that_is_not_reduced_is_the_reduced_one(byte number)
    {
        byte[] reduced = [number, .. new byte[31]];
        byte[] notReduced = [(byte)(Prime[0] + number), .. Prime[1..]];
        byte[] notReducedWithBit = [.. notReduced[..31], 0xFF];

        Parse(Convert.ToBase64String(notReduced)).ShouldBe(Parse(Convert.ToBase64String(reduced)));
        Parse(Convert.ToBase64String(notReducedWithBit)).ShouldBe(Parse(Convert.ToBase64String(reduced)));
    }

    [Fact]
    public void Numbers_just_below_the_prime_stay_as_they_are()
    {
        byte[] below = [(byte)(Prime[0] - 2), .. Prime[1..]];

        Parse(Convert.ToBase64String(below)).Coordinate.ToArray().ShouldBe(below);
    }

    [Fact]
    public void Different_keys_are_not_equal()
    {
        byte[] other = [.. Bob[..31], (byte)(Bob[31] ^ 1)];

        Parse(Convert.ToBase64String(other)).ShouldNotBe(Parse(Convert.ToBase64String(Bob)));
        Parse(Convert.ToBase64String(Bob)).Equals(null).ShouldBeFalse();
    }

    [Theory]
    [MemberData(nameof(Low_order_points))]
    public void Points_of_low_order_are_refused_in_every_spelling(string hex)
    {
        var point = Convert.FromHexString(hex);
        byte[] withBit = [.. point[..31], (byte)(point[31] | 0x80)];

        foreach (var encoding in new byte[][] { point, withBit, [0x05, .. point], [0x05, .. withBit] })
        {
            Refuse(Convert.ToBase64String(encoding), "low order");
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(16)]
    [InlineData(31)]
    [InlineData(34)]
    [InlineData(64)]
    [InlineData(100_000)]
    public void Other_lengths_are_refused(int length) =>
        Refuse(Convert.ToBase64String(Enumerable.Repeat((byte)0x05, length).ToArray()), "must be the standard base64");

    [Theory]
    [InlineData(0x00)]
    [InlineData(0x04)]
    [InlineData(0x06)]
    [InlineData(0x85)]
    public void Another_prefix_than_5_is_refused(byte prefix) =>
        Refuse(Convert.ToBase64String([prefix, .. Bob]), "must be the standard base64");

    [Fact]
    public void Other_spellings_of_base64_are_refused()
    {
        var text = Convert.ToBase64String(Bob);
        var plusAndSlash = Convert.ToBase64String([0xFB, 0xFF, .. Bob[2..]]);
        Parse(plusAndSlash);
        string[] spellings =
        [
            text + "=",
            text + "\n",
            " " + text,
            text[..^1] + " ",
            text[..20] + "\n" + text[20..],
            text[..^2] + (char)(text[^2] + 1) + "=",
            text[..^2] + (char)(text[^2] + 1),
            plusAndSlash.Replace('+', '-').Replace('/', '_'),
            Convert.ToHexString(Bob),
            Convert.ToBase64String([0x05, .. Bob]) + "=",
        ];

        foreach (var spelling in spellings)
        {
            Refuse(spelling, "must be the standard base64");
        }
    }

    [Fact]
    public void Any_text_is_a_key_or_a_refusal() =>
        Gen.OneOf(Gen.String, Gen.Byte.Array[30, 35].Select(Convert.ToBase64String)).Sample(text =>
            Curve25519PublicKey.TryParse(text, out var key, out var problem)
                ? key.Coordinate.Length == 32 && problem.Length == 0
                : key is null && problem.EndsWith('.'));

    private static Curve25519PublicKey Parse(string base64)
    {
        Curve25519PublicKey.TryParse(base64, out var key, out var problem).ShouldBeTrue(problem);
        problem.ShouldBeEmpty();
        return key.ShouldNotBeNull();
    }

    private static void Refuse(string base64, string words)
    {
        Curve25519PublicKey.TryParse(base64, out var key, out var problem).ShouldBeFalse();
        key.ShouldBeNull();
        problem.ShouldContain(words);
    }
}
