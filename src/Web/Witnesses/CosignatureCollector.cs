using SecureChat.Ledger.Transparency;

namespace SecureChat.Web.Witnesses;

/// <summary>
/// Shows each new checkpoint to the witnesses of a policy and collects what they cosign (C2SP tlog-witness), beside the relay's work:
/// no append, and no other witness, waits for one that is slow, away or hostile.
/// </summary>
public sealed class CosignatureCollector : IAsyncDisposable
{
    private static readonly TimeSpan AnswerAtStartWithin = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(15);

    private readonly WitnessedLog source;
    private readonly List<WitnessLoop> loops;
    private readonly CancellationTokenSource stopping = new();
    private Task running = Task.CompletedTask;

    /// <summary>Prepares; nothing is sent before <see cref="AskNewestAsync"/> or <see cref="Start"/>. Witnesses without a URL are left alone.</summary>
    /// <param name="policy">Whom to ask, and with which keys to verify; see <see cref="Problem"/>.</param>
    /// <param name="source">What to show and where to store.</param>
    /// <param name="http">From <see cref="CreateHttpClient"/>; stays the caller's.</param>
    /// <param name="clock">For time-outs and delays.</param>
    /// <param name="random">From 0 (inclusive) to 1 (exclusive), to spread retries; called from several threads.</param>
    /// <param name="log">Gets names of witnesses and sizes, nothing else.</param>
    /// <exception cref="ArgumentException">The policy has a <see cref="Problem"/>.</exception>
    public CosignatureCollector(
        WitnessPolicy policy, WitnessedLog source, HttpClient http, TimeProvider clock, Func<double> random, ILogger log)
    {
        if (Problem(policy) is { } problem)
        {
            throw new ArgumentException(problem, nameof(policy));
        }

        this.source = source;
        loops = [.. policy.Witnesses.Where(witness => witness.Url is not null).Select(Loop)];

        WitnessLoop Loop(PolicyWitness witness)
        {
            AddCheckpoint call = new(http, AddCheckpointUrl(witness.Url!)!, clock);
            WitnessConversation conversation = new(witness, call, source.ConsistencyProof);
            return new WitnessLoop(witness.Name, conversation, source, clock, random, log);
        }
    }

    /// <summary>Why a policy cannot be used here, as a sentence for whoever wrote it; null when it can.</summary>
    public static string? Problem(WitnessPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        return policy.Witnesses.FirstOrDefault(witness => witness.Url is { } url && AddCheckpointUrl(url) is null) is { } wrong
            ? $"the URL of witness {wrong.Name} is not an http or https address without query, fragment and password"
            : null;
    }

    /// <summary>A client as it should be towards witnesses: it follows nobody elsewhere, keeps no cookies, and looks names up again now and then.</summary>
    public static HttpClient CreateHttpClient() => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        ActivityHeadersPropagator = null,
        PooledConnectionLifetime = ConnectionLifetime,
    });

    /// <summary>
    /// Asks every witness, all at once and for at most five seconds, what it makes of our newest checkpoint. To be called before
    /// <see cref="Start"/>: a ledger of which one <see cref="WitnessOutcome.KnowsNewer"/>, or that <see cref="WitnessOutcome.Diverged"/>
    /// from what one saw, is not the one to go on with.
    /// </summary>
    /// <returns>One report for each witness with a URL, in the policy's order.</returns>
    public async Task<IReadOnlyList<WitnessReport>> AskNewestAsync(CancellationToken cancel) =>
        await Task.WhenAll(loops.Select(loop => loop.AskAsync(AnswerAtStartWithin, cancel)));

    /// <summary>Starts the loops, which begin with whatever is newest now. To be called once.</summary>
    public void Start()
    {
        long size = source.Newest().Checkpoint.Size;
        running = Task.WhenAll(loops.Select(loop => Task.Run(() => loop.RunAsync(stopping.Token))));
        Appended(size);
    }

    /// <summary>Says that a checkpoint was committed; returns at once, from any thread, whether started or not.</summary>
    /// <param name="size">Its number of entries.</param>
    public void Appended(long size)
    {
        foreach (WitnessLoop loop in loops)
        {
            loop.Appended(size);
        }
    }

    /// <summary>Breaks off whatever is under way; a cosignature that arrives too late comes again after the next start.</summary>
    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await running;
        stopping.Dispose();
    }

    private static Uri? AddCheckpointUrl(string prefix) =>
        Uri.TryCreate($"{prefix.TrimEnd('/')}/add-checkpoint", UriKind.Absolute, out Uri? url)
        && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps)
        && url is { UserInfo: "", Query: "", Fragment: "" }
            ? url
            : null;
}
