using Microsoft.Data.Sqlite;

namespace SecureChat.Ledger.Storage;

/// <summary>
/// <c>ledger.db.v1</c>: the ledger as it was before its upgrade. It is worth keeping only as long as it holds nothing that the ledger has
/// been told to forget.
/// </summary>
public static class UpgradeCopy
{
    /// <summary>Where the copy of a ledger stands.</summary>
    /// <param name="ledger">The ledger's file.</param>
    public static string Of(DatabaseFile ledger) => ledger.Path + ".v1";

    /// <summary>Deletes the copy when it holds a document that the ledger holds no more, and what a copy that was cut short has left.</summary>
    /// <param name="ledger">The ledger's file.</param>
    public static void ForgetErased(DatabaseFile ledger)
    {
        string copy = Of(ledger);
        File.Delete(copy + ".new");
        if (File.Exists(copy) && IsLedger(copy) && HoldsErased(ledger, copy))
        {
            File.Delete(copy);
        }
    }

    private static bool HoldsErased(DatabaseFile ledger, string copy)
    {
        using SqliteConnection connection = ledger.OpenForReading();
        using PreparedCommand attach = new(connection, "ATTACH $copy AS copy", "$copy");
        attach.Get(copy);
        using PreparedCommand erased = new(
            connection, "SELECT 1 FROM copy.addenda WHERE digest NOT IN (SELECT digest FROM main.addenda) LIMIT 1");
        return erased.Get() is not null;
    }

    private static bool IsLedger(string copy)
    {
        try
        {
            LedgerFile.At(copy).Look();
            return true;
        }
        catch (DataFolderException)
        {
            // Somebody else's, under our name.
            return false;
        }
    }
}
