using SecureChat.Ledger.Storage;
using SecureChat.Ledger.Transparency;
using SecureChat.Ledger.Verification;

namespace SecureChat.Admin.Sources;

/// <summary>
/// A copy of a ledger in one file, as it stood at one moment, also while a relay writes into it. What was erased is not in it.
/// </summary>
internal static class LedgerCopy
{
    /// <summary>Makes a copy that is on the disk when this returns.</summary>
    /// <param name="from">A ledger, which stays as it is.</param>
    /// <param name="to">Where; there must be nothing.</param>
    /// <exception cref="DataFolderException">It is no ledger of ours.</exception>
    public static void Make(string from, string to)
    {
        UntouchedDatabase.Read(sharesIndex => MakeOnce(from, to, sharesIndex));
        using FileStream written = new(to, FileMode.Open, FileAccess.ReadWrite);
        written.Flush(flushToDisk: true);
    }

    private static bool MakeOnce(string from, string to, bool sharesIndex)
    {
        while (true)
        {
            File.Delete(to);
            using UntouchedDatabase ledger = UntouchedDatabase.Open(from, sharesIndex);
            ledger.File.CopyTo(to);
            if (!ledger.WasDisturbed)
            {
                return true;
            }
        }
    }

    /// <summary>Verifies a copy as a relay does that starts on it: every entry, and that nothing is missing that a relay needs.</summary>
    /// <param name="copy">The copy.</param>
    /// <param name="key">Whose log it must be.</param>
    /// <param name="seen">Heads of it that are known from elsewhere.</param>
    /// <param name="terminal">Where progress is shown.</param>
    /// <returns>Its newest head.</returns>
    /// <exception cref="LedgerDamagedException">It does not verify.</exception>
    public static Checkpoint Verify(string copy, VerifierKey key, byte[][] seen, Terminal terminal)
    {
        Progress progress = new(terminal, "Verifying");
        try
        {
            return LedgerOpening.VerifyCopy(LedgerFile.At(copy) with { ReadingParameters = "immutable=1" }, key, seen, progress.Report);
        }
        finally
        {
            progress.Finish();
        }
    }
}
