using SecureChat.Ledger.Keys;
using SecureChat.Ledger.Transparency;

namespace SecureChat.Ledger.Verification;

/// <summary>
/// Signatures that wait to be verified together, on as many processors as are given: by far the most work of verifying a log.
/// Which one is wrong first does not depend on who verifies what.
/// </summary>
internal sealed class SignatureBatch(int processors)
{
    private const int Capacity = 512;

    private readonly Waiting[] waiting = new Waiting[Capacity];
    private readonly bool[] right = new bool[Capacity];
    private int count;

    /// <summary>Has a signature verified, sooner or later.</summary>
    /// <param name="entry">The leaf index.</param>
    /// <param name="place">The file of the entry.</param>
    /// <param name="verifier">Verifies for the signer.</param>
    /// <param name="text">SHA-256 of the text that was signed.</param>
    /// <param name="signature">The signature.</param>
    /// <exception cref="LogDamagedException">A signature that waited is wrong.</exception>
    public void Add(long entry, string place, RsaVerifier verifier, in Hash text, byte[] signature)
    {
        waiting[count++] = new Waiting(entry, place, verifier, text, signature);
        if (count == Capacity)
        {
            Verify();
        }
    }

    /// <summary>Verifies whatever waits.</summary>
    /// <exception cref="LogDamagedException">A signature is wrong; of several, the first in the log.</exception>
    public void Verify()
    {
        int verified = count;
        count = 0;
        if (processors == 1)
        {
            for (int index = 0; index < verified; index++)
            {
                VerifyOne(index);
            }
        }
        else
        {
            Parallel.For(0, verified, new ParallelOptions { MaxDegreeOfParallelism = processors }, VerifyOne);
        }

        for (int index = 0; index < verified; index++)
        {
            if (!right[index])
            {
                throw LogDamagedException.At(
                    waiting[index].Entry, waiting[index].Place, "the signature of its statement is not that of the signer's key");
            }
        }
    }

    private void VerifyOne(int index)
    {
        ref readonly Waiting one = ref waiting[index];
        right[index] = one.Verifier.VerifyHash(one.Text.Bytes, one.Signature);
    }

    private readonly record struct Waiting(long Entry, string Place, RsaVerifier Verifier, Hash Text, byte[] Signature);
}
