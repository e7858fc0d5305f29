using Microsoft.Data.Sqlite;
using SecureChat.Ledger.Circle;
using SecureChat.Ledger.Keys;
using SecureChat.Projections;

namespace SecureChat.SystemTests;

/// <summary>Who was refused long ago is forgotten by the relay itself.</summary>
public class ErasureTests
{
    private const string Request = "3f0c8a52-b7de-4c1f-9a6e-2d7b8c5f0e41";

    [Fact]
    public async Task Whoever_was_refused_long_ago_is_gone_from_all_files_soon_after_the_start()
    {
        await using var relay = RelayProcess.Prepare();
        var founder = new Person(relay);
        var stranger = new Person(relay);
        await using (var past = LiveCircle.Open(relay.DataFolder, new Earlier()))
        {
            await past.ExecuteAsync(new RegisterFounder(Newcomer(founder)));
            await past.ExecuteAsync(new SubmitRequest(Request, Newcomer(stranger)));
            await past.ExecuteAsync(new CastVote(Request, founder.Id, Approve: false));
        }

        // As an upgrade would have left it.
        CopyLedger(relay, "ledger.db.v1");
        string[] personal = [stranger.Id, stranger.Name, stranger.Curve25519];
        personal.ShouldAllBe(text => relay.FilesHolding(text, "*").Count == 3, "ledger, copy and tables hold it");

        await relay.Start();

        await Waiting.Until(() => personal.All(text => relay.FilesHolding(text, "*").Count == 0), "nothing of the stranger is in any file");
        relay.FilesHolding(founder.Name).ShouldNotBeEmpty();
        var (exitCode, output, error) = await AdminTool.Admin("", "verify", relay.DataFolder);
        exitCode.ShouldBe(0, output + error);
        output.ShouldNotContain("Warning");
        output.ShouldContain("AddendaErased");
        await relay.Stop();
        personal.ShouldAllBe(text => relay.FilesHolding(text, "*").Count == 0);
    }

    private static Newcomer Newcomer(Person person)
    {
        RsaPublicKey.TryParse(person.PublicKey, out var key, out _).ShouldBeTrue();
        return new Newcomer(
            new Profile(person.Id, person.Name), new MemberKeys(Convert.ToBase64String(key!.CanonicalSpki.Span), person.Curve25519, person.PublicKey));
    }

    private static void CopyLedger(RelayProcess relay, string name)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(relay.DataFolder, "ledger.db")};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "VACUUM INTO $copy";
        command.Parameters.AddWithValue("$copy", Path.Combine(relay.DataFolder, name));
        command.ExecuteNonQuery();
    }

    private sealed class Earlier : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() - TimeSpan.FromDays(40);
    }
}
