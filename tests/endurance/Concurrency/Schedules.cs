namespace SecureChat.EnduranceTests.Concurrency;

/// <summary>Something that one thread does to what is explored.</summary>
internal sealed record Step<TWorld>(string Name, Action<TWorld> Do);

/// <summary>What is done one after the other first, and then by several threads at once.</summary>
internal sealed record Plan<TWorld>(List<Step<TWorld>> First, List<List<Step<TWorld>>> Threads)
{
    public override string ToString() =>
        $"first {Names(First)}; then at once {string.Join(" and ", Threads.Select(Names))}";

    private static string Names(List<Step<TWorld>> steps) => $"[{string.Join(", ", steps.Select(step => step.Name))}]";
}

/// <summary>
/// Runs plans on real threads, held up at random places inside of the steps, and checks of each run that its outcome is that of some
/// order of its steps, one after the other (linearizability).
/// </summary>
/// <param name="real">What the threads work on, fresh for each plan.</param>
/// <param name="model">The same, for each order that is tried.</param>
/// <param name="outcome">Everything about it that must be explained by an order; asked for more than once.</param>
internal sealed class Schedules<TWorld>(Func<TWorld> real, Func<TWorld> model, Func<TWorld, string> outcome) : IDisposable
    where TWorld : IDisposable
{
    private const int MostThreads = 3;

    // Whoever is woken at the very moment at which it goes to sleep goes on on a thread of the pool, which may be late.
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(2);

    private readonly Barrier barrier = new(MostThreads);
    private readonly Exception?[] failures = new Exception?[MostThreads];
    private TWorld? current;
    private Plan<TWorld>? running;
    private ulong seed;

    /// <summary>The outcomes seen so far, and how often: many of them mean that the threads met.</summary>
    public Dictionary<string, int> Outcomes { get; } = [];

    /// <summary>Runs so many plans; gives the first that no order explains, or null.</summary>
    public Task<string?> ExploreAsync(int count, Dice dice, Func<Dice, Plan<TWorld>> make) =>
        // Not on a thread of the tests: their context would have what is woken go on somewhere else.
        Task.Factory.StartNew(() => Explore(count, dice, make), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    public void Dispose() => barrier.Dispose();

    private string? Explore(int count, Dice dice, Func<Dice, Plan<TWorld>> make)
    {
        // The other threads end when there is no plan any more.
        Thread[] threads = [.. Enumerable.Range(1, MostThreads - 1).Select(place => new Thread(() => Work(place)) { IsBackground = true })];
        foreach (var thread in threads)
        {
            thread.Start();
        }

        string? unexplained = null;
        for (var number = 0; number < count && unexplained is null; number++)
        {
            (running, seed) = (make(dice), dice.Next());
            unexplained = RunOnce(running) is { } seen ? $"plan {number}: {running}\ngave, unlike any order of it:\n{seen}" : null;
        }

        running = null;
        barrier.SignalAndWait();
        foreach (var thread in threads)
        {
            thread.Join();
        }

        return unexplained;
    }

    private string? RunOnce(Plan<TWorld> plan)
    {
        using var world = current = real();
        plan.First.ForEach(step => step.Do(world));
        barrier.SignalAndWait();
        Do(0);
        barrier.SignalAndWait();
        if (failures.FirstOrDefault(failure => failure is not null) is { } failed)
        {
            return failed.ToString();
        }

        var seen = "";
        var isExplained = SpinWait.SpinUntil(
            () =>
            {
                seen = outcome(world);
                return Orders(plan.Threads).Any(order => Explains(plan.First, order, seen));
            },
            Settled);
        Outcomes[seen] = Outcomes.GetValueOrDefault(seen) + 1;
        if (isExplained)
        {
            return null;
        }

        using var one = model();
        plan.First.Concat(plan.Threads.SelectMany(steps => steps)).ToList().ForEach(step => step.Do(one));
        return $"{seen}\none of the orders gives:\n{outcome(one)}";
    }

    private bool Explains(List<Step<TWorld>> first, List<Step<TWorld>> order, string seen)
    {
        using var world = model();
        first.ForEach(step => step.Do(world));
        order.ForEach(step => step.Do(world));
        return outcome(world) == seen;
    }

    private void Work(int place)
    {
        while (true)
        {
            barrier.SignalAndWait();
            if (running is null)
            {
                return;
            }

            Do(place);
            barrier.SignalAndWait();
        }
    }

    private void Do(int place)
    {
        if (place >= running!.Threads.Count)
        {
            return;
        }

        Nudge.Begin(seed + (ulong)place);
        try
        {
            foreach (var step in running.Threads[place])
            {
                Nudge.Here();
                step.Do(current!);
            }
        }
        catch (Exception failure)
        {
            failures[place] = failure;
        }

        Nudge.End();
    }

    // Every way to shuffle the threads' steps together that keeps the order of each thread.
    private static IEnumerable<List<Step<TWorld>>> Orders(List<List<Step<TWorld>>> threads)
    {
        if (threads.TrueForAll(steps => steps.Count == 0))
        {
            return [[]];
        }

        return Enumerable.Range(0, threads.Count).Where(place => threads[place].Count > 0).SelectMany(place =>
            Orders([.. threads.Select((steps, other) => other == place ? steps[1..] : steps)])
                .Select(rest => (List<Step<TWorld>>)[threads[place][0], .. rest]));
    }
}

/// <summary>Holds a thread up for a moment at places where others could get in between; without <see cref="Begin"/> it does nothing.</summary>
internal static class Nudge
{
    [ThreadStatic]
    private static Dice? dice;

    public static void Begin(ulong seed) => dice = new Dice(seed);

    public static void End() => dice = null;

    public static void Here()
    {
        switch (dice?.Below(6))
        {
            case 0:
                Thread.Yield();
                break;
            case 1:
                Thread.SpinWait(dice.Below(2_000));
                break;
        }
    }
}
