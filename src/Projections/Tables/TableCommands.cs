using Microsoft.Data.Sqlite;

namespace SecureChat.Projections.Tables;

/// <summary>
/// What events change in the tables, in one transaction after the other, on one connection. Each statement is compiled when it is first
/// needed and kept: compiling costs many times what running does, and a rebuild runs millions.
/// </summary>
internal sealed class TableCommands(SqliteConnection connection) : IDisposable
{
    // By the text itself and not what stands in it: all of them are constants.
    private readonly Dictionary<string, SqliteCommand> commands = new(ReferenceEqualityComparer.Instance);

    /// <summary>The transaction in which they run; whoever applies events sets it.</summary>
    public SqliteTransaction? Transaction { get; set; }

    /// <summary>Runs statements.</summary>
    /// <param name="sql">A constant: one statement, or several with the same parameters.</param>
    /// <param name="parameters">Always the same names in the same order for the same statements.</param>
    public void Run(string sql, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        if (!commands.TryGetValue(sql, out SqliteCommand? command))
        {
            command = connection.CreateCommand();
            command.CommandText = sql;
            foreach ((string name, _) in parameters)
            {
                command.Parameters.Add(new SqliteParameter { ParameterName = name });
            }

            commands.Add(sql, command);
        }

        command.Transaction = Transaction;
        for (int index = 0; index < parameters.Length; index++)
        {
            command.Parameters[index].Value = parameters[index].Value;
        }

        command.ExecuteNonQuery();
    }

    public void Dispose()
    {
        foreach (SqliteCommand command in commands.Values)
        {
            command.Dispose();
        }
    }
}
