namespace SecureChat.FuzzTests;

/// <summary>
/// What a fuzzer starts from, and what one has found, is executed by every target: an input that is nothing to one reader is odd to
/// another. Fuzzing itself is <c>tests/fuzz/run</c>.
/// </summary>
public class CorpusTests
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "corpus");

    private static readonly byte[][] Corpus =
    [
        .. Target.All.SelectMany(target => target.Seeds()),
        .. Directory.EnumerateFiles(Folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(File.ReadAllBytes),
    ];

    public static TheoryData<string> Names => [.. Target.All.Where(target => target.Name != ControlTarget.Control.Name).Select(target => target.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Nothing_in_the_corpus_is_more_than_a_target_can_take(string name) => Crashes(Named(name)).ShouldBeEmpty();

    [Fact]
    public void A_planted_crash_is_found() => Crashes(ControlTarget.Control).ShouldHaveSingleItem().ShouldContain("The planted crash.");

    [Fact]
    public void Every_target_has_seeds_and_every_folder_a_target()
    {
        Target.All.ShouldAllBe(target => target.Seeds().Any());
        Directory.EnumerateDirectories(Folder).Select(Path.GetFileName).ShouldBeSubsetOf(Target.All.Select(target => target.Name));
    }

    // Also with every tail cut off, for what is not there is where readers stumble.
    private static List<string> Crashes(Target target)
    {
        List<string> crashes = [];
        foreach (byte[] input in Corpus)
        {
            bool own = target.Seeds().Any(seed => seed.AsSpan().SequenceEqual(input));
            int shortest = own ? Math.Max(0, input.Length - 2000) : input.Length;
            for (int length = input.Length; length >= shortest; length--)
            {
                try
                {
                    target.Execute(input[..length]);
                }
                catch (Exception crash)
                {
                    crashes.Add($"{target} at {Convert.ToBase64String(input[..length])}: {crash}");
                }
            }
        }

        return crashes;
    }

    private static Target Named(string name) => Target.All.Single(target => target.Name == name);
}
