namespace SecureChat.SystemTests;

/// <summary>The first member, who comes in once and without a vote.</summary>
public class FoundingTests
{
    [Fact]
    public async Task The_founder_key_makes_the_first_member()
    {
        await using var relay = await RelayProcess.Run();
        var founder = new Person(relay);
        var answer = (await founder.Registers()).ShouldSucceed("success", "is_founder", "member_id");
        answer.Flag("success").ShouldBeTrue();
        answer.Flag("is_founder").ShouldBeTrue();
        answer.Text("member_id").ShouldBe(founder.Id);

        var status = (await relay.Get("/api/status")).Json;
        status.Flag("founder_set").ShouldBeTrue();
        status.Number("member_count").ShouldBe(1);
        (await founder.Get("/api/members")).Json.GetProperty("members").One("id", founder.Id).Text("display_name").ShouldBe(founder.Name);
        var channel = (await founder.Get("/api/channels")).Json.GetProperty("channels").EnumerateArray().ShouldHaveSingleItem();
        channel.Text("id").ShouldBe("general");
        channel.Texts("member_ids").ShouldBe([founder.Id]);
    }

    [Fact]
    public async Task A_second_founder_is_refused_whatever_key_is_offered()
    {
        await using var circle = await Circle.Found(1);
        var second = circle.Stranger();
        (await second.Registers()).ShouldBeRefused(400, "founder_already_registered", "Founder already registered. Registration is closed.");
        (await second.Registers("some other key")).ShouldBeRefused(400, "founder_already_registered");
        (await circle.Founder.Registers()).ShouldBeRefused(400, "founder_already_registered");
    }

    [Fact]
    public async Task Founding_is_over_for_ever_whatever_the_setting_says_later()
    {
        await using var circle = await Circle.Found(1);
        await circle.Relay.Stop();
        circle.Relay.DeleteProjections();
        circle.Relay.Settings["FOUNDER_KEY"] = "an-entirely-different-founder-key";
        await circle.Relay.Start();
        (await circle.Stranger().Registers("an-entirely-different-founder-key")).ShouldBeRefused(400, "founder_already_registered");
        (await circle.Stranger().Registers()).ShouldBeRefused(400, "founder_already_registered");
    }

    [Fact]
    public async Task Founding_is_over_even_when_nobody_is_left()
    {
        await using var circle = await Circle.Found(1);
        await circle.Founder.Leaves();
        (await circle.Stranger().Registers()).ShouldBeRefused(400, "founder_already_registered");
        (await circle.Relay.Get("/api/status")).Json.Number("member_count").ShouldBe(0);
    }

    [Fact]
    public async Task Of_many_who_register_at_once_one_becomes_the_founder()
    {
        await using var relay = await RelayProcess.Run();
        var people = Enumerable.Range(0, 12).Select(_ => new Person(relay)).ToList();
        var answers = await Task.WhenAll(people.Select(person => person.Registers()));
        answers.Count(answer => answer.Status == 200).ShouldBe(1);
        foreach (var answer in answers.Where(answer => answer.Status != 200))
        {
            answer.ShouldBeRefused(400, "founder_already_registered");
        }

        (await relay.Get("/api/status")).Json.Number("member_count").ShouldBe(1);
    }

    [Fact]
    public async Task Without_a_setting_the_relay_makes_a_founder_key_and_deletes_it_once_used()
    {
        await using var relay = await RelayProcess.Run(("FOUNDER_KEY", null));
        var file = Path.Combine(relay.DataFolder, "founder.key");
        File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var key = (await File.ReadAllTextAsync(file)).Trim();
        key.Length.ShouldBeGreaterThanOrEqualTo(20);
        relay.Output.ShouldContain("founder.key");
        relay.Output.ShouldNotContain(key);

        var founder = new Person(relay);
        (await founder.Registers("not this key at all")).ShouldBeRefused(400, "invalid_founder_key");
        File.Exists(file).ShouldBeTrue();
        (await founder.Registers(key)).Status.ShouldBe(200);
        await Waiting.Until(() => !File.Exists(file), "founder.key is deleted");

        await relay.Restart();
        File.Exists(file).ShouldBeFalse();
    }

    [Fact]
    public async Task A_founder_key_that_was_made_survives_a_restart()
    {
        await using var relay = await RelayProcess.Run(("FOUNDER_KEY", null));
        var file = Path.Combine(relay.DataFolder, "founder.key");
        var key = (await File.ReadAllTextAsync(file)).Trim();
        await relay.Kill();
        await relay.Start();
        (await File.ReadAllTextAsync(file)).Trim().ShouldBe(key);
        (await new Person(relay).Registers(key)).Status.ShouldBe(200);
    }
}
