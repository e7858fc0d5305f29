using System.Security.Cryptography;

namespace SecureChat.Bench;

/// <summary>Keys of members. They are new in each run, for the framework takes no seed; no figure depends on which they are.</summary>
internal static class MemberKey
{
    private const int Bits = 2048;

    public static RSA Make() => RSA.Create(Bits);

    public static RSA[] Make(int count)
    {
        RSA[] keys = new RSA[count];
        Parallel.For(0, count, index => keys[index] = Make());
        return keys;
    }
}
