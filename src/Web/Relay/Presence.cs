using System.Collections.Concurrent;

namespace SecureChat.Web.Relay;

/// <summary>
/// Who is online, with which connections. Looking somebody up takes no lock and allocates nothing; whoever changes something
/// holds <see cref="Turn"/>, so that what members are told has one order.
/// </summary>
internal sealed class Presence
{
    private readonly ConcurrentDictionary<long, Connection[]> online = new();

    /// <summary>Held while somebody comes or goes, or all are told something.</summary>
    public Lock Turn { get; } = new();

    /// <summary>The connections of a member, oldest first; none when the member is offline.</summary>
    public ReadOnlySpan<Connection> Of(long member) => online.TryGetValue(member, out Connection[]? connections) ? connections : default;

    /// <summary>The connections of several members at this moment.</summary>
    /// <param name="members">Their handles.</param>
    /// <param name="found">Filled with what <see cref="Of"/> gives for each; null for whoever is offline.</param>
    public void LookUp(ReadOnlySpan<long> members, Span<Connection[]?> found)
    {
        for (int i = 0; i < members.Length; i++)
        {
            online.TryGetValue(members[i], out found[i]);
        }
    }

    /// <summary>Adds a connection of its member; gives the oldest one, taken out, when there are too many.</summary>
    public Connection? Enter(long member, Connection connection, int maxConnections)
    {
        ReadOnlySpan<Connection> before = Of(member);
        Connection? oldest = before.Length >= maxConnections ? before[0] : null;
        online[member] = [.. oldest is null ? before : before[1..], connection];
        return oldest;
    }

    /// <summary>Takes a connection out; true when it was its member's last one.</summary>
    public bool Leave(long member, Connection connection)
    {
        if (!online.TryGetValue(member, out Connection[]? before) || !before.Contains(connection))
        {
            return false;
        }

        if (before.Length == 1)
        {
            return online.TryRemove(member, out _);
        }

        online[member] = [.. before.Where(other => other != connection)];
        return false;
    }

    /// <summary>Takes all connections of a member out.</summary>
    public Connection[] Remove(long member) => online.TryRemove(member, out Connection[]? connections) ? connections : [];

    /// <summary>Sends a frame to everybody who is online.</summary>
    /// <param name="frame">The frame; it is given back.</param>
    /// <param name="flush">Where the outboxes are remembered.</param>
    /// <param name="seenBefore">Those who saw a ledger of this size or more at AUTH have the news already.</param>
    public void Tell(SharedFrame frame, FlushList flush, long seenBefore = long.MaxValue)
    {
        foreach ((_, Connection[] connections) in online)
        {
            foreach (Connection connection in connections)
            {
                if (connection.Member!.Since < seenBefore)
                {
                    connection.Outbox.Append(flush, frame);
                }
            }
        }

        frame.Release();
    }
}
