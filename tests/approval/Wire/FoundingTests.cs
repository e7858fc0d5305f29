using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace SecureChat.ApprovalTests.Wire;

/// <summary><c>GET /</c>, <c>GET /api/status</c>, <c>POST /api/register</c>: a relay before and after its founder.</summary>
public sealed class FoundingTests
{
    [Fact]
    public async Task From_an_empty_folder_to_a_circle()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("securechat-approval-");
        await using RelayProcess relay = await RelayProcess.Start(folder.FullName);
        Person alice = Person.Named("Alice");
        Person ben = Person.Named("Ben");
        using Conversation wire = new(relay, alice, ben);

        wire.Title("Health and status");
        await wire.Get("/");
        await wire.Call(HttpMethod.Head, "/");
        await wire.Get("/api/status");

        wire.Title("Nothing else works before there is a founder");
        await wire.Post("/api/join-request", ben.AsBody(), from: ben);

        await FieldsThatAreRefused(wire, alice);

        wire.Title("The founder");
        await wire.Post("/api/register", Founding(alice), from: alice);
        await wire.Post("/api/register", Founding(alice), from: alice);
        await wire.Get("/api/status");

        Approve.Text(wire.ToString());
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Too_many_wrong_founder_keys()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("securechat-approval-");
        await using RelayProcess relay = await RelayProcess.Start(folder.FullName);
        Person alice = Person.Named("Alice");
        using Conversation guesses = new(relay, alice);
        for (int guess = 0; guess < 20; guess++)
        {
            await guesses.Post("/api/register", new JsonObject { ["founder_key"] = $"guess {guess}" }, from: alice);
        }

        using Conversation wire = new(relay, alice);
        await wire.Post("/api/register", Founding(alice), from: alice);

        Approve.Text(wire.ToString());
        folder.Delete(recursive: true);
    }

    private static async Task FieldsThatAreRefused(Conversation wire, Person alice)
    {
        wire.Title("The founder key is looked at before the other fields");
        await wire.Post("/api/register", new JsonObject());
        await wire.Post("/api/register", new JsonObject { ["founder_key"] = "wrong" });

        wire.Title("Fields that are refused, here and in a join request");
        await wire.Post("/api/register", Founding(alice, "id", null));
        await wire.Post("/api/register", Founding(alice, "display_name", "   "));
        await wire.Post("/api/register", Founding(alice, "display_name", 7));
        await wire.Post("/api/register", Founding(alice, "id", "a:b"));
        await wire.Post("/api/register", Founding(alice, "display_name", "Al\u202Eice"));
        await wire.Post("/api/register", Founding(alice, "display_name", new string('a', 65)));
        await wire.Post("/api/register", Founding(alice, "public_key", "no key"));
        using RSA small = RSA.Create(1024);
        wire.Aliases.Add(small.ExportSubjectPublicKeyInfoPem(), "KEY-OF-1024-BITS");
        wire.Aliases.Add(small.ExportPkcs8PrivateKeyPem(), "PRIVATE-KEY");
        await wire.Post("/api/register", Founding(alice, "public_key", small.ExportSubjectPublicKeyInfoPem()));
        await wire.Post("/api/register", Founding(alice, "public_key", small.ExportPkcs8PrivateKeyPem()));
        await wire.Post("/api/register", Founding(alice, "curve25519_public_key", "c2hvcnQ="));
        await wire.Post("/api/register", Founding(alice, "curve25519_public_key", Convert.ToBase64String(new byte[32])));
    }

    private static JsonObject Founding(Person founder)
    {
        JsonObject body = founder.AsBody();
        body["founder_key"] = RelayProcess.FounderKey;
        return body;
    }

    private static JsonObject Founding(Person founder, string field, JsonNode? value)
    {
        JsonObject body = Founding(founder);
        body[field] = value;
        return body;
    }
}
