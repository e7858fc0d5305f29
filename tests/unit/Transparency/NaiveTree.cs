using System.Security.Cryptography;
using SecureChat.Ledger.Transparency;

namespace SecureChat.UnitTests.Transparency;

/// <summary>
/// RFC 6962 section 2.1 copied word by word, as recursion over lists, with nothing of the product but the type of a hash:
/// MTH, PATH and SUBPROOF.
/// </summary>
internal sealed class NaiveTree(IReadOnlyList<byte[]> entries)
{
    private readonly Dictionary<(int Start, int End), Hash> _known = [];

    public Hash Root(int size) => Mth(0, size);

    public Hash Leaf(int index) => Mth(index, index + 1);

    /// <summary>PATH(m, D[n]).</summary>
    public List<Hash> Path(int m, int n) => Path(m, 0, n);

    /// <summary>PROOF(m, D[n]) = SUBPROOF(m, D[n], true).</summary>
    public List<Hash> Proof(int m, int n) => Subproof(m, 0, n, complete: true);

    public Hash Mth(int start, int end)
    {
        if (_known.TryGetValue((start, end), out var known))
        {
            return known;
        }

        var n = end - start;
        var k = Split(n);
        byte[] input = n switch
        {
            0 => [],
            1 => [0, .. entries[start]],
            _ => [1, .. Mth(start, start + k).Bytes, .. Mth(start + k, end).Bytes],
        };
        return _known[(start, end)] = new Hash(SHA256.HashData(input));
    }

    private List<Hash> Path(int m, int start, int end)
    {
        if (end - start == 1)
        {
            return [];
        }

        var k = Split(end - start);
        return m < k
            ? [.. Path(m, start, start + k), Mth(start + k, end)]
            : [.. Path(m - k, start + k, end), Mth(start, start + k)];
    }

    private List<Hash> Subproof(int m, int start, int end, bool complete)
    {
        if (m == end - start)
        {
            return complete ? [] : [Mth(start, end)];
        }

        var k = Split(end - start);
        return m <= k
            ? [.. Subproof(m, start, start + k, complete), Mth(start + k, end)]
            : [.. Subproof(m - k, start + k, end, complete: false), Mth(start, start + k)];
    }

    private static int Split(int n)
    {
        var k = 1;
        while (k * 2 < n)
        {
            k *= 2;
        }

        return k;
    }
}
