using SecureChat.Ledger.Keys;

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

    /// <exception cref="LogDamagedException">A signature that waited is wrong.</exception>
    public void Add(long entry, string place, RsaVerifier verifier, byte[] text, byte[] signature)
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
        right[index] = one.Verifier.Verify(one.Text, one.Signature);
    }

    private readonly record struct Waiting(long Entry, string Place, RsaVerifier Verifier, byte[] Text, byte[] Signature);
}
