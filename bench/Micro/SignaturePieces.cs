using System.Security.Cryptography;
using BenchmarkDotNet.Attributes;
using SecureChat.Ledger.Keys;

namespace SecureChat.Bench.Micro;

/// <summary>What a login costs.</summary>
public class SignaturePieces
{
    private const string MemberId = "00000000-0000-4000-9000-000000000001";
    private const long Time = 1_790_000_000_000;

    private string pem = "";
    private string signature = "";
    private RsaVerifier verifier = null!;

    [GlobalSetup]
    public void Prepare()
    {
        using RSA key = MemberKey.Make();
        pem = key.ExportSubjectPublicKeyInfoPem();
        verifier = new RsaVerifier(Parse());
        signature = Convert.ToBase64String(key.SignData(LoginSignature.Payload(MemberId, Time), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
    }

    /// <summary>A login's signature under a key that is kept.</summary>
    [Benchmark]
    public bool Verify() => LoginSignature.Verify(verifier, MemberId, Time, signature) ? true : throw new InvalidOperationException("It is right.");

    /// <summary>A key as it is offered at the door.</summary>
    [Benchmark]
    public RsaPublicKey Parse() => RsaPublicKey.TryParse(pem, out RsaPublicKey? key, out string problem) ? key : throw new InvalidOperationException(problem);
}
