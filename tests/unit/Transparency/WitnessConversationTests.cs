using SecureChat.Ledger.Transparency;

namespace SecureChat.UnitTests.Transparency;

/// <summary>
/// Nine requests of a log to a witness, in order, taken from the tests of a witness program; here a few lines of a witness are made
/// of the parsers and verifiers, to see that they tell its answers apart.
/// </summary>
public class WitnessConversationTests
{
    private static readonly System.Text.Json.JsonElement s_vectors = Vectors.Section("witness_add_checkpoint");
    private static readonly VerifierKey s_log = VerifierKey.Parse(s_vectors.Text("log_vkey")).Value;

    private Checkpoint _latest = new(s_log.Name, 0, MerkleHashing.EmptyRoot);

    [Fact]
    public void The_key_of_the_log_is_the_published_one()
    {
        s_log.Name.ShouldBe(s_vectors.Text("log_vkey_origin"));
        s_log.PublicKey.ToArray().ShouldBe(s_vectors.Hex("log_public_key_hex"));
    }

    [Fact]
    public void Every_request_is_judged_as_by_the_published_witness()
    {
        var requests = s_vectors.List("requests").ToList();
        requests.Count.ShouldBe(9);
        for (var i = 0; i < requests.Count; i++)
        {
            var (status, body) = Answer(Some.Utf8(requests[i].Text("body")));
            status.ShouldBe(Expected(i, (int)requests[i].Number("status")), $"request {i}");
            if (status == 409)
            {
                requests[i].Text("assert").ShouldBe($"body == {System.Text.Json.JsonSerializer.Serialize(body)}");
            }
        }
    }

    private static int Expected(int request, int published) => request switch
    {
        // The signature's base64 has padding bits that are not zero. The published witness decodes it all the same and then finds the
        // signature wrong, 403; signed notes are read here in canonical base64 only, so the body is no note at all.
        1 => 400,

        // The published witness is older than the rule that an origin it does not know gets 404.
        2 => 404,
        _ => published,
    };

    private (int Status, string Body) Answer(byte[] body)
    {
        if (!ConsistencyFile.Parse(body).TryGet(out var file, out var reason)
            || !SignedNote.Parse(Some.Utf8(file.Checkpoint)).TryGet(out var note, out reason)
            || !Checkpoint.Parse(note.Text).TryGet(out var checkpoint, out reason))
        {
            return (400, reason);
        }

        if (checkpoint.Origin != s_log.Name)
        {
            return (404, "unknown log");
        }

        if (note.Verify(s_log).Verdict != NoteVerdict.Verified)
        {
            return (403, "invalid signature");
        }

        if (file.OldSize > checkpoint.Size)
        {
            return (400, "the old size is larger");
        }

        if (file.OldSize != _latest.Size)
        {
            return (409, WitnessAnswer.FormatSize(_latest.Size));
        }

        if (!file.Proves(_latest.Root, checkpoint))
        {
            return (422, "consistency proof");
        }

        _latest = checkpoint;
        return (200, Cosignature.Sign(Some.Key("example.com/witness", 3), 1700000000, note.Text).Format());
    }
}
