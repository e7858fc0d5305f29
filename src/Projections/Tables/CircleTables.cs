using System.Data;
using Microsoft.Data.Sqlite;
using SecureChat.Ledger.Circle;

namespace SecureChat.Projections.Tables;

/// <summary>Somebody has changed rows by hand: what the ledger says next does not fit them.</summary>
/// <param name="message">What is missing.</param>
/// <param name="inner">What was found.</param>
internal sealed class EditedTablesException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>
/// What each event does to the tables. Requests that are pending and members who are present are in memory, read from the tables at the
/// beginning: their rows are written when all events of a transaction have been applied, each of them once. What never changes again
/// (handles, DM channels) is written at once. After a transaction that failed it has to be read anew.
/// </summary>
internal sealed class CircleTables
{
    private readonly TableCommands commands;
    private readonly JoinRequestsTable requests;
    private readonly MembersTable members;
    private readonly ChannelsTable channels;
    private bool presenceChanged;

    /// <param name="commands">Runs the statements.</param>
    /// <param name="connection">Their connection.</param>
    /// <exception cref="EditedTablesException">The rows are none that this program writes.</exception>
    public CircleTables(TableCommands commands, SqliteConnection connection)
    {
        this.commands = commands;
        requests = new JoinRequestsTable(commands);
        members = new MembersTable(commands);
        channels = new ChannelsTable(commands);
        try
        {
            requests.Load(connection);
            members.Load(connection);
        }
        catch (Exception unreadable) when (unreadable is FormatException or InvalidCastException or InvalidOperationException or ArgumentException or DataException)
        {
            throw new EditedTablesException("There are rows in join_requests or members that cannot be read.", unreadable);
        }
    }

    /// <exception cref="EditedTablesException">The rows are not those that the events before have left.</exception>
    public void Apply(RecordedEvent recorded)
    {
        switch (recorded.Event)
        {
            case FounderRegistered founding:
                Join(members.Join(recorded.Position, founding.Founder, recorded.Time));
                channels.WriteGeneral(members.Present);
                ServerInfoTable.Found(commands, members.IdOf(recorded.Position));
                break;
            case MemberImported import:
                Join(members.Join(recorded.Position, import.Newcomer, import.Joined ?? recorded.Time));
                break;
            case RequestSubmitted submission:
                requests.Submit(submission, recorded.Time);
                break;
            case VoteCast vote:
                requests.Vote(vote.Request, members.IdOf(vote.Voter), vote.Approve);
                break;
            case MemberAdmitted admission:
                Admit(recorded, requests.Of(admission.Request));
                requests.Resolve(admission.Request, "approved");
                break;
            case RequestRejected rejection:
                requests.Resolve(rejection.Request, "rejected");
                break;
            case RequestExpired expiry:
                requests.Resolve(expiry.Request, "expired");
                break;
            case MemberLeft departure:
                requests.Withdraw(members.Leave(departure.Member).Id);
                presenceChanged = true;
                break;
            case RequestsLockChanged change:
                ServerInfoTable.Lock(commands, change.Locked);
                break;
        }
    }

    /// <summary>Writes every row that has changed.</summary>
    public void Write()
    {
        requests.Write();
        members.Write();
        if (presenceChanged)
        {
            channels.WriteGeneral(members.Present);
            presenceChanged = false;
        }
    }

    private void Admit(RecordedEvent recorded, JoinRequestsTable.Request request)
    {
        string id = request.RequesterId.Length > 0 ? request.RequesterId : MembersTable.IdOf(profile: null, recorded.Position);
        Join(members.Join(recorded.Position, id, request.Name, request.PublicKey, request.Curve25519, recorded.Time));
    }

    private void Join(MembersTable.Person newcomer)
    {
        channels.Open(newcomer, members.Present);
        presenceChanged = true;
    }
}
