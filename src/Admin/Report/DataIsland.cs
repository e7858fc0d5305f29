using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using SecureChat.Ledger.Transparency;
using SecureChat.Ledger.Verification;

namespace SecureChat.Admin.Report;

/// <summary>
/// The ledger as it stands in the page, for the page's own verifier: elements that the browser does not run. Bytes are raw deflate
/// in base64, for signatures make most of them.
/// </summary>
internal static class DataIsland
{
    /// <summary>The elements.</summary>
    public static Markup Of(ReportedLedger ledger) => Html.Of(html => html.Add(
        $"""
        <script type="application/json" id="ledger">{About(ledger)}</script>
        <script type="text/plain" id="entries">{Packed(ledger.Entries, WriteEntry)}</script>
        <script type="text/plain" id="addenda">{Packed(ledger.Addenda.Values, WriteAddendum)}</script>
        <script type="text/plain" id="leaf-hashes">{Packed(ledger.Entries, WriteLeafHash)}</script>

        """));

    // The writer's own encoder: it escapes whatever could end the element, so that it stands there as it is.
    private static Markup About(ReportedLedger ledger)
    {
        ArrayBufferWriter<byte> about = new();
        using (Utf8JsonWriter json = new(about))
        {
            json.WriteStartObject();
            json.WriteString("kind", "securechat-report/v1");
            json.WriteString("vkey", ledger.Key.Format());
            json.WriteString("checkpoint", ledger.Note);
            json.WriteEndObject();
        }

        return new Markup(Encoding.UTF8.GetString(about.WrittenSpan));
    }

    // As in an entry bundle of C2SP tlog-tiles.
    private static void WriteEntry(Stream stream, StoredEntry entry)
    {
        Span<byte> length = stackalloc byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)entry.Bytes.Length);
        stream.Write(length);
        stream.Write(entry.Bytes.Span);
    }

    private static void WriteAddendum(Stream stream, byte[] addendum)
    {
        Span<byte> length = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(length, (uint)addendum.Length);
        stream.Write(length);
        stream.Write(addendum);
    }

    // With these the page can name the entry that was changed, and not only say that one was.
    private static void WriteLeafHash(Stream stream, StoredEntry entry) =>
        stream.Write((entry.LeafHash ?? MerkleHashing.Leaf(entry.Bytes.Span)).Bytes);

    private static Markup Packed<T>(IEnumerable<T> pieces, Action<Stream, T> write)
    {
        using MemoryStream packed = new();
        using (DeflateStream deflate = new(packed, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            foreach (T piece in pieces)
            {
                write(deflate, piece);
            }
        }

        return new Markup(Convert.ToBase64String(packed.GetBuffer(), 0, (int)packed.Length));
    }
}
