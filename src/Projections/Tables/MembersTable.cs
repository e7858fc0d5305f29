using Dapper;
using Microsoft.Data.Sqlite;
using SecureChat.Ledger.Circle;
using SecureChat.Ledger.Circle.Names;

namespace SecureChat.Projections.Tables;

/// <summary>
/// <c>members</c>: everybody who was ever in the circle, one row an id. Beside it <c>member_handles</c>, which the events name
/// members by. Who is present is in memory as well.
/// </summary>
internal sealed class MembersTable(TableCommands commands)
{
    public const string Schema = """
        CREATE TABLE members (
            id                    TEXT PRIMARY KEY,
            display_name          TEXT NOT NULL,
            public_key            TEXT NOT NULL,
            curve25519_public_key TEXT NOT NULL DEFAULT '',
            joined_at             INTEGER NOT NULL,
            status                TEXT NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'left'))
        );

        CREATE TABLE member_handles (
            handle    INTEGER PRIMARY KEY,
            member_id TEXT NOT NULL
        );
        """;

    public const string Clear = "DELETE FROM members; DELETE FROM member_handles;";

    private readonly OrderedDictionary<long, Person> present = [];
    private readonly List<Person> changed = [];

    /// <summary>Who is present, in the order in which they came.</summary>
    public IReadOnlyList<Person> Present => present.Values;

    /// <summary>Reads who is present.</summary>
    public void Load(SqliteConnection connection)
    {
        foreach (Person person in connection.Query<Person>(
            """
            SELECT max(handle) AS Handle, id AS Id, display_name AS Name, public_key AS PublicKey,
                   curve25519_public_key AS Curve25519, joined_at AS JoinedAt
            FROM members JOIN member_handles ON member_id = id
            WHERE status = 'active' GROUP BY id ORDER BY 1
            """))
        {
            present.Add(person.Handle, person);
        }
    }

    /// <summary>The id of somebody who is present.</summary>
    /// <exception cref="EditedTablesException">Somebody who is, and is not in the table.</exception>
    public string IdOf(long handle) => Of(handle).Id;

    /// <summary>Somebody comes; when it is somebody who was there before, the same row becomes active again.</summary>
    /// <exception cref="EditedTablesException">It is present already.</exception>
    public Person Join(long handle, string id, string name, string publicKey, string curve25519, long joinedAt)
    {
        Person person = new() { Handle = handle, Id = id, Name = name, PublicKey = publicKey, Curve25519 = curve25519, JoinedAt = joinedAt };
        if (!present.TryAdd(handle, person))
        {
            throw new EditedTablesException($"The member of entry {handle} is active in members before it was admitted.");
        }

        Change(person);
        commands.Run("INSERT INTO member_handles (handle, member_id) VALUES (@handle, @id)", ("@handle", handle), ("@id", id));
        return person;
    }

    /// <summary>The same for the founder and those who were imported.</summary>
    public Person Join(long handle, Newcomer newcomer, long joinedAt) => Join(
        handle,
        IdOf(newcomer.Profile, handle),
        newcomer.DisplayName,
        newcomer.Keys?.PublicKey ?? "",
        newcomer.Keys?.Curve25519 ?? "",
        joinedAt);

    public Person Leave(long handle)
    {
        Person gone = Of(handle);
        present.Remove(handle);
        gone.HasLeft = true;
        Change(gone);
        return gone;
    }

    /// <summary>Writes the rows that have changed.</summary>
    public void Write()
    {
        // In this order: whoever came back before this is in it twice.
        foreach (Person person in changed)
        {
            Write(person);
            person.IsChanged = false;
        }

        changed.Clear();
    }

    /// <summary>The id of a member, or what stands for it after its profile was erased, which no client can choose.</summary>
    public static string IdOf(Profile? profile, long handle) => profile?.MemberId ?? MemberId.OfErased(handle);

    private Person Of(long handle) =>
        present.GetValueOrDefault(handle) ?? throw new EditedTablesException($"The member of entry {handle} is not active in members.");

    private void Change(Person person)
    {
        if (!person.IsChanged)
        {
            person.IsChanged = true;
            changed.Add(person);
        }
    }

    private void Write(Person person) => commands.Run(
        """
        INSERT INTO members (id, display_name, public_key, curve25519_public_key, joined_at, status)
        VALUES (@id, @name, @key, @curve, @joinedAt, @status)
        ON CONFLICT (id) DO UPDATE SET
            display_name = excluded.display_name,
            public_key = excluded.public_key,
            curve25519_public_key = excluded.curve25519_public_key,
            joined_at = excluded.joined_at,
            status = excluded.status
        """,
        ("@id", person.Id),
        ("@name", person.Name),
        ("@key", person.PublicKey),
        ("@curve", person.Curve25519),
        ("@joinedAt", person.JoinedAt),
        ("@status", person.HasLeft ? "left" : "active"));

    /// <summary>A row as it is, or is to be.</summary>
    internal sealed class Person
    {
        public long Handle { get; set; }

        public string Id { get; set; } = "";

        public string Name { get; set; } = "";

        public string PublicKey { get; set; } = "";

        public string Curve25519 { get; set; } = "";

        public long JoinedAt { get; set; }

        public bool HasLeft { get; set; }

        public bool IsChanged { get; set; }
    }
}
