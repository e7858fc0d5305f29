using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace SecureChat.Bench.Load;

/// <summary>Somebody with a key, who signs in advance what is not to be measured.</summary>
internal sealed class Member(int number, RSA key)
{
    private readonly Lock turn = new();
    private readonly RSA key = key;
    private long latest;

    /// <summary>Somebody else with the same key, which takes a while to make.</summary>
    public Member(int number, Member sameKey) : this(number, sameKey.key)
    {
    }

    public string Id { get; } = $"00000000-0000-4000-9000-{number:d12}";

    public string Name { get; } = $"Member {number}";

    public string PublicKey { get; } = key.ExportSubjectPublicKeyInfoPem() + "\n";

    public string Curve25519 { get; } = Convert.ToBase64String(SHA256.HashData(Encoding.ASCII.GetBytes($"curve {number}")));

    /// <summary>Headers of a signed request, which are used once where they change something.</summary>
    public string SignedHeaders()
    {
        (string time, string signature) = Sign();
        return $"x-member-id: {Id}\r\nx-signature: {signature}\r\nx-timestamp: {time}\r\n";
    }

    /// <summary>An AUTH frame, which is used once.</summary>
    public byte[] Auth()
    {
        (string time, string signature) = Sign();
        return ClientFrames.Frame(Encoding.ASCII.GetBytes(
            $$$"""{"type":"AUTH","payload":{"member_id":"{{{Id}}}","signature":"{{{signature}}}","timestamp":{{{time}}}}}"""));
    }

    /// <summary>Members with keys that are made once on a machine: no figure depends on which they are, and making them takes a while.</summary>
    public static Member[] Make(int count)
    {
        DirectoryInfo folder = Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), "securechat-bench-keys"));
        Member[] members = new Member[count];
        Parallel.For(0, count, number =>
        {
            string file = Path.Combine(folder.FullName, $"{number}.pem");
            RSA own = MemberKey.Make();
            if (File.Exists(file))
            {
                own.ImportFromPem(File.ReadAllText(file));
            }
            else
            {
                File.WriteAllText(file, own.ExportPkcs8PrivateKeyPem());
            }

            members[number] = new Member(number, own);
        });
        return members;
    }

    private (string Time, string Signature) Sign()
    {
        long stamp;
        lock (turn)
        {
            // Never the same twice, for a pair of member and time counts once; it is ahead of the clock by seconds at most.
            latest = stamp = Math.Max(latest + 1, TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds());
        }

        string time = stamp.ToString(CultureInfo.InvariantCulture);
        byte[] signature = key.SignData(Encoding.ASCII.GetBytes(Id + time), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        return (time, Convert.ToBase64String(signature));
    }
}
