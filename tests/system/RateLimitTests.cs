namespace SecureChat.SystemTests;

/// <summary>Too many attempts from one address are 429 for that address only.</summary>
public class RateLimitTests
{
    [Fact]
    public async Task Twenty_wrong_founder_keys_a_minute_are_enough()
    {
        await using var relay = await RelayProcess.Run();
        var (guesser, founder) = (new Person(relay), new Person(relay));
        for (var guess = 0; guess < 20; guess++)
        {
            (await guesser.Registers($"wrong-founder-key-{guess}")).ShouldBeRefused(400, "invalid_founder_key");
        }

        var refused = await guesser.Registers("wrong-founder-key-20");
        refused.ShouldBeRefused(429);
        ShouldSayWhen(refused);
        // Not even the right key is looked at now, so that guessing on teaches nothing.
        (await guesser.Registers()).ShouldBeRefused(429);
        (await founder.Registers()).Status.ShouldBe(200);
    }

    [Fact]
    public async Task The_public_endpoints_are_limited_for_each_address()
    {
        const int Limit = 10;
        await using var circle = await Circle.Found(1, ("RATE_LIMIT_PER_MINUTE", $"{Limit}"));
        var answers = new List<Answer>();
        // The minute may turn once while we are asking.
        while (answers.Count <= 2 * Limit && answers.LastOrDefault()?.Status != 429)
        {
            answers.Add(await circle.Relay.Get("/api/status", from: "192.0.2.1"));
        }

        answers.Count.ShouldBeGreaterThan(Limit);
        answers[..^1].ShouldAllBe(answer => answer.Status == 200);
        answers[^1].ShouldBeRefused(429);
        ShouldSayWhen(answers[^1]);

        (await circle.Relay.Get("/api/status", from: "192.0.2.2")).Status.ShouldBe(200);
        for (var count = 0; count < 3 * Limit; count++)
        {
            (await circle.Founder.Get("/api/members")).Status.ShouldBe(200);
        }
    }

    private static void ShouldSayWhen(Answer answer) =>
        answer.Headers.RetryAfter.ShouldNotBeNull().Delta.ShouldNotBeNull().TotalSeconds.ShouldBeInRange(1, 60);
}
