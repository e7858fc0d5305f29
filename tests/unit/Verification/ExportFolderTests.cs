using System.Buffers;
using SecureChat.Ledger.Circle;
using SecureChat.Ledger.Transparency;
using SecureChat.Ledger.Verification;
using SecureChat.UnitTests.Transparency;

namespace SecureChat.UnitTests.Verification;

/// <summary>A log as files, and every kind of damage to them: the verdict names the file and, where there is one, the entry.</summary>
public sealed class ExportFolderTests : IDisposable
{
    private const int Size = 300;
    private const string FirstBundle = "tile/entries/000";
    private const string LastBundle = "tile/entries/001.p/44";

    private static readonly SignedCircle s_circle = Long();

    private readonly string folder = Directory.CreateTempSubdirectory("securechat-").FullName;

    public ExportFolderTests() => Export(s_circle, folder);

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void The_undamaged_folder_is_accepted_with_the_grades_of_the_ledger()
    {
        List<long> told = [];
        var verdict = LogVerifier.Verify(ExportFolder.Source(folder), told.Add);
        verdict.Refusal.ShouldBeNull();
        verdict.Warnings.ShouldBeEmpty();
        verdict.Checkpoint.ShouldBe(SignedCircle.CheckpointOf(s_circle.Seen));
        verdict.Members.ShouldBe(s_circle.Verify().Members);
        told.ShouldBe([Size]);
    }

    [Theory]
    [InlineData("checkpoint")]
    [InlineData("policy")]
    [InlineData("tile/0/000")]
    [InlineData("tile/0/001.p/44")]
    [InlineData("tile/1/000.p/1")]
    [InlineData(FirstBundle)]
    [InlineData(LastBundle)]
    public void Every_file_that_is_missing_emptied_cut_longer_altered_or_no_file_is_named(string file)
    {
        byte[] content = File.ReadAllBytes(At(file));
        List<Action> damages =
        [
            () => File.Delete(At(file)),
            () => File.WriteAllBytes(At(file), []),
            () => File.WriteAllBytes(At(file), content[..^1]),
            () => File.WriteAllBytes(At(file), [.. content, 0]),
            () => File.WriteAllBytes(At(file), new byte[20_000_000]),
            () => { File.Delete(At(file)); Directory.CreateDirectory(At(file)); },
        ];
        foreach (int position in new[] { 0, 1, content.Length / 2, content.Length - 1 })
        {
            damages.Add(() => File.WriteAllBytes(At(file), Altered(content, position)));
        }

        foreach (var damage in damages)
        {
            damage();
            string refusal = Refusal(out _);
            refusal.ShouldContain(file is "tile/0/000" ? "000" : file is "tile/0/001.p/44" ? "001.p/44" : file);
            Restore(file, content);
        }

        LogVerifier.Verify(ExportFolder.Source(folder)).Accepted.ShouldBeTrue();
    }

    [Fact]
    public void Every_altered_byte_of_the_entries_names_the_entry_that_it_lies_in()
    {
        byte[] bundle = File.ReadAllBytes(At(LastBundle));
        var entries = EntryBundle.Parse(bundle, 44).Value;
        int position = 0;
        for (int index = 0; index < 3; index++)
        {
            position += sizeof(ushort);
            foreach (int within in new[] { 0, entries[index].Length / 3, entries[index].Length - 1 })
            {
                File.WriteAllBytes(At(LastBundle), Altered(bundle, position + within));
                Refusal(out long? entry).ShouldContain($"Entry {256 + index} in {LastBundle}");
                entry.ShouldBe(256 + index);
            }

            // Another nonce: a good entry, but not this one.
            int nonce = position + entries[index].Span.IndexOf("\"nonce\":\""u8) + 12;
            byte[] other = [.. bundle];
            other[nonce] = other[nonce] == 'A' ? (byte)'B' : (byte)'A';
            File.WriteAllBytes(At(LastBundle), other);
            Refusal(out _).ShouldBe($"Entry {256 + index} in {LastBundle}: its bytes do not have the leaf hash that is stored for it.");
            position += entries[index].Length;
        }
    }

    [Fact]
    public void A_bundle_and_its_tile_altered_together_do_not_have_the_root_that_was_signed()
    {
        var other = Long(lastLock: true);
        Export(other, folder);
        File.WriteAllBytes(At("checkpoint"), s_circle.Checkpoint());
        Refusal(out _).ShouldBe($"Entry {Size - 1}, or one before it, is not the one that was signed: the first {Size} entries do not have the root of the checkpoint.");
    }

    [Fact]
    public void An_addendum_that_is_altered_too_large_or_a_folder_names_entry_and_file()
    {
        string file = ExportFolder.AddendumPath(s_circle.Entries[1].Addenda[0].Digest);
        byte[] content = File.ReadAllBytes(At(file));
        File.WriteAllBytes(At(file), Altered(content, 20));
        Refusal(out long? entry).ShouldBe($"Entry 1 in {FirstBundle}: The file {file} is not the document of its digest.");
        entry.ShouldBe(1);
        File.WriteAllBytes(At(file), new byte[2_000_000]);
        Refusal(out _).ShouldContain(file);
        File.Delete(At(file));
        Directory.CreateDirectory(At(file));
        Refusal(out _).ShouldContain(file);
        Directory.Delete(At(file));
        var verdict = LogVerifier.Verify(ExportFolder.Source(folder));
        verdict.Accepted.ShouldBeTrue();
        verdict.Warnings.ShouldHaveSingleItem().ShouldStartWith("Entry 1:");
    }

    [Fact]
    public void A_folder_that_is_not_there_is_a_verdict_and_no_stack() =>
        LogVerifier.Verify(ExportFolder.Source(At("nowhere"))).Refusal.ShouldBe("The file policy is missing.");

    [Fact]
    public void The_policy_of_an_auditor_stands_above_the_one_in_the_folder()
    {
        var other = WitnessPolicy.OfLog(Some.Key(Some.Origin, 5).VerifierKey);
        LogVerifier.Verify(ExportFolder.Source(folder, other)).Refusal!.ShouldContain("not signed by a log that the policy accepts");
    }

    [Theory]
    [InlineData("""{"event":"MemberAdmitted","nonce":"AAAAAAAAAAAAAAAAAAAAAA==","request":null,"t":1,"v":1}""")]
    [InlineData("""{"event":"Unheard","nonce":"AAAAAAAAAAAAAAAAAAAAAA==","t":1,"v":1}""")]
    [InlineData("""{"event":"MemberAdmitted","address":"1.2.3.4","nonce":"AAAAAAAAAAAAAAAAAAAAAA==","request":"x","t":1,"v":1}""")]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("""{"erased":[null],"event":"AddendaErased","leaf":9007199254740991,"nonce":"AAAAAAAAAAAAAAAAAAAAAA==","t":1,"v":1}""")]
    public void An_entry_of_any_nonsense_under_a_signed_tree_is_named(string json)
    {
        byte[] nonsense = [.. Some.Utf8(json), 0];
        CompactRange tree = new();
        tree.Append(s_circle.Entries[0].LeafHash);
        tree.Append(MerkleHashing.Leaf(nonsense));
        byte[] checkpoint = new Checkpoint(Some.Origin, 2, tree.Root()).Sign(Some.LogKey).Format();
        var source = s_circle.Source() with
        {
            Checkpoint = () => checkpoint,
            Entries = _ => [new StoredEntry(s_circle.Entries[0].Bytes, null, "a file"), new StoredEntry(nonsense, null, "a file")],
        };
        var verdict = LogVerifier.Verify(source);
        verdict.Refusal.ShouldNotBeNull();
        verdict.Refusal.ShouldStartWith("Entry 1 in a file: ");
        verdict.BadEntry.ShouldBe(1);
    }

    [Fact]
    public void A_log_without_entries_is_accepted()
    {
        var verdict = new SignedCircle().Verify();
        verdict.Refusal.ShouldBeNull();
        verdict.Members.ShouldBeEmpty();
        verdict.Events.ShouldBeEmpty();
    }

    /// <summary>A circle whose members lock and open it until it fills a tile and a part of the next one.</summary>
    private static SignedCircle Long(bool lastLock = false)
    {
        var circle = SignedCircle.Of("bob");
        while (circle.Entries.Count < Size - 1)
        {
            circle.Lock("bob", locked: circle.Entries.Count % 2 == 0, signed: circle.Entries.Count % 16 == 0);
        }

        circle.Write(new RequestsLockChanged(0, lastLock));
        return circle;
    }

    private static void Export(SignedCircle circle, string folder)
    {
        Write("checkpoint", circle.Checkpoint());
        Write("policy", WitnessPolicy.OfLog(Some.LogKey.VerifierKey).Format());
        TreeNodes nodes = new();
        circle.Entries.ForEach(entry => nodes.Append(entry.LeafHash));
        foreach (var tile in Tiles.OfTree(circle.Entries.Count))
        {
            Write(tile.Format(), Tiles.Content(tile, nodes.Read));
        }

        foreach (var tile in Tiles.BundlesOfTree(circle.Entries.Count))
        {
            ArrayBufferWriter<byte> bundle = new();
            foreach (var entry in circle.Entries.Skip((int)tile.Index * TilePath.FullWidth).Take(tile.Width))
            {
                EntryBundle.Append(bundle, entry.Bytes);
            }

            Write(tile.Format(), bundle.WrittenSpan.ToArray());
        }

        foreach (var (digest, bytes) in circle.Addenda)
        {
            Write(ExportFolder.AddendumPath(digest), bytes);
        }

        void Write(string path, byte[] bytes)
        {
            string whole = Path.Combine(folder, path);
            Directory.CreateDirectory(Path.GetDirectoryName(whole)!);
            File.WriteAllBytes(whole, bytes);
        }
    }

    private static byte[] Altered(byte[] content, int position)
    {
        byte[] altered = [.. content];
        altered[position] ^= 1;
        return altered;
    }

    private string At(string path) => Path.Combine(folder, path);

    private void Restore(string file, byte[] content)
    {
        if (Directory.Exists(At(file)))
        {
            Directory.Delete(At(file));
        }

        File.WriteAllBytes(At(file), content);
    }

    private string Refusal(out long? entry)
    {
        var verdict = LogVerifier.Verify(ExportFolder.Source(folder));
        verdict.Refusal.ShouldNotBeNull();
        verdict.Members.ShouldBeEmpty();
        verdict.Events.ShouldBeEmpty();
        entry = verdict.BadEntry;
        return verdict.Refusal;
    }
}
