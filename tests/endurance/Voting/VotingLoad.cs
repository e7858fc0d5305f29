using System.Collections.Concurrent;
using System.Diagnostics;

namespace SecureChat.EnduranceTests.Voting;

/// <summary>Something that somebody wanted to change.</summary>
/// <param name="What">In the words of <see cref="LedgerStory"/>.</param>
/// <param name="Answer">200 or the status of a refusal; null when no answer came, so that it may have happened or not.</param>
/// <param name="AnsweredAt">Nanoseconds of the monotonic clock, which all processes of a machine share.</param>
internal sealed record Attempt(string What, int? Answer, long AnsweredAt);

/// <summary>
/// Strangers ask, the members of a circle vote, the newcomers leave again and a lock comes and goes, all at once, until told to stop or
/// until the relay is gone. What everybody was answered is kept.
/// </summary>
internal sealed class VotingLoad(Circle circle)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly ConcurrentQueue<Attempt> attempts = new();
    private readonly ConcurrentDictionary<string, Person> strangers = new();
    private readonly ConcurrentDictionary<string, bool> asked = new();

    /// <summary>Everything that was tried, but for founding the circle.</summary>
    public IReadOnlyCollection<Attempt> Attempts => attempts;

    public int Acknowledged => attempts.Count(attempt => attempt.Answer == 200);

    public int Unanswered => attempts.Count(attempt => attempt.Answer is null);

    /// <summary>Goes on until stopped, or until the relay does not answer any more.</summary>
    public Task Run(Dice dice, int askers, CancellationToken stop) => Task.WhenAll(
    [
        .. Enumerable.Range(0, askers).Select(_ => dice.Split()).Select(own => Task.Run(() => UntilGone(() => Newcomer(own), stop), CancellationToken.None)),
        Task.Run(() => UntilGone(Lock, stop), CancellationToken.None),
    ]);

    /// <summary>Waits until so many changes are acknowledged, on however busy a machine.</summary>
    public async Task Reaches(int changes)
    {
        long started = Stopwatch.GetTimestamp();
        while (Acknowledged < changes)
        {
            Stopwatch.GetElapsedTime(started).ShouldBeLessThan(Patience, $"{changes} changes, of which {Acknowledged} were acknowledged");
            await Task.Delay(5); // between two questions
        }
    }

    /// <summary>Whoever came in while nobody could finish leaves, whatever is pending is refused, and the lock is opened.</summary>
    public async Task TidyUp(LedgerStory story)
    {
        foreach (string request in story.Pending)
        {
            // Whoever has not voted yet.
            foreach (Person member in circle.Members)
            {
                await Vote(member, request, approve: false);
            }
        }

        foreach (string id in story.Members.Where(strangers.ContainsKey))
        {
            await Leave(strangers[id]);
        }

        if (story.IsLocked)
        {
            await Lock(false);
        }
    }

    /// <summary>
    /// What was answered with 200 stands in the story as often as it was, and nothing stands there that was refused or that nobody
    /// tried.
    /// </summary>
    public void ShouldBeTold(LedgerStory story)
    {
        Dictionary<string, int> told = story.Lines.CountBy(line => line).ToDictionary();
        foreach ((string what, int times) in attempts.Where(attempt => attempt.Answer == 200).CountBy(attempt => attempt.What))
        {
            told.GetValueOrDefault(what).ShouldBeGreaterThanOrEqualTo(times, $"was answered and is lost: {what}");
        }

        Dictionary<string, int> tried = attempts.Where(attempt => attempt.Answer is 200 or null).CountBy(attempt => attempt.What).ToDictionary();
        foreach ((string line, int times) in told.Where(line => !line.Key.StartsWith(LedgerStory.Derived, StringComparison.Ordinal) && !IsFounding(line.Key)))
        {
            times.ShouldBeLessThanOrEqualTo(tried.GetValueOrDefault(line), $"was refused, or never tried: {line}");
        }
    }

    // The circle was founded before anything was counted.
    private bool IsFounding(string line)
    {
        string[] words = line.Split(' ');
        return words[0] == "found" || (words[0] == "ask" && !strangers.ContainsKey(words[1])) || (words[0] == "vote" && !asked.ContainsKey(words[1]));
    }

    private static async Task UntilGone(Func<Task> act, CancellationToken stop)
    {
        try
        {
            while (!stop.IsCancellationRequested)
            {
                await act();
            }
        }
        catch (HttpRequestException)
        {
            // It was killed.
        }
    }

    private async Task Newcomer(Dice dice)
    {
        Person stranger = circle.Stranger();
        strangers[stranger.Id] = stranger;
        Answer answer = await Try($"ask {stranger.Id}", stranger.Asks);
        if (answer.Status != 200)
        {
            await Task.Delay(10); // the lock is closed for a moment
            return;
        }

        string request = answer.Json.Text("request_id");
        bool welcome = dice.Below(4) > 0;
        await Task.WhenAll(circle.Members.Select(member => Vote(member, request, welcome || member != circle.Founder)));

        // Others who are just members have a say, until they leave.
        string status;
        while ((status = await circle.Status(request)) == "pending")
        {
            await Task.Delay(1);
        }

        if (status == "approved")
        {
            // Whoever reads that he was let in is known; while the relay stops, he may be told that it is too late.
            (await Leave(stranger)).Status.ShouldBeOneOf(200, 503);
        }
    }

    private async Task Lock()
    {
        await Lock(true);
        await Lock(false);
        await Task.Delay(50);
    }

    private Task<Answer> Lock(bool locked) => Try($"lock {circle.Founder.Id} {locked}", () => circle.Founder.Locks(locked));

    private Task<Answer> Vote(Person member, string request, bool approve)
    {
        asked[request] = true;
        return Try($"vote {request} {member.Id} {approve}", () => member.Votes(request, approve));
    }

    private Task<Answer> Leave(Person member) => Try($"leave {member.Id}", () => member.Delete($"/api/members/{member.Id}"));

    private async Task<Answer> Try(string what, Func<Task<Answer>> call)
    {
        int? status = null;
        try
        {
            Answer answer = await call();
            status = answer.Status;
            return answer;
        }
        catch (Exception cut) when (cut is IOException or TaskCanceledException)
        {
            throw new HttpRequestException("The relay is gone.", cut);
        }
        finally
        {
            attempts.Enqueue(new Attempt(what, status, Stopwatch.GetTimestamp() * (1_000_000_000 / Stopwatch.Frequency)));
        }
    }
}
