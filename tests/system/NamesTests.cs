namespace SecureChat.SystemTests;

/// <summary>Display names are unique among members and those who wait, as a person sees them.</summary>
public class NamesTests(CircleOfThree three) : IClassFixture<CircleOfThree>
{
    private const string Taken = "Display name already taken.";

    private readonly Circle circle = three.Circle;

    [Fact]
    public async Task The_name_of_a_member_is_taken() =>
        (await circle.Stranger(name: circle[1].Name).Asks()).ShouldBeRefused(400, "display_name_taken", Taken);

    [Theory]
    [InlineData("Zoë Straße", "zoë straße")]
    [InlineData("Zoë Quest", "  Zoë Quest  ")]
    [InlineData("Zoë Fuss", "Zoe\u0308 Fuss")]
    [InlineData("Zoe Wide", "Ｚｏｅ Wide")]
    [InlineData("Zoe File", "Zoe \uFB01le")]
    public async Task A_name_that_looks_the_same_is_taken_while_the_first_waits(string first, string second)
    {
        var request = await circle.Stranger(name: first).HasAsked();
        (await circle.Stranger(name: second).Asks()).ShouldBeRefused(400, "display_name_taken", Taken);
        await circle.Founder.Rejects(request);
    }

    [Fact]
    public async Task The_name_of_somebody_who_was_rejected_is_free_again()
    {
        await circle.Founder.Rejects(await circle.Stranger(name: "Second Chance").HasAsked());
        await circle.Founder.Rejects(await circle.Stranger(name: "Second Chance").HasAsked());
    }

    [Fact]
    public async Task Of_two_who_want_one_name_at_once_one_gets_it()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => circle.Stranger(name: "Wanted").Asks()));
        var request = answers.Where(answer => answer.Status == 200).ShouldHaveSingleItem().Json.Text("request_id");
        foreach (var answer in answers.Where(answer => answer.Status != 200))
        {
            answer.ShouldBeRefused(400, "display_name_taken");
        }

        await circle.Founder.Rejects(request);
    }
}
