using System.Collections.Concurrent;
using SecureChat.UnitTests.Circle.Names;
using Xunit.Abstractions;

namespace SecureChat.EnduranceTests.Hostile;

/// <summary>
/// Names against the real process: whatever Unicode's table of confusables makes of a member's name is refused, 5,000 of them; and over 200
/// names that people have, from over 20 scripts, are all taken, side by side.
/// </summary>
public class LookAlikeTests(ITestOutputHelper output)
{
    private const string Given = "Alice Cooper-O'Brien";
    private const int Forgeries = 5_000;
    private const int HonestOnes = 200;
    private const int Scripts = 20;

    [Fact]
    public async Task No_look_alike_of_a_member_gets_as_far_as_a_vote()
    {
        await using var relay = await RelayProcess.Run();
        var alice = await Founder(relay, Given);
        output.WriteLine($"ENDURANCE_SEED={Dice.SeedOfRun}");
        LookAlikes generator = new(Dice.SeedOfRun);
        HashSet<string> forged = [];
        while (forged.Count < Forgeries)
        {
            if (generator.Of(Given) is { } name)
            {
                forged.Add(name);
            }
        }

        ConcurrentDictionary<string, int> codes = [];
        await Parallel.ForEachAsync(forged, new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (name, _) =>
        {
            var answer = await new Person(relay, name: name).Asks();
            answer.Status.ShouldBe(400, $"{name} beside {Given}");
            codes.AddOrUpdate(answer.Json.Text("code"), 1, (_, count) => count + 1);
        });

        codes.Keys.ShouldBeSubsetOf(["display_name_taken", "invalid_display_name"]);
        codes["display_name_taken"].ShouldBeGreaterThan(Forgeries / 2, "most are names that somebody could have");
        (await alice.Get("/api/join-requests")).Json.GetProperty("requests").GetArrayLength().ShouldBe(0);
        output.WriteLine($"{forged.Count} look-alikes of {Given}: {string.Join(", ", codes.Select(code => $"{code.Value} {code.Key}"))}");
    }

    [Fact]
    public async Task Names_that_people_have_are_all_taken_side_by_side()
    {
        HonestNames.All.Count.ShouldBeGreaterThanOrEqualTo(HonestOnes);
        HonestNames.All.Select(honest => honest.Script).Distinct().Count().ShouldBeGreaterThanOrEqualTo(Scripts);
        await using var relay = await RelayProcess.Run();
        var founder = await Founder(relay, "Person 1");
        foreach (var (script, name) in HonestNames.All)
        {
            (await new Person(relay, name: name).Asks()).Status.ShouldBe(200, $"{name}, {script}");
        }

        // As it was sent, to the letter.
        (await founder.Get("/api/join-requests")).Json.GetProperty("requests").EnumerateArray().Select(request => request.Text("requester_name"))
            .ShouldBe(HonestNames.All.Select(honest => honest.Name));
        output.WriteLine($"{HonestNames.All.Count} names from {HonestNames.All.Select(honest => honest.Script).Distinct().Count()} scripts");
    }

    private static async Task<Person> Founder(RelayProcess relay, string name)
    {
        Person founder = new(relay, name: name);
        (await founder.Registers()).ShouldSucceed("success", "is_founder", "member_id");
        return founder;
    }
}
