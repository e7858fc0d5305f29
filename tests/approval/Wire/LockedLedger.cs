using Microsoft.Data.Sqlite;

namespace SecureChat.ApprovalTests.Wire;

/// <summary>Keeps a relay from writing to its ledger, as long as it is not disposed.</summary>
internal sealed class LockedLedger : IDisposable
{
    private readonly SqliteConnection ledger;
    private readonly SqliteTransaction writing;

    public LockedLedger(string folder)
    {
        ledger = new SqliteConnection($"Data Source={Path.Combine(folder, "ledger.db")};Pooling=False");
        ledger.Open();
        writing = ledger.BeginTransaction();
    }

    public void Dispose()
    {
        writing.Dispose();
        ledger.Dispose();
    }
}
