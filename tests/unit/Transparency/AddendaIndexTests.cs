using System.Buffers;
using SecureChat.Ledger.Transparency;

namespace SecureChat.UnitTests.Transparency;

public class AddendaIndexTests
{
    [Fact]
    public void Published_entries_give_their_digests_or_are_refused()
    {
        var cases = Vectors.Section("addenda_index").List("cases").ToList();
        cases.Count.ShouldBe(10);
        foreach (var vector in cases)
        {
            var isMalformed = vector.TryGetProperty("malformed", out _);
            AddendaIndex.Parse(vector.Hex("entry_hex")).TryGet(out var index, out _).ShouldBe(!isMalformed, vector.Text("entry_hex"));
            if (!isMalformed)
            {
                index!.Digests.ShouldBe(vector.HexHashes("digests_hex"));
            }
        }
    }

    [Fact]
    public void Digests_directly_before_the_index_tell_where_the_JSON_ends()
    {
        foreach (var count in (int[])[0, 1, 3, 255])
        {
            Hash[] digests = [.. Enumerable.Range(0, count).Select(i => Some.Hash($"{i}"))];
            var entry = new ArrayBufferWriter<byte>();
            entry.Write("{}"u8);
            AddendaIndex.Append(entry, 2, digests);
            var index = AddendaIndex.Parse(entry.WrittenSpan).Value;
            index.Digests.ShouldBe(digests);
            index.JsonLength.ShouldBe(2);
            index.ContentLength.ShouldBe(2 + (32 * count));
        }

        Should.Throw<ArgumentOutOfRangeException>(() => AddendaIndex.Append(new ArrayBufferWriter<byte>(), 0, new Hash[256]));
    }

    [Fact]
    public void Digests_that_stand_elsewhere_are_found_but_the_entry_is_none_of_ours()
    {
        byte[] content = [.. Some.Hash("a").Bytes, .. Some.Hash("b").Bytes];
        AddendaIndex.Parse([.. content, 0, 0, 0, 32, 0, 0, 0, 0, 2]).Value.JsonLength.ShouldBeNull();
        AddendaIndex.Parse([.. content, 0, 0, 0, 0, 1]).Value.JsonLength.ShouldBeNull();
        AddendaIndex.Parse([.. content, 0, 0, 0, 0, 0, 0, 0, 0, 2]).Value.JsonLength.ShouldBeNull();
        AddendaIndex.Parse([.. content, 0, 0, 0, 0, 0, 0, 0, 32, 2]).Value.JsonLength.ShouldBe(0);
        AddendaIndex.Parse([.. content, 0xFF, 0xFF, 0xFF, 0xFF, 1]).TryGet(out _, out _).ShouldBeFalse();

        // Three overlapping digests in content too short for three: the start would be negative.
        AddendaIndex.Parse([.. content, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3]).Value.JsonLength.ShouldBeNull();
    }
}
