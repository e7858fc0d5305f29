using System.Text.Json.Nodes;
using static SecureChat.ApprovalTests.Wire.SettledCircle;

namespace SecureChat.ApprovalTests.Wire;

/// <summary><c>POST /api/join-request</c> and <c>GET /api/join-request/:request_id</c>.</summary>
public sealed class JoiningTests
{
    [Fact]
    public async Task Asking_and_waiting()
    {
        await using SettledCircle circle = await Start();
        (Person dora, Person emil) = (Person.Named("Dora"), Person.Named("Emil"));
        using Conversation wire = new(circle.Relay, Alice, Ben, Cleo, Finn, Gil, Hana, dora, emil);

        wire.Title("Dora asks and polls");
        string request = await wire.Ask(dora);
        await wire.Get($"/api/join-request/{request}");

        wire.Title("She asks again; somebody else asks from her address");
        await wire.Post("/api/join-request", dora.AsBody(), from: Gil);
        await wire.Post("/api/join-request", emil.AsBody(), from: dora);

        wire.Title("Names and ids that are taken, and fields that are missing");
        await wire.Post("/api/join-request", With(emil, "display_name", "  ALICE"), from: emil);
        await wire.Post("/api/join-request", With(emil, "display_name", "Dоra"), from: emil);
        await wire.Post("/api/join-request", With(emil, "id", "alice"), from: emil);
        await wire.Post("/api/join-request", With(emil, "public_key", ""), from: emil);

        wire.Title("The id of a member who left: with another key, and with the same one");
        await wire.Post("/api/join-request", With(emil, "id", "finn"), from: emil);
        await wire.Ask(Finn);

        wire.Title("Requests that are decided, and one that never was");
        await wire.Get($"/api/join-request/{ApprovedRequest}");
        await wire.Get($"/api/join-request/{RejectedRequest}");
        await wire.Get($"/api/join-request/{ExpiredRequest}");
        await wire.Get("/api/join-request/unknown");

        wire.Title("The circle is locked");
        await wire.Post("/api/lock-requests", new JsonObject { ["locked"] = true }, by: Alice);
        await wire.Post("/api/join-request", emil.AsBody(), from: emil);
        await wire.Get("/api/status");

        Approve.Text(wire.ToString());
    }

    private static JsonObject With(Person person, string field, string value)
    {
        JsonObject body = person.AsBody();
        body[field] = value;
        return body;
    }
}
