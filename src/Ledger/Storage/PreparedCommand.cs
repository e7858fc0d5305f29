using Microsoft.Data.Sqlite;

namespace SecureChat.Ledger.Storage;

/// <summary>A statement that is compiled once and run many times, its parameters bound in the order in which they stand in it.</summary>
public sealed class PreparedCommand : IDisposable
{
    private readonly SqliteCommand command;

    /// <summary>Compiled when it first runs.</summary>
    /// <param name="connection">Where it runs.</param>
    /// <param name="sql">The statement.</param>
    /// <param name="parameters">The names of its parameters, in the order in which they stand in it.</param>
    public PreparedCommand(SqliteConnection connection, string sql, params ReadOnlySpan<string> parameters)
    {
        command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (string name in parameters)
        {
            command.Parameters.Add(new SqliteParameter { ParameterName = name });
        }
    }

    /// <summary>Runs it.</summary>
    /// <param name="transaction">The transaction that is open on the connection.</param>
    /// <param name="values">The values of its parameters.</param>
    public void Run(SqliteTransaction transaction, params ReadOnlySpan<object> values)
    {
        command.Transaction = transaction;
        Bind(values);
        command.ExecuteNonQuery();
    }

    /// <summary>The first column of the first row, or null.</summary>
    /// <param name="values">The values of its parameters.</param>
    public object? Get(params ReadOnlySpan<object> values)
    {
        command.Transaction = null;
        Bind(values);
        return command.ExecuteScalar();
    }

    /// <summary>All rows, to be disposed before it runs again.</summary>
    /// <param name="values">The values of its parameters.</param>
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

    /// <inheritdoc/>
    public void Dispose() => command.Dispose();
}
