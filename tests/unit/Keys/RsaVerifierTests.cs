using System.Security.Cryptography;
using System.Text;
using SecureChat.Ledger.Keys;

namespace SecureChat.UnitTests.Keys;

public sealed class RsaVerifierTests : IDisposable
{
    private static readonly byte[] Message = "a message"u8.ToArray();

    private readonly RSA pair = RSA.Create(2048);
    private readonly RsaVerifier verifier;

    public RsaVerifierTests() => verifier = VerifierOf(pair.ExportSubjectPublicKeyInfoPem());

    [Fact]
    public void A_signature_by_the_key_over_the_message_verifies() => verifier.Verify(Message, Sign(Message)).ShouldBeTrue();

    [Fact]
    public void Another_message_or_key_or_a_changed_signature_does_not()
    {
        var signature = Sign(Message);
        byte[] changed = [.. signature[..^1], (byte)(signature[^1] ^ 1)];

        verifier.Verify("another message"u8, signature).ShouldBeFalse();
        verifier.Verify(Message, changed).ShouldBeFalse();
        VerifierOf(SomeKeys.OpensslSpki).Verify(Message, signature).ShouldBeFalse();
    }

    [Fact]
    public void Another_hash_or_padding_does_not_verify()
    {
        verifier.Verify(Message, pair.SignData(Message, HashAlgorithmName.SHA1, RSASignaturePadding.Pkcs1)).ShouldBeFalse();
        verifier.Verify(Message, pair.SignData(Message, HashAlgorithmName.SHA512, RSASignaturePadding.Pkcs1)).ShouldBeFalse();
        verifier.Verify(Message, pair.SignData(Message, HashAlgorithmName.SHA256, RSASignaturePadding.Pss)).ShouldBeFalse();
    }

    [Fact]
    public void A_signature_is_as_long_as_the_modulus()
    {
        var signature = Sign(Message);

        verifier.Verify(Message, []).ShouldBeFalse();
        verifier.Verify(Message, signature.AsSpan(1)).ShouldBeFalse();
        verifier.Verify(Message, [0, .. signature]).ShouldBeFalse();
        verifier.Verify(Message, [.. signature, 0]).ShouldBeFalse();
        verifier.Verify(Message, new byte[100_000]).ShouldBeFalse();
    }

    [Fact]
    public void Numbers_that_no_signer_makes_are_refused_without_an_exception()
    {
        var modulus = pair.ExportParameters(includePrivateParameters: false).Modulus!;

        verifier.Verify(Message, new byte[256]).ShouldBeFalse();
        verifier.Verify(Message, modulus).ShouldBeFalse();
        verifier.Verify(Message, Enumerable.Repeat((byte)0xFF, 256).ToArray()).ShouldBeFalse();
        verifier.Verify(Message, [.. new byte[255], 1]).ShouldBeFalse();
    }

    [Fact]
    public void A_verifier_goes_on_after_refusals()
    {
        var signature = Sign(Message);
        for (var round = 0; round < 10; round++)
        {
            verifier.Verify(Message, new byte[256]).ShouldBeFalse();
            verifier.Verify(Message, signature).ShouldBeTrue();
        }
    }

    [Fact]
    public void A_modulus_that_does_not_fill_its_last_byte_verifies()
    {
        var signature = Convert.FromBase64String(SomeKeys.SignatureBy2054Bits);

        VerifierOf(SomeKeys.Openssl2054Bits).Verify("a1790000000000"u8, signature).ShouldBeTrue();
        VerifierOf(SomeKeys.Openssl2054Bits).Verify("a1790000000001"u8, signature).ShouldBeFalse();
    }

    [Fact]
    public void Many_threads_may_ask_at_the_same_time()
    {
        // More threads than slots, all let go at the same moment, good and bad signatures mixed.
        const int threads = 12;
        var wrong = 0;
        using var start = new Barrier(threads);
        var workers = Enumerable.Range(0, threads).Select(worker => new Thread(() =>
        {
            var message = Encoding.UTF8.GetBytes($"message {worker}");
            byte[] signature;
            lock (pair)
            {
                signature = Sign(message);
            }

            start.SignalAndWait();
            for (var round = 0; round < 100; round++)
            {
                if (!verifier.Verify(message, signature) || verifier.Verify(Message, signature))
                {
                    Interlocked.Increment(ref wrong);
                }
            }
        })).ToList();

        workers.ForEach(worker => worker.Start());
        workers.ForEach(worker => worker.Join());

        wrong.ShouldBe(0);
    }

    [Fact]
    public void Verifying_allocates_nothing()
    {
        var signature = Sign(Message);
        verifier.Verify(Message, signature);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var round = 0; round < 100; round++)
        {
            verifier.Verify(Message, signature);
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(100);
    }

    public void Dispose() => pair.Dispose();

    internal static RsaVerifier VerifierOf(string pem)
    {
        RsaPublicKey.TryParse(pem, out var key, out var problem).ShouldBeTrue(problem);
        return new RsaVerifier(key.ShouldNotBeNull());
    }

    private byte[] Sign(byte[] message) => pair.SignData(message, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
}
