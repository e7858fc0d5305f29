using System.Text.Json.Nodes;

namespace SecureChat.SystemTests;

/// <summary>A relay that nobody has founded yet, shared by tests that are all refused.</summary>
public sealed class UnfoundedRelay : IAsyncLifetime
{
    public RelayProcess Relay { get; private set; } = null!;

    public async Task InitializeAsync() => Relay = await RelayProcess.Run();

    public async Task DisposeAsync() => await Relay.DisposeAsync();
}

/// <summary>What a founder may not send, and what nobody may do before there is one.</summary>
public class RefusedFoundingTests(UnfoundedRelay unfounded) : IClassFixture<UnfoundedRelay>, IAsyncLifetime
{
    private readonly RelayProcess relay = unfounded.Relay;
    private readonly Person person = new(unfounded.Relay);

    public Task InitializeAsync() => Task.CompletedTask;

    /// <summary>A refusal leaves nothing behind.</summary>
    public async Task DisposeAsync()
    {
        var status = (await relay.Get("/api/status")).Json;
        status.Flag("founder_set").ShouldBeFalse();
        status.Number("member_count").ShouldBe(0);
    }

    [Fact]
    public async Task A_wrong_founder_key_is_refused() =>
        (await person.Registers("wrong-key-wrong-key")).ShouldBeRefused(400, "invalid_founder_key", "Invalid founder key");

    [Theory]
    [InlineData("")]
    [InlineData(RelayProcess.FounderKey + " ")]
    [InlineData("CANARY-FOUNDER-KEY-5F0C7D2B")]
    public async Task A_key_that_is_nearly_right_is_wrong(string key) =>
        (await person.Registers(key)).ShouldBeRefused(400, "invalid_founder_key");

    [Fact]
    public async Task A_missing_founder_key_is_a_wrong_one() =>
        (await relay.Post("/api/register", person.Asking(), person.Address)).ShouldBeRefused(400, "invalid_founder_key");

    [Fact]
    public async Task The_founder_key_is_checked_before_the_other_fields()
    {
        var body = new JsonObject { ["founder_key"] = "wrong-key-wrong-key" };
        (await relay.Post("/api/register", body, person.Address)).ShouldBeRefused(400, "invalid_founder_key");
    }

    [Theory]
    [InlineData("id")]
    [InlineData("display_name")]
    [InlineData("public_key")]
    public async Task A_required_field_may_be_neither_absent_nor_empty(string field)
    {
        var body = person.Founding();
        body[field] = "";
        (await relay.Post("/api/register", body, person.Address)).ShouldBeRefused(400, "missing_fields", "Missing required fields");
        body.Remove(field);
        (await relay.Post("/api/register", body, person.Address)).ShouldBeRefused(400, "missing_fields", "Missing required fields");
    }

    [Theory]
    [MemberData(nameof(BadValues.Identities), MemberType = typeof(BadValues))]
    public async Task An_unusable_id_name_or_key_is_refused(string field, string value, string why)
    {
        var body = person.Founding();
        body[field] = value;
        (await relay.Post("/api/register", body, person.Address)).ShouldBeRefused(400).Text("error").ShouldNotBeEmpty(why);
    }

    [Theory]
    [MemberData(nameof(BadValues.WrongTypes), MemberType = typeof(BadValues))]
    public async Task A_field_of_another_type_is_refused(string field, string json)
    {
        var body = person.Founding();
        body[field] = JsonNode.Parse(json);
        (await relay.Post("/api/register", body, person.Address)).ShouldBeRefused(400);
    }

    [Theory]
    [InlineData("1")]
    [InlineData("true")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    public async Task A_founder_key_of_another_type_is_refused(string json)
    {
        var body = person.Founding();
        body["founder_key"] = JsonNode.Parse(json);
        (await relay.Post("/api/register", body, person.Address)).ShouldBeRefused(400);
    }

    [Fact]
    public async Task Nobody_can_ask_to_join_before_there_is_a_founder() =>
        (await person.Asks()).ShouldBeRefused(400, "no_founder_yet");

    [Fact]
    public async Task Nobody_is_a_member_before_there_is_a_founder() =>
        (await person.Get("/api/members")).ShouldBeRefused(401, "member_not_found");
}
