using Microsoft.Data.Sqlite;
using SecureChat.Ledger.Circle;
using SecureChat.Ledger.Storage;

namespace SecureChat.Projections.Tables;

/// <summary>Votes in <c>join_requests</c>. Most events are votes, so that what they change is compiled once.</summary>
internal sealed class VotesInTable(SqliteConnection connection) : IDisposable
{
    private readonly PreparedCommand approve = Add("approvals", connection);
    private readonly PreparedCommand reject = Add("rejections", connection);

    public void Apply(SqliteTransaction transaction, VoteCast vote) => (vote.Approve ? approve : reject).Run(transaction, vote.Voter, vote.Request);

    private static PreparedCommand Add(string column, SqliteConnection connection) => new(
        connection,
        $"""
         UPDATE join_requests
         SET {column} = json_insert({column}, '$[#]', (SELECT member_id FROM member_handles WHERE handle = @voter))
         WHERE id = @request
         """,
        "@voter",
        "@request");

    public void Dispose()
    {
        approve.Dispose();
        reject.Dispose();
    }
}
