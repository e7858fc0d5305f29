using System.Text;
using CsCheck;
using SecureChat.Ledger.Keys;

namespace SecureChat.UnitTests.Keys;

public class CanonicalBase64Tests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("Zg==", "f")]
    [InlineData("Zm8=", "fo")]
    [InlineData("Zm9v", "foo")]
    [InlineData("Zm9vYg==", "foob")]
    [InlineData("Zm9vYmE=", "fooba")]
    [InlineData("Zm9vYmFy", "foobar")]
    public void The_vectors_of_RFC_4648_are_decoded(string text, string expected) =>
        Decode(text).ShouldBe(Encoding.ASCII.GetBytes(expected));

    [Theory]
    [InlineData("YR==", "bits to spare that are set")]
    [InlineData("YQ1=", "bits to spare that are set")]
    [InlineData("Zm9vYR==", "bits to spare that are set, in a later group")]
    [InlineData("YQ", "no padding")]
    [InlineData("YQ=", "half a padding")]
    [InlineData("YQ===", "too much padding")]
    [InlineData("Zm9v====", "padding alone in a group")]
    [InlineData("====", "padding alone")]
    [InlineData("YQ==Zm9v", "padding inside")]
    [InlineData("Z", "one character")]
    [InlineData(" Zm9v", "a blank before")]
    [InlineData("Zm9v ", "a blank after")]
    [InlineData("Zm9vYg==\n", "a line end after")]
    [InlineData("Zm\r\n9v", "a line end inside")]
    [InlineData("Zm9v    ", "a group of blanks")]
    [InlineData("    ", "blanks alone")]
    [InlineData("Z m 9 v ", "blanks between")]
    [InlineData("\t\n\r ", "white space alone")]
    [InlineData("-_-_", "the URL alphabet")]
    [InlineData("Zm9*", "another character")]
    [InlineData("Zm9\u00e9", "a letter outside ASCII")]
    [InlineData("Zm9\0", "a zero")]
    public void Other_spellings_are_refused(string text, string why) => Decode(text).ShouldBeNull(why);

    [Fact]
    public void A_destination_too_small_is_no_decoding()
    {
        CanonicalBase64.TryDecode("Zm9vYmFy", new byte[5], out var written).ShouldBeFalse();
        written.ShouldBe(0);
        CanonicalBase64.TryDecode("Zm9vYmFy"u8, new byte[5], out written).ShouldBeFalse();
        written.ShouldBe(0);
        CanonicalBase64.TryDecode("Zm9vYmE=", new byte[5], out written).ShouldBeTrue();
        written.ShouldBe(5);
    }

    [Fact]
    public void All_bytes_come_back_from_their_own_text() =>
        Gen.Byte.Array[0, 70].Sample(bytes => Decode(Convert.ToBase64String(bytes))!.SequenceEqual(bytes));

    [Fact]
    public void A_text_is_accepted_exactly_if_it_is_what_its_bytes_are_encoded_as() =>
        Gen.Char["AQRgZaz019+/== \n-_\u00e9"].Array[0, 12].Select(characters => new string(characters)).Sample(text =>
        {
            string? canonical = null;
            try
            {
                canonical = Convert.ToBase64String(Convert.FromBase64String(text));
            }
            catch (FormatException)
            {
                // Not even lenient base64.
            }

            return Decode(text) is not null == (canonical == text);
        }, iter: 20_000);

    private static byte[]? Decode(string text)
    {
        var decoded = CanonicalBase64.TryDecode(text, out var bytes) ? bytes : null;

        var utf8 = Encoding.UTF8.GetBytes(text);
        var buffer = new byte[utf8.Length];
        var ofUtf8 = CanonicalBase64.TryDecode(utf8, buffer, out var written) ? buffer[..written] : null;
        ofUtf8.ShouldBe(decoded);
        return decoded;
    }
}
