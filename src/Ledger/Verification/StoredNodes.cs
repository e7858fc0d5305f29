using Microsoft.Data.Sqlite;
using SecureChat.Ledger.Storage;
using SecureChat.Ledger.Transparency;

namespace SecureChat.Ledger.Verification;

/// <summary>
/// Reads the stored tree while the entries are played: nodes are stored in the order in which entries complete them, so nothing has to be
/// looked up. Like the entries they are read a page at a time, so that no transaction stays open.
/// </summary>
internal sealed class StoredNodes(SqliteConnection connection) : IDisposable
{
    private const int PageLength = 64;

    private readonly PreparedCommand page = new(
        connection, $"SELECT first, nodes FROM tree WHERE first >= $first ORDER BY first LIMIT {PageLength}", "$first");

    private readonly Queue<(long First, byte[] Nodes)> rows = [];
    private ReadOnlyMemory<byte> piece;
    private long ordinal;

    /// <summary>Begins again at the first node.</summary>
    public void Restart()
    {
        rows.Clear();
        piece = default;
        ordinal = 0;
    }

    /// <summary>The next hash of the list, or null at its end or where a piece is missing or stands twice.</summary>
    public Hash? Next()
    {
        if (piece.IsEmpty)
        {
            if (rows.Count == 0)
            {
                ReadPage();
            }

            if (!rows.TryDequeue(out (long First, byte[] Nodes) row)
                || row.First != ordinal || row.Nodes.Length == 0 || row.Nodes.Length % Hash.ByteLength != 0)
            {
                return null;
            }

            piece = row.Nodes;
        }

        ordinal++;
        Hash hash = new(piece.Span[..Hash.ByteLength]);
        piece = piece[Hash.ByteLength..];
        return hash;
    }

    private void ReadPage()
    {
        using SqliteDataReader read = page.Rows(ordinal);
        while (read.Read())
        {
            rows.Enqueue((read.GetInt64(0), (byte[])read[1]));
        }
    }

    public void Dispose() => page.Dispose();
}
