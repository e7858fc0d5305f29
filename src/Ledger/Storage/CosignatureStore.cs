using System.Text;
using Microsoft.Data.Sqlite;
using SecureChat.Ledger.Transparency;

namespace SecureChat.Ledger.Storage;

/// <summary>
/// Keeps what witnesses signed, served with the head from then on. On a connection of its own: it waits for the writer where
/// the two meet, never the other way round for longer than one small row takes.
/// </summary>
public sealed class CosignatureStore : IDisposable
{
    private readonly Lock gate = new();
    private readonly SqliteConnection connection;
    private readonly PreparedCommand insert;

    /// <summary>Opens the ledger for this.</summary>
    /// <param name="file">The ledger's file.</param>
    public CosignatureStore(DatabaseFile file)
    {
        connection = file.Open();
        DatabaseFile.KeepInLog(connection);
        insert = new PreparedCommand(
            connection,
            "INSERT INTO cosignatures (size, witness, signature) VALUES ($size, $witness, $signature) "
            + "ON CONFLICT (size, witness) DO UPDATE SET signature = excluded.signature",
            "$size", "$witness", "$signature");
    }

    /// <summary>Keeps a cosignature that was verified.</summary>
    /// <param name="size">The size of the head that it is over.</param>
    /// <param name="signature">The signature, under the witness's name.</param>
    public void Store(long size, NoteSignature signature)
    {
        lock (gate)
        {
            using SqliteTransaction transaction = connection.BeginTransaction();
            insert.Run(transaction, size, signature.KeyName, Encoding.UTF8.GetBytes(signature.Format()));
            transaction.Commit();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        insert.Dispose();
        connection.Dispose();
    }
}
