using System.Security.Cryptography;
using SecureChat.Ledger.Keys;

namespace SecureChat.UnitTests.Keys;

public class RsaPublicKeyTests
{
    [Fact]
    public void A_key_has_the_same_value_as_SPKI_and_as_PKCS1()
    {
        var spki = Parse(SomeKeys.OpensslSpki);
        var pkcs1 = Parse(SomeKeys.OpensslPkcs1);

        pkcs1.ShouldBe(spki);
        pkcs1.GetHashCode().ShouldBe(spki.GetHashCode());
        pkcs1.CanonicalPem.ShouldBe(SomeKeys.OpensslSpki);
        spki.Bits.ShouldBe(2048);
        spki.SignatureLength.ShouldBe(256);
    }

    [Fact]
    public void Keys_with_another_modulus_or_exponent_are_not_equal()
    {
        var key = Parse(SomeKeys.OpensslSpki);

        key.ShouldNotBe(Parse(SomeKeys.Pem(SomeKeys.Spki(SomeKeys.Modulus, 3))));
        key.ShouldNotBe(Parse(SomeKeys.Pem(SomeKeys.Spki(SomeKeys.SomeModulus(2048), 65537))));
        key.Equals(null).ShouldBeFalse();
    }

    [Fact]
    public void The_canonical_forms_are_those_of_openssl_and_of_the_framework()
    {
        using var rsa = RSA.Create();
        rsa.ImportFromPem(SomeKeys.OpensslExponent3);
        var key = Parse(SomeKeys.OpensslExponent3);

        key.CanonicalSpki.ToArray().ShouldBe(rsa.ExportSubjectPublicKeyInfo());
        key.CanonicalPem.ShouldBe(rsa.ExportSubjectPublicKeyInfoPem() + "\n");
    }

    [Fact]
    public void A_modulus_need_not_fill_its_last_byte()
    {
        var key = Parse(SomeKeys.Openssl2054Bits);

        key.Bits.ShouldBe(2054);
        key.SignatureLength.ShouldBe(257);
        key.CanonicalPem.ShouldBe(SomeKeys.Openssl2054Bits);
    }

    [Theory]
    [InlineData("\r\n")]
    [InlineData("\n")]
    [InlineData("\r")]
    public void Line_ends_may_be_of_any_kind(string lineEnd)
    {
        Parse(SomeKeys.OpensslSpki.Replace("\n", lineEnd, StringComparison.Ordinal)).ShouldBe(Parse(SomeKeys.OpensslSpki));
        Parse(SomeKeys.OpensslPkcs1.Replace("\n", lineEnd, StringComparison.Ordinal)).ShouldBe(Parse(SomeKeys.OpensslSpki));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(63)]
    [InlineData(76)]
    [InlineData(4000)]
    public void Lines_may_be_of_any_length(int width) =>
        Parse(SomeKeys.Pem(SomeKeys.Der(SomeKeys.OpensslSpki), width: width)).ShouldBe(Parse(SomeKeys.OpensslSpki));

    [Fact]
    public void White_space_may_surround_the_text_and_the_last_line_end_may_be_missing()
    {
        Parse(SomeKeys.OpensslSpki.TrimEnd()).ShouldBe(Parse(SomeKeys.OpensslSpki));
        Parse("\r\n \t" + SomeKeys.OpensslSpki + " \n\t\r\n").ShouldBe(Parse(SomeKeys.OpensslSpki));
    }

    [Theory]
    [InlineData(2048)]
    [InlineData(2049)]
    [InlineData(3072)]
    [InlineData(4096)]
    [InlineData(8191)]
    [InlineData(8192)]
    public void Keys_of_2048_to_8192_bits_are_accepted(int bits)
    {
        Parse(SomeKeys.Pem(SomeKeys.Spki(SomeKeys.SomeModulus(bits), 65537))).Bits.ShouldBe(bits);
        Parse(SomeKeys.Pem(SomeKeys.Pkcs1(SomeKeys.SomeModulus(bits), 65537), "RSA PUBLIC KEY", lineEnd: "\r\n")).Bits.ShouldBe(bits);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(17)]
    [InlineData(127)]
    [InlineData(129)]
    [InlineData(65537)]
    [InlineData(2147483647)]
    public void Odd_exponents_from_3_to_2147483647_are_accepted(int exponent)
    {
        var der = SomeKeys.Spki(SomeKeys.Modulus, exponent);

        Parse(SomeKeys.Pem(der)).CanonicalSpki.ToArray().ShouldBe(der);
    }

    [Fact]
    public void A_key_comes_back_from_the_ledger_as_it_went_in()
    {
        var key = Parse(SomeKeys.OpensslPkcs1);

        RsaPublicKey.FromCanonicalSpki(key.CanonicalSpki.Span).ShouldBe(key);
    }

    [Fact]
    public void A_ledger_that_holds_anything_but_a_canonical_key_is_corrupt()
    {
        var der = SomeKeys.Der(SomeKeys.OpensslSpki);
        byte[][] corrupt =
        [
            [],
            der[..^1],
            [.. der, 0],
            SomeKeys.Der(SomeKeys.OpensslPkcs1),
            SomeKeys.Der(SomeKeys.OpensslEd25519),
            SomeKeys.Spki(SomeKeys.Pkcs1(SomeKeys.Modulus, 65537), withNull: false),
            SomeKeys.Spki(SomeKeys.SomeModulus(1024), 65537),
            SomeKeys.Spki(SomeKeys.Modulus, 65536),
            SomeKeys.Spki(SomeKeys.Modulus - 1, 65537),
        ];

        foreach (var bytes in corrupt)
        {
            Should.Throw<InvalidDataException>(() => RsaPublicKey.FromCanonicalSpki(bytes));
        }
    }

    [Fact]
    public void A_stricter_door_does_not_make_the_ledger_unreadable()
    {
        var weak = SomeKeys.Spki((SomeKeys.SomeModulus(2060) * 3), 65537);

        RsaPublicKey.TryParse(SomeKeys.Pem(weak), out _, out _).ShouldBeFalse();
        RsaPublicKey.FromCanonicalSpki(weak).CanonicalSpki.ToArray().ShouldBe(weak);
    }

    private static RsaPublicKey Parse(string pem)
    {
        RsaPublicKey.TryParse(pem, out var key, out var problem).ShouldBeTrue(problem);
        problem.ShouldBeEmpty();
        return key.ShouldNotBeNull();
    }
}
