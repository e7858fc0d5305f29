using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace SecureChat.BrowserTests.Circles;

/// <summary>A report as somebody changed it after it was made: what it carries, or what it shows.</summary>
internal static class Tampered
{
    /// <summary>The same page with other entries in it.</summary>
    public static string Entries(string page, Action<List<byte[]>> change) => Pieces(page, "entries", sizeof(ushort), change);

    /// <summary>The same page with other documents in it.</summary>
    public static string Addenda(string page, Action<List<byte[]>> change) => Pieces(page, "addenda", sizeof(uint), change);

    /// <summary>The same page with the hashes of the entries that it carries, whatever they are.</summary>
    public static string HashesOf(string page)
    {
        List<byte[]> entries = Split(Unpack(Element(page, "entries")), sizeof(ushort));
        return With(page, "leaf-hashes", Pack([.. entries.SelectMany(entry => SecureChat.Ledger.Transparency.MerkleHashing.Leaf(entry).Bytes.ToArray())]));
    }

    /// <summary>What an element with data holds.</summary>
    public static string Element(string page, string id)
    {
        int start = Start(page, id);
        return page[start..page.IndexOf("</script>", start, StringComparison.Ordinal)];
    }

    /// <summary>The same page with something else in an element.</summary>
    public static string With(string page, string id, string content)
    {
        int start = Start(page, id);
        return string.Concat(page.AsSpan(0, start), content, page.AsSpan(page.IndexOf("</script>", start, StringComparison.Ordinal)));
    }

    /// <summary>The same page with a text replaced that stands in it once or more.</summary>
    public static string Text(string page, string from, string to)
    {
        page.ShouldContain(from);
        return page.Replace(from, to, StringComparison.Ordinal);
    }

    private static int Start(string page, string id)
    {
        int at = page.IndexOf($"id=\"{id}\">", StringComparison.Ordinal);
        at.ShouldBePositive();
        return page.IndexOf('>', at) + 1;
    }

    private static string Pieces(string page, string id, int lengthBytes, Action<List<byte[]>> change)
    {
        List<byte[]> pieces = Split(Unpack(Element(page, id)), lengthBytes);
        change(pieces);
        using MemoryStream joined = new();
        Span<byte> length = stackalloc byte[sizeof(uint)];
        foreach (byte[] piece in pieces)
        {
            BinaryPrimitives.WriteUInt32BigEndian(length, (uint)piece.Length);
            joined.Write(length[^lengthBytes..]);
            joined.Write(piece);
        }

        return With(page, id, Pack(joined.ToArray()));
    }

    private static List<byte[]> Split(byte[] joined, int lengthBytes)
    {
        List<byte[]> pieces = [];
        for (int at = 0; at < joined.Length;)
        {
            int length = joined.AsSpan(at, lengthBytes).ToArray().Aggregate(0, (sum, next) => (sum << 8) | next);
            pieces.Add(joined.AsSpan(at + lengthBytes, length).ToArray());
            at += lengthBytes + length;
        }

        return pieces;
    }

    private static byte[] Unpack(string packed)
    {
        using MemoryStream bytes = new();
        using DeflateStream inflate = new(new MemoryStream(Convert.FromBase64String(packed)), CompressionMode.Decompress);
        inflate.CopyTo(bytes);
        return bytes.ToArray();
    }

    private static string Pack(byte[] bytes)
    {
        using MemoryStream packed = new();
        using (DeflateStream deflate = new(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            deflate.Write(bytes);
        }

        return Convert.ToBase64String(packed.ToArray());
    }

    /// <summary>Bytes with an ASCII text replaced by one of the same length.</summary>
    public static byte[] Replaced(byte[] bytes, string from, string to)
    {
        to.Length.ShouldBe(from.Length);
        int at = bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(from));
        at.ShouldBeGreaterThanOrEqualTo(0);
        byte[] changed = [.. bytes];
        Encoding.UTF8.GetBytes(to).CopyTo(changed, at);
        return changed;
    }
}
