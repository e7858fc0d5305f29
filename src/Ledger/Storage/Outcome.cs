using SecureChat.Ledger.Circle;

namespace SecureChat.Ledger.Storage;

/// <summary>What became of a command.</summary>
/// <param name="Size">The size of the ledger that the answer stands on: a reader who has applied it sees everything that was decided.</param>
/// <param name="Refusal">Why the command was refused, or null.</param>
/// <param name="Position">The position of the first entry of the command itself, when it was not refused and something happened.</param>
/// <param name="Tally">How a vote left its request.</param>
public sealed record Outcome(long Size, Refusal? Refusal, long? Position, Tally? Tally);

/// <summary>A change cannot be written down at present, and therefore did not happen.</summary>
/// <param name="message">Why.</param>
/// <param name="inner">What SQLite said.</param>
public sealed class LedgerUnavailableException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>The login signature with which a change was asked for; written down with the change, so that a crash does not reopen it.</summary>
/// <param name="MemberId">Whose it is.</param>
/// <param name="Timestamp">Milliseconds since the Unix epoch, as signed.</param>
/// <param name="Nonce">The nonce of a request that is signed as a whole; empty for others.</param>
public sealed record UsedSignature(string MemberId, long Timestamp, string Nonce = "");
