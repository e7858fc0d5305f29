using SecureChat.Ledger.Transparency;
using SecureChat.Tests.Shared;
using SecureChat.UnitTests.Transparency;

namespace SecureChat.UnitTests.Witnesses;

/// <summary>The witness that the other tests talk to, itself tested: with the published conversation, and with what that leaves out.</summary>
public class StrictWitnessTests
{
    private static readonly System.Text.Json.JsonElement s_vectors = Vectors.Section("witness_add_checkpoint");

    [Fact]
    public async Task It_answers_the_published_conversation_over_http_as_the_published_witness_did()
    {
        var log = VerifierKey.Parse(s_vectors.Text("log_vkey")).Value;
        await using var witness = await StrictWitness.StartAsync("example.com/witness", log);
        var requests = s_vectors.List("requests").ToList();
        requests.Count.ShouldBe(9);
        for (var i = 0; i < requests.Count; i++)
        {
            var (status, contentType, body) = await PostAsync(witness, Some.Utf8(requests[i].Text("body")));

            // Two differ on purpose. 1: its signature's base64 has padding bits that are not zero, which is no signed note for us.
            // 2: the published witness is older than the rule that an unknown origin gets 404.
            status.ShouldBe(i switch { 1 => 400, 2 => 404, _ => (int)requests[i].Number("status") }, $"request {i}");
            if (status == 200)
            {
                body.ShouldContain("— example.com/witness ");
            }

            if (status is 409 or 422)
            {
                requests[i].Text("assert").ShouldBeOneOf($"body == {System.Text.Json.JsonSerializer.Serialize(body)}", $"body contains \"{body}\"");
            }

            if (status == 409)
            {
                contentType.ShouldBe("text/x.tlog.size");
            }
        }
    }

    [Fact]
    public async Task It_cosigns_with_a_key_of_type_04()
    {
        await using var witness = await StrictWitness.StartAsync("witness.example/w", Some.LogKey.VerifierKey);
        var head = GrowingLog.Of(3).Newest();
        var (status, _, body) = await PostAsync(witness, ConsistencyFile.Create(0, [], head.Note).Format());
        status.ShouldBe(200);
        witness.Key.Type.ShouldBe(SignatureType.Cosignature);
        witness.Key.Verify(head.Note.Text, SignedNote.ParseLines(body).Value.Single()).ShouldBeTrue();
    }

    [Fact]
    public async Task It_refuses_what_the_published_conversation_does_not_try()
    {
        await using var witness = await StrictWitness.StartAsync("witness.example/w", Some.LogKey.VerifierKey);
        var log = GrowingLog.Of(5);
        var head = log.Newest();
        witness.Sees(head, log.ConsistencyProof);

        var stranger = head.Checkpoint.Sign(SigningKey.FromSeed(Some.Origin, Some.Seed(9)));
        (await StatusAsync(witness, ConsistencyFile.Create(5, [], stranger).Format())).ShouldBe(403);
        (await StatusAsync(witness, ConsistencyFile.Create(6, [], head.Note).Format())).ShouldBe(400);
        (await StatusAsync(witness, Some.Utf8("nonsense"))).ShouldBe(400);
        (await StatusAsync(witness, ConsistencyFile.Create(5, [Some.Hash("more")], head.Note).Format())).ShouldBe(422);
        (await StatusAsync(witness, ConsistencyFile.Create(5, [], GrowingLog.Of(5, "other").Newest().Note).Format())).ShouldBe(409);
        (await StatusAsync(witness, ConsistencyFile.Create(5, [], head.Note).Format())).ShouldBe(200);
        witness.Latest.ShouldBe(head.Checkpoint);
    }

    private static async Task<int> StatusAsync(StrictWitness witness, byte[] body) => (await PostAsync(witness, body)).Status;

    private static async Task<(int Status, string? ContentType, string Body)> PostAsync(StrictWitness witness, byte[] body)
    {
        using var http = new HttpClient();
        using var response = await http.PostAsync(new Uri($"{witness.Url}/add-checkpoint"), new ByteArrayContent(body));
        return ((int)response.StatusCode, response.Content.Headers.ContentType?.MediaType, await response.Content.ReadAsStringAsync());
    }
}
