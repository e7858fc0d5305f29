using System.Text;
using SecureChat.Web;

namespace SecureChat.UnitTests.Web;

public class FilePagesTests
{
    private const string Program = "55d0c1a00000-55d0c1a21000 r-xp 00001000 fe:01 1234                       /app/SecureChat.Web";

    [Fact]
    public void Pages_that_only_the_file_has_can_be_unmapped() =>
        Found(Mapping(Program)).ShouldBe([(0x55d0c1a00000UL, 0x21000UL)]);

    [Fact]
    public void Constants_of_a_program_can_be_unmapped_like_its_code() =>
        Found(Mapping("7f0000000000-7f0000001000 r--p 00000000 fe:01 9   /usr/lib/x.so")).ShouldBe([(0x7f0000000000UL, 0x1000UL)]);

    [Fact]
    public void Pages_that_were_written_before_they_became_read_only_stay() =>
        Found(Mapping("7f0000000000-7f0000001000 r--p 00000000 fe:01 9   /usr/lib/x.so", anonymous: 4)).ShouldBeEmpty();

    [Fact]
    public void Pages_that_were_written_and_then_moved_to_the_swap_stay() =>
        Found(Mapping("7f0000000000-7f0000001000 r--p 00000000 fe:01 9   /usr/lib/x.so", swapped: 4)).ShouldBeEmpty();

    [Theory]
    [InlineData("7f0000000000-7f0000001000 rw-p 00000000 fe:01 9   /usr/lib/x.so")]
    [InlineData("7f0000000000-7f0000001000 r-xs 00000000 00:01 9   /memfd:doublemapper (deleted)")]
    [InlineData("7f0000000000-7f0000001000 r--p 00000000 00:00 0 ")]
    [InlineData("7ffc00000000-7ffc00002000 r-xp 00000000 00:00 0   [vdso]")]
    public void Memory_that_may_be_written_is_shared_or_has_no_file_stays(string mapping) =>
        Found(Mapping(mapping)).ShouldBeEmpty();

    [Fact]
    public void What_is_not_told_of_a_mapping_counts_as_written() =>
        Found($"{Program}\nSize: 132 kB\nAnonymous: 0 kB\n").ShouldBeEmpty();

    [Fact]
    public void Each_mapping_is_judged_by_what_stands_below_it()
    {
        string smaps = Mapping("1000-2000 r-xp 00000000 fe:01 9   /a", swapped: 4)
            + Mapping("2000-4000 r-xp 00000000 fe:01 9   /b")
            + Mapping("4000-5000 r-xp 00000000 fe:01 9   /c", anonymous: 4);
        Found(smaps).ShouldBe([(0x2000UL, 0x2000UL)]);
    }

    [Fact]
    public void A_text_of_many_mappings_is_read_piece_by_piece()
    {
        StringBuilder smaps = new();
        for (int i = 1; i <= 500; i++)
        {
            smaps.Append(Mapping($"{i:x}000-{i + 1:x}000 r-xp 00000000 fe:01 9   /usr/lib/{new string('x', i)}.so"));
        }

        Found(smaps.ToString()).ShouldBe([.. Enumerable.Range(1, 500).Select(i => ((ulong)(i * 0x1000), 0x1000UL))]);
    }

    private static string Mapping(string firstLine, int anonymous = 0, int swapped = 0) =>
        $"{firstLine}\nSize:                  4 kB\nPrivate_Clean:         4 kB\nAnonymous:      {anonymous,8} kB\nSwap:           {swapped,8} kB\n"
        + "SwapPss:               0 kB\nVmFlags: rd ex mr mw me\n";

    private static List<(ulong Start, ulong Length)> Found(string smaps)
    {
        List<(ulong Start, ulong Length)> found = [];
        FilePages.Find(new MemoryStream(Encoding.UTF8.GetBytes(smaps)), (start, length) => found.Add((start, length)));
        return found;
    }
}
