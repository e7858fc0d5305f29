using SecureChat.Ledger.Transparency;

namespace SecureChat.UnitTests.Transparency;

public class HashTests
{
    private const string EmptyBase64 = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
    private const string EmptyHex = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    [Fact]
    public void A_hash_is_read_and_written_in_both_alphabets()
    {
        Hash.Parse(EmptyBase64).Value.ShouldBe(MerkleHashing.EmptyRoot);
        Hash.ParseHex(EmptyHex).Value.ShouldBe(MerkleHashing.EmptyRoot);
        MerkleHashing.EmptyRoot.ToBase64().ShouldBe(EmptyBase64);
        MerkleHashing.EmptyRoot.ToHex().ShouldBe(EmptyHex);
        MerkleHashing.EmptyRoot.ToString().ShouldBe(EmptyBase64);
    }

    [Fact]
    public void Hashes_are_compared_by_their_bytes()
    {
        var bytes = MerkleHashing.EmptyRoot.Bytes.ToArray();
        (new Hash(bytes) == MerkleHashing.EmptyRoot).ShouldBeTrue();
        new Hash(bytes).GetHashCode().ShouldBe(MerkleHashing.EmptyRoot.GetHashCode());
        for (var i = 0; i < Hash.ByteLength; i++)
        {
            bytes[i] ^= 0x80;
            (new Hash(bytes) != MerkleHashing.EmptyRoot).ShouldBeTrue();
            bytes[i] ^= 0x80;
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU")]
    [InlineData("47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFV=")]
    [InlineData("47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU=")]
    [InlineData("47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFUA")]
    [InlineData("47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuA==")]
    [InlineData("47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n")]
    [InlineData(" 7DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=")]
    public void Only_canonical_base64_of_32_bytes_is_a_hash(string text) => Hash.Parse(text).TryGet(out _, out _).ShouldBeFalse();

    [Theory]
    [InlineData("")]
    [InlineData("E3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    [InlineData("g3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    [InlineData("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b8")]
    public void Only_lower_case_hexadecimal_of_32_bytes_is_a_hash(string text) => Hash.ParseHex(text).TryGet(out _, out _).ShouldBeFalse();

    [Fact]
    public void A_long_entry_has_the_same_hash_as_one_hashed_in_one_piece()
    {
        foreach (var length in (int[])[0, 1, 1022, 1023, 1024, 1025, 65_535])
        {
            var entry = new byte[length];
            Array.Fill(entry, (byte)7);
            MerkleHashing.Leaf(entry).Bytes.ToArray().ShouldBe(System.Security.Cryptography.SHA256.HashData([0, .. entry]));
        }
    }
}
