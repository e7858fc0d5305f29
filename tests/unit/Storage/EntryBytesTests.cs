using System.Text;
using SecureChat.Ledger.Circle;
using SecureChat.Ledger.Storage;
using SecureChat.Ledger.Transparency;

namespace SecureChat.UnitTests.Storage;

/// <summary>The bytes of ledger format section 6, written out.</summary>
public class EntryBytesTests
{
    private const string Nonce = "+/v7+/v7+/v7+/v7+/v7+w==";
    private const string LongNonce = "+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/s=";

    [Fact]
    public void FounderRegistered_is_written_as_the_format_says() => Json(new FounderRegistered(SomeEntry.Ann)).ShouldBe(
        $$"""{"addenda":["profile","keys"],"event":"FounderRegistered","nonce":"{{Nonce}}","t":1790000000123,"v":1}""");

    [Fact]
    public void RequestSubmitted_is_written_as_the_format_says() => Json(new RequestSubmitted("r-1", 1_790_172_800_123, SomeEntry.Ann)).ShouldBe(
        $$"""{"addenda":["profile","keys"],"event":"RequestSubmitted","expires":1790172800123,"nonce":"{{Nonce}}","request":"r-1","t":1790000000123,"v":1}""");

    [Fact]
    public void VoteCast_is_written_as_the_format_says() => Json(new VoteCast("r-1", 7, Approve: true)).ShouldBe(
        $$"""{"approve":true,"event":"VoteCast","nonce":"{{Nonce}}","request":"r-1","t":1790000000123,"v":1,"voter":7}""");

    [Fact]
    public void MemberAdmitted_is_written_as_the_format_says() => Json(new MemberAdmitted("r-1")).ShouldBe(
        $$"""{"event":"MemberAdmitted","nonce":"{{Nonce}}","request":"r-1","t":1790000000123,"v":1}""");

    [Fact]
    public void RequestRejected_is_written_as_the_format_says() => Json(new RequestRejected("r-1", 9)).ShouldBe(
        $$"""{"event":"RequestRejected","nonce":"{{Nonce}}","request":"r-1","t":1790000000123,"v":1,"vote":9}""");

    [Fact]
    public void RequestExpired_is_written_as_the_format_says() => Json(new RequestExpired("r-1")).ShouldBe(
        $$"""{"event":"RequestExpired","nonce":"{{Nonce}}","request":"r-1","t":1790000000123,"v":1}""");

    [Fact]
    public void MemberLeft_is_written_as_the_format_says() => Json(new MemberLeft(3)).ShouldBe(
        $$"""{"event":"MemberLeft","member":3,"nonce":"{{Nonce}}","t":1790000000123,"v":1}""");

    [Fact]
    public void RequestsLockChanged_is_written_as_the_format_says() => Json(new RequestsLockChanged(3, Locked: false)).ShouldBe(
        $$"""{"event":"RequestsLockChanged","locked":false,"member":3,"nonce":"{{Nonce}}","t":1790000000123,"v":1}""");

    [Fact]
    public void Without_addenda_a_zero_follows_the_JSON()
    {
        var entry = SomeEntry.Of(new MemberLeft(3));
        entry.Bytes[^2].ShouldBe((byte)'}');
        entry.Bytes[^1].ShouldBe((byte)0);
        entry.Addenda.ShouldBeEmpty();
        entry.LeafHash.ShouldBe(MerkleHashing.Leaf(entry.Bytes));
    }

    [Fact]
    public void Digests_offsets_and_number_of_the_addenda_follow_the_JSON()
    {
        var entry = SomeEntry.Of(new FounderRegistered(SomeEntry.Ann));
        int end = Array.LastIndexOf(entry.Bytes[..^73], (byte)'}') + 1;
        entry.Bytes.Length.ShouldBe(end + 64 + 8 + 1);
        entry.Bytes[end..(end + 32)].ShouldBe(entry.Addenda[0].Digest.Bytes.ToArray());
        entry.Bytes[(end + 32)..(end + 64)].ShouldBe(entry.Addenda[1].Digest.Bytes.ToArray());
        entry.Bytes[(end + 64)..].ShouldBe([0, 0, 0, (byte)end, 0, 0, 0, (byte)(end + 32), 2]);
        entry.Addenda.Select(addendum => addendum.Name).ShouldBe(["profile", "keys"]);
    }

    [Fact]
    public void A_profile_is_written_as_the_format_says() =>
        Text(Addendum.Write(new Profile("a.b_c-1", "<Ann> \"O'Hara\" & \u00c9ve+"), SomeEntry.Fixed)).ShouldBe(
            $$"""{"display_name":"<Ann> \"O'Hara\" & Éve+","kind":"securechat-profile/v1","member_id":"a.b_c-1","nonce":"{{LongNonce}}"}""");

    [Fact]
    public void Keys_are_written_without_the_PEM_that_can_be_made_from_them() =>
        Text(Addendum.Write(SomeEntry.Ann.Keys! with { Curve25519 = "BQ+/" }, SomeEntry.Fixed)).ShouldBe(
            $$"""{"curve25519":"BQ+/","kind":"securechat-keys/v1","nonce":"{{LongNonce}}","rsa_spki":"{{SomeEntry.Ann.Keys!.RsaSpki}}"}""");

    [Fact]
    public void Keys_are_written_with_any_other_PEM() =>
        Text(Addendum.Write(SomeEntry.Ann.Keys! with { PublicKey = "A\r\nB" }, SomeEntry.Fixed)).ShouldBe(
            $$"""{"curve25519":"","kind":"securechat-keys/v1","nonce":"{{LongNonce}}","public_key":"A\r\nB","rsa_spki":"{{SomeEntry.Ann.Keys!.RsaSpki}}"}""");

    [Fact]
    public void Every_nonce_is_drawn_anew()
    {
        byte next = 0;
        var entry = Entry.Write(new FounderRegistered(SomeEntry.Ann), SomeEntry.Time, destination => destination.Fill(next++));
        next.ShouldBe((byte)3);
        string[] nonces = [Encoding.UTF8.GetString(entry.Bytes), .. entry.Addenda.Select(Text)];
        nonces[0].ShouldContain("\"nonce\":\"AAAAAAAAAAAAAAAAAAAAAA==\"");
        nonces[1].ShouldContain("\"nonce\":\"AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=\"");
        nonces[2].ShouldContain("\"nonce\":\"AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI=\"");
    }

    // From the sample circle of the format's test vectors, which other programs wrote and check. Its entries with proofs, and
    // those of erasures, are of events in a form that this version does not write.
    [Theory]
    [InlineData(
        "eyJldmVudCI6Ik1lbWJlckFkbWl0dGVkIiwibm9uY2UiOiJ1ci9wWWMybWZydTA2YU4xTU1uYzF3PT0iLCJyZXF1ZXN0IjoiMTExMTExMTEtMT"
        + "ExMS00MTExLTgxMTEtMTExMTExMTExMTExIiwidCI6MTc2NzIyNTYwNDAwMCwidiI6MX0A",
        "WW4TOWXp7eAIm1fwu9gL6xNWrEyHlq6eSIzDJE9ekNU=")]
    [InlineData(
        "eyJldmVudCI6Ik1lbWJlckFkbWl0dGVkIiwibm9uY2UiOiJsSmtGV1RzOTR1cncwWkVDUDdXUHJRPT0iLCJyZXF1ZXN0IjoiMjIyMjIyMjItMj"
        + "IyMi00MjIyLTgyMjItMjIyMjIyMjIyMjIyIiwidCI6MTc2NzIyNTYwODAwMCwidiI6MX0A",
        "zQjVw97T2jDd2Nsd6sTE3Qkr0+7WX9MCviyCAeFYcts=")]
    [InlineData(
        "eyJhZGRlbmRhIjpbInByb2ZpbGUiLCJrZXlzIl0sImV2ZW50IjoiUmVxdWVzdFN1Ym1pdHRlZCIsImV4cGlyZXMiOjE3NjczOTg0MDgwMDAsIm"
        + "5vbmNlIjoiclgvb3d5OXlUcGZjOWU1V1U1TlZmdz09IiwicmVxdWVzdCI6IjMzMzMzMzMzLTMzMzMtNDMzMy04MzMzLTMzMzMzMzMzMzMzMyIs"
        + "InQiOjE3NjcyMjU2MDkwMDAsInYiOjF9hckvk0mRItVOpevllzyWnxEl/SADiXyUasVk+6lVFGsyYpULYegEY9Qas/h5PajHKlEu7C1PNYtxW7"
        + "bMxjj9DQAAAL0AAADdAg==",
        "uTzkWllj0ELHrjFGUF4WhhS+8Tn7AlYHx4S7ZJnAzII=")]
    [InlineData(
        "eyJldmVudCI6IlJlcXVlc3RSZWplY3RlZCIsIm5vbmNlIjoiRUdrQ1U3L2cxSHRoY0I4elpCQi9LUT09IiwicmVxdWVzdCI6IjMzMzMzMzMzLT"
        + "MzMzMtNDMzMy04MzMzLTMzMzMzMzMzMzMzMyIsInQiOjE3NjcyMjU2MTEwMDAsInYiOjEsInZvdGUiOjl9AA==",
        "ht9CglzMlwaPJbXhCscTiz/mQp6+Ss2lZPVWmIjwhRA=")]
    public void Entries_that_another_program_wrote_are_read_and_written_to_the_same_bytes(string base64, string leafHash)
    {
        byte[] bytes = Convert.FromBase64String(base64);
        var (happened, time) = SomeEntry.Read(bytes);
        int length = bytes.Length - 1 - (36 * bytes[^1]);
        byte[] nonce = Convert.FromBase64String(
            System.Text.Json.JsonDocument.Parse(bytes.AsMemory(0, length)).RootElement.GetProperty("nonce").GetString()!);

        EntryJson.Write(happened, time, nonce).ShouldBe(bytes[..length]);
        MerkleHashing.Leaf(bytes).ToBase64().ShouldBe(leafHash);
    }

    private static string Json(CircleEvent happened)
    {
        byte[] bytes = SomeEntry.Of(happened).Bytes;
        return Encoding.UTF8.GetString(bytes, 0, bytes.Length - 1 - (36 * bytes[^1]));
    }

    private static string Text(Addendum addendum) => Encoding.UTF8.GetString(addendum.Bytes);
}
