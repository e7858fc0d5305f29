using Microsoft.Data.Sqlite;

namespace SecureChat.Ledger.Storage;

/// <summary>A statement that is compiled once and run many times, its parameters bound in the order in which they stand in it.</summary>
internal sealed class PreparedCommand : IDisposable
{
    private readonly SqliteCommand command;

    public PreparedCommand(SqliteConnection connection, string sql, params ReadOnlySpan<string> parameters)
    {
        command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (string name in parameters)
        {
            command.Parameters.Add(new SqliteParameter { ParameterName = name });
        }
    }

    public void Run(SqliteTransaction transaction, params ReadOnlySpan<object> values)
    {
        command.Transaction = transaction;
        Bind(values);
        command.ExecuteNonQuery();
    }

    /// <summary>The first column of the first row, or null.</summary>
    public object? Get(params ReadOnlySpan<object> values)
    {
        command.Transaction = null;
        Bind(values);
        return command.ExecuteScalar();
    }

    /// <summary>All rows, to be disposed before it runs again.</summary>
    public SqliteDataReader Rows(params ReadOnlySpan<object> values)
    {
        command.Transaction = null;
        Bind(values);
        return command.ExecuteReader();
    }

    private void Bind(ReadOnlySpan<object> values)
    {
        for (int index = 0; index < values.Length; index++)
        {
            command.Parameters[index].Value = values[index];
        }
    }

    public void Dispose() => command.Dispose();
}
