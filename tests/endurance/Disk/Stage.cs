using SecureChat.EnduranceTests.Voting;

namespace SecureChat.EnduranceTests.Disk;

/// <summary>
/// A circle of two on a disk that can fail, and a script of changes that is played again and again: a stranger asks, is let in and
/// leaves, and the lock is closed and opened.
/// </summary>
internal sealed class Stage : IAsyncDisposable
{
    private const int MostScripts = 200;

    private readonly Circle circle;
    private readonly InterposedDisk disk;
    private readonly List<string> expected;
    private readonly HashSet<string> tried;
    private readonly Dictionary<string, Person> strangers = [];

    private Stage(Circle circle, InterposedDisk disk)
    {
        this.circle = circle;
        this.disk = disk;
        expected = [.. LedgerStory.In(circle.Relay.DataFolder).Lines.Where(line => !line.StartsWith(LedgerStory.Derived, StringComparison.Ordinal))];
        tried = [.. expected];
    }

    public int Acknowledged { get; private set; }

    public int Unavailable { get; private set; }

    public static async Task<Stage> Set()
    {
        RelayProcess relay = RelayProcess.Prepare();
        InterposedDisk interposed = InterposedDisk.Before(relay);
        await relay.Start();
        return new Stage(await Circle.FoundOn(relay, 2), interposed);
    }

    /// <summary>How often the script makes such a call.</summary>
    public async Task<int> CallsOfTheScript(InterposedDisk.Call call)
    {
        disk.Fail(call, int.MaxValue, 0);
        (await Play()).ShouldBe(0);
        ShouldBeWhatWasAnswered();
        return call == InterposedDisk.Call.Sync ? disk.Seen.Syncs : disk.Seen.Writes;
    }

    /// <summary>How often a start on what a kill has left makes such a call.</summary>
    public async Task<int> CallsOfAStart(InterposedDisk.Call call)
    {
        (await Play()).ShouldBe(0);
        await circle.Relay.Kill();
        disk.Fail(call, int.MaxValue, 0);
        await circle.Relay.Start();
        (await circle.Founder.Locks(false)).Status.ShouldBe(200); // what the writer does first is done
        return call == InterposedDisk.Call.Sync ? disk.Seen.Syncs : disk.Seen.Writes;
    }

    /// <summary>One call fails while the script is played.</summary>
    public async Task Fails(InterposedDisk.Call call, int which, int error, bool stops)
    {
        await using ClientSocket sender = await circle[0].Connects();
        await using ClientSocket reader = await circle[1].Connects();
        disk.Fail(call, which, error);
        int unavailable = 0;
        for (int times = 0; disk.Failed == 0; times++)
        {
            // Two votes in one transaction are fewer calls than two in two.
            times.ShouldBeLessThan(MostScripts, $"call {which} has to come");
            unavailable += await Play();
        }

        await circle.Passes(sender, reader);
        Unavailable += unavailable;

        // Of a script that ended with the failing call as its last, the next change says it.
        Answer next = await circle.Founder.Locks(false);
        if (stops)
        {
            next.ShouldBeRefused(503, "ledger_unavailable");
            await Restart();
        }
        else
        {
            next.Status.ShouldBe(200, $"call {which}: {next.Text}");
        }

        ShouldBeWhatWasAnswered();
        await TidyUp();
    }

    /// <summary>A call fails that does not come with every change.</summary>
    /// <returns>After how many changes it came.</returns>
    public async Task<int> FailsAtLast(InterposedDisk.Call call)
    {
        int before = Acknowledged;
        disk.Fail(call, 1, InterposedDisk.InputOutputError);
        for (int times = 0; disk.Failed == 0; times++)
        {
            times.ShouldBeLessThan(MostScripts, $"{call} has to come");
            await Play();
        }

        int changes = Acknowledged - before;
        (await circle.Founder.Locks(false)).ShouldBeRefused(503, "ledger_unavailable");
        await using ClientSocket sender = await circle[0].Connects();
        await using ClientSocket reader = await circle[1].Connects();
        await circle.Passes(sender, reader);
        await Restart();
        ShouldBeWhatWasAnswered();
        await TidyUp();
        return changes;
    }

    /// <summary>One call fails while the relay starts: it refuses, or runs. After a start without failures everything is there.</summary>
    public async Task StartsInSpiteOf(InterposedDisk.Call call, int which)
    {
        (await Play()).ShouldBe(0);
        await circle.Relay.Kill();
        disk.Fail(call, which, InterposedDisk.InputOutputError);
        try
        {
            await circle.Relay.Start();
            await circle.Founder.Locks(false);
            await circle.Relay.Kill();
        }
        catch (InvalidOperationException)
        {
            circle.Relay.Output.TrimEnd('\n').Split('\n')[^1].ShouldStartWith("The relay did not start: ");
        }

        disk.Heal();
        await circle.Relay.Start();
        ShouldBeWhatWasAnswered();
    }

    private async Task Restart()
    {
        disk.Heal();
        await circle.Relay.Kill();
        await circle.Relay.Start();
        (await circle.Founder.Locks(false)).Status.ShouldBe(200);
    }

    /// <summary>Plays the script; what was answered with 200 is expected from now on.</summary>
    /// <returns>How many changes were answered with 503. Nothing else is an answer.</returns>
    private async Task<int> Play()
    {
        Person stranger = circle.Stranger();
        strangers[stranger.Id] = stranger;
        int unavailable = 0;
        string? request = null;
        Answer asked = await stranger.Asks();
        if (Count(asked, $"ask {stranger.Id}"))
        {
            request = asked.Json.Text("request_id");
            Answer[] votes = await Task.WhenAll(circle.Members.Select(member => member.Votes(request, approved: true)));
            bool isIn = votes.Zip(circle.Members).Count(vote => Count(vote.First, $"vote {request} {vote.Second.Id} {true}")) == circle.Members.Count;
            if (isIn)
            {
                Count(await stranger.Delete($"/api/members/{stranger.Id}"), $"leave {stranger.Id}");
            }
        }

        Count(await circle.Founder.Locks(true), $"lock {circle.Founder.Id} {true}");
        Count(await circle.Founder.Locks(false), $"lock {circle.Founder.Id} {false}");
        return unavailable;

        bool Count(Answer answer, string what)
        {
            tried.Add(what);
            if (answer.Status == 200)
            {
                expected.Add(what);
                Acknowledged++;
                return true;
            }

            answer.ShouldBeRefused(503, "ledger_unavailable");
            unavailable++;
            return false;
        }
    }

    // A change that was refused because its sync failed may be there all the same, as a whole: nobody can say.
    private void ShouldBeWhatWasAnswered()
    {
        List<string> lines = LedgerStory.In(circle.Relay.DataFolder).Lines;
        Dictionary<string, int> told = lines.CountBy(line => line).ToDictionary();
        foreach ((string what, int times) in expected.CountBy(what => what))
        {
            told.GetValueOrDefault(what).ShouldBeGreaterThanOrEqualTo(what.StartsWith("lock", StringComparison.Ordinal) ? 1 : times, $"was answered and is lost: {what}");
        }

        lines.Where(line => !line.StartsWith(LedgerStory.Derived, StringComparison.Ordinal)).Except(tried).ShouldBeEmpty("nobody tried that");
    }

    private async Task TidyUp()
    {
        LedgerStory story = LedgerStory.In(circle.Relay.DataFolder);
        foreach (string request in story.Pending)
        {
            // One of them has not voted yet.
            foreach (Person member in circle.Members)
            {
                tried.Add($"vote {request} {member.Id} {false}");
                (await member.Votes(request, approved: false)).Status.ShouldBeOneOf(200, 400);
            }
        }

        foreach (string id in story.Members.Where(strangers.ContainsKey))
        {
            await strangers[id].Leaves();
            tried.Add($"leave {id}");
        }

        if (story.IsLocked)
        {
            (await circle.Founder.Locks(false)).Status.ShouldBe(200);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await circle.DisposeAsync();
        disk.Dispose();
    }
}
