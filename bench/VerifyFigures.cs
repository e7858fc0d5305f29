using System.Security.Cryptography;
using SecureChat.Ledger.Storage;
using SecureChat.Ledger.Transparency;
using SecureChat.Ledger.Verification;

namespace SecureChat.Bench;

/// <summary>
/// How fast a log is verified whose bytes are in memory. The time is that of the processor, all threads together, so that the garbage
/// collector counts and what else runs on the machine does not.
/// </summary>
internal static class VerifyFigures
{
    private const int Keys = 24;

    // The runtime compiles twice what is called often, on another thread, whose time would count.
    private const int WarmUp = 8;

    /// <summary>A ledger that nobody has signed anything in.</summary>
    public static void Unsigned(Table table, int entries, int rounds)
    {
        LogSource source = Generate(new LivelyCircle([MemberKey.Make()], signed: false), entries, out int size);
        List<double> byProcessor = [];
        List<double> byClock = [];
        for (int round = -WarmUp; round < rounds; round++)
        {
            (double processor, double clock) = Spent.Seconds(() => Verify(source));
            if (round >= 0)
            {
                byProcessor.Add(size / processor);
                byClock.Add(size / clock);
            }
        }

        table.AtLeast($"verify {size:N0} unsigned entries, entries a second of one core", byProcessor, 200_000);
        table.Add("the same by the clock", byClock);
    }

    /// <summary>
    /// A ledger where everybody signs everything, beside its signatures alone: the framework's own RSA, the key of each person read
    /// once, for nobody can verify without. How much of that is the reading, the line with keys that were read before tells.
    /// </summary>
    public static void Signed(Table table, int entries, int rounds)
    {
        LivelyCircle circle = new(MemberKey.Make(Keys), signed: true);
        LogSource source = Generate(circle, entries, out int size);
        List<MadeSignature> signatures = circle.Signatures;
        using BareSignatures keysRead = new(signatures);
        List<double> whole = [];
        List<double> bare = [];
        List<double> verificationOnly = [];
        List<double> onAll = [];
        for (int round = -WarmUp; round < rounds; round++)
        {
            double microseconds = 1e6 / signatures.Count;
            double verify = Spent.Seconds(() => Verify(source)).Processor * microseconds;
            double alone = Spent.Seconds(() => VerifyBare(signatures)).Processor * microseconds;
            double keysThere = Spent.Seconds(keysRead.Verify).Processor * microseconds;
            double clock = Spent.Seconds(() => Verify(source, processors: 0)).Clock * microseconds;
            if (round >= 0)
            {
                whole.Add(verify);
                bare.Add(alone);
                verificationOnly.Add(keysThere);
                onAll.Add(clock);
            }
        }

        table.Add($"verify {size:N0} entries with {signatures.Count:N0} signatures, for each (us)", whole);
        table.Add("the bare RSA-2048 verifications, for each (us)", bare);
        table.Add("the same with keys that were read before, for each (us)", verificationOnly);
        table.Add("verify on all processors, by the clock, for each (us)", onAll);
        table.AtMost("verify, divided by bare", [.. whole.Zip(bare, (one, other) => one / other)], 1.3);
    }

    private static LogSource Generate(LivelyCircle circle, int entries, out int size)
    {
        List<StoredEntry> stored = new(entries);
        Dictionary<Hash, byte[]> addenda = [];
        while (stored.Count < entries)
        {
            foreach (Entry entry in circle.Next())
            {
                stored.Add(new StoredEntry(entry.Bytes, entry.LeafHash, "memory"));
                foreach (Addendum addendum in entry.Addenda)
                {
                    addenda.Add(addendum.Digest, addendum.Bytes);
                }
            }
        }

        size = stored.Count;
        byte[] checkpoint = circle.Checkpoint();
        WitnessPolicy policy = WitnessPolicy.OfLog(LivelyCircle.LogKey.VerifierKey);
        return new LogSource(() => policy, () => checkpoint, _ => stored, digest => addenda.GetValueOrDefault(digest));
    }

    private static void Verify(LogSource source, int processors = 1)
    {
        Verdict verdict = LogVerifier.Verify(source, processors: processors);
        if (!verdict.Accepted)
        {
            throw new InvalidOperationException($"The generated ledger is refused: {verdict.Refusal}");
        }
    }

    private static void VerifyBare(List<MadeSignature> signatures)
    {
        using BareSignatures bare = new(signatures);
        bare.Verify();
    }
}

/// <summary>Signatures and nothing else. A key is read when it is first needed.</summary>
internal sealed class BareSignatures(List<MadeSignature> signatures) : IDisposable
{
    private readonly RSA?[] keys = new RSA?[signatures.Max(made => made.Person) + 1];

    public void Verify()
    {
        foreach (MadeSignature made in signatures)
        {
            if (!Key(made).VerifyData(made.Text, made.Signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))
            {
                throw new InvalidOperationException("A generated signature is wrong.");
            }
        }
    }

    private RSA Key(in MadeSignature made)
    {
        if (keys[made.Person] is not { } key)
        {
            keys[made.Person] = key = RSA.Create();
            key.ImportSubjectPublicKeyInfo(made.Spki, out _);
        }

        return key;
    }

    public void Dispose()
    {
        foreach (RSA? key in keys)
        {
            key?.Dispose();
        }
    }
}
