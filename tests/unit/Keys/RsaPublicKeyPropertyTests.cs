using CsCheck;
using SecureChat.Ledger.Keys;

namespace SecureChat.UnitTests.Keys;

public class RsaPublicKeyPropertyTests
{
    private static readonly byte[] Spki = SomeKeys.Der(SomeKeys.OpensslSpki);
    private static readonly byte[] Pkcs1 = SomeKeys.Der(SomeKeys.OpensslPkcs1);

    [Fact]
    public void Any_text_is_a_key_or_a_refusal() => Gen.String.Sample(HoldsOrRefuses);

    [Fact]
    public void A_PEM_with_some_characters_exchanged_is_a_key_or_a_refusal()
    {
        var edits = Gen.Select(Gen.Int[0, SomeKeys.OpensslPkcs1.Length - 1], Gen.Char["\0\t\n\r +-/09:=ABMQaz\u00e9\ud800"]).Array[1, 4];
        edits.Sample(edits =>
        {
            var text = SomeKeys.OpensslPkcs1.ToCharArray();
            foreach (var (position, character) in edits)
            {
                text[position] = character;
            }

            return HoldsOrRefuses(new string(text));
        });
    }

    [Fact]
    public void DER_with_some_bits_flipped_is_a_key_or_a_refusal() =>
        // Half of the flips go to the first 40 bytes: there the structure stands.
        Gen.Select(Gen.Bool, Gen.OneOf(Gen.Int[0, 40 * 8 - 1], Gen.Int[0, (Pkcs1.Length * 8) - 1]).Array[1, 3]).Sample((asSpki, flips) =>
        {
            var der = (asSpki ? Spki : Pkcs1).ToArray();
            foreach (var flip in flips)
            {
                der[flip / 8] ^= (byte)(1 << (flip % 8));
            }

            return HoldsOrRefuses(SomeKeys.Pem(der, asSpki ? "PUBLIC KEY" : "RSA PUBLIC KEY"));
        });

    [Fact]
    public void DER_with_bytes_taken_out_or_put_in_is_refused() =>
        Gen.Select(Gen.Int[0, 40], Gen.Int[0, 3], Gen.Byte.Array[0, 3])
            .Where((_, removed, inserted) => removed != inserted.Length)
            .Sample((position, removed, inserted) =>
                !RsaPublicKey.TryParse(SomeKeys.Pem([.. Spki[..position], .. inserted, .. Spki[(position + removed)..]]), out _, out _));

    [Fact]
    public void Any_bytes_are_a_ledger_key_or_corruption() =>
        Gen.Select(Gen.Int[0, Spki.Length - 1], Gen.Byte).Sample((position, value) =>
        {
            var der = Spki.ToArray();
            der[position] = value;
            try
            {
                return RsaPublicKey.FromCanonicalSpki(der).CanonicalSpki.Span.SequenceEqual(der);
            }
            catch (InvalidDataException)
            {
                return !der.AsSpan().SequenceEqual(Spki);
            }
        });

    private static bool HoldsOrRefuses(string pem)
    {
        if (!RsaPublicKey.TryParse(pem, out var key, out var problem))
        {
            return key is null && problem.EndsWith('.');
        }

        return problem.Length == 0
            && key.Bits is >= 2048 and <= 8192
            && RsaPublicKey.TryParse(key.CanonicalPem, out var again, out _) && again.Equals(key)
            && RsaPublicKey.FromCanonicalSpki(key.CanonicalSpki.Span).Equals(key);
    }
}
