using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using SecureChat.Ledger.Transparency;
using SecureChat.Tests.Shared;
using SecureChat.UnitTests.Transparency;
using SecureChat.Web.Witnesses;

namespace SecureChat.UnitTests.Witnesses;

/// <summary>A collector between a log and its witnesses, with everything that it does outwards waiting to be read in order.</summary>
internal sealed class Stage : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly HttpClient _http = CosignatureCollector.CreateHttpClient();
    private readonly Channel<(long Size, NoteSignature Signature)> _stored = Channel.CreateUnbounded<(long, NoteSignature)>();

    public Stage(GrowingLog log, params (string Name, StrictWitness Witness)[] witnesses)
        : this(log, Policy([.. witnesses.Select(witness => $"witness {witness.Name} {witness.Witness.Key.Format()} {witness.Witness.Url}")]))
    {
    }

    public Stage(GrowingLog log, string policy)
    {
        Log = log;
        PolicyText = policy;
        Store = (size, signature) =>
        {
            _stored.Writer.TryWrite((size, signature));
            return Task.CompletedTask;
        };
        Collector = new CosignatureCollector(
            WitnessPolicy.Parse(Some.Utf8(policy)).Value,
            new WitnessedLog(log.Newest, log.ConsistencyProof, (size, signature) => Store(size, signature)),
            _http,
            Clock,
            random: () => 0,
            Lines);
    }

    public GrowingLog Log { get; }

    /// <summary>The policy's file.</summary>
    public string PolicyText { get; }

    public WatchedClock Clock { get; } = new();

    public RecordedLines Lines { get; } = new();

    public CosignatureCollector Collector { get; }

    /// <summary>What keeps a cosignature; may be replaced by something that fails.</summary>
    public Func<long, NoteSignature, Task> Store { get; set; }

    /// <summary>Whether something was stored that nobody has looked at yet.</summary>
    public bool HasStored => _stored.Reader.TryPeek(out _);

    public static string Policy(params string[] lines) => $"log {Some.LogKey.VerifierKey.Format()}\n{string.Join('\n', lines)}\nquorum none\n";

    public void Append(int entries = 1) => Collector.Appended(Log.Append(entries));

    public async Task<(long Size, NoteSignature Signature)> NextStoredAsync() => await _stored.Reader.ReadAsync().AsTask().WaitAsync(s_patience);

    /// <summary>Waits until a witness is left alone for a while, lets that while pass, and says how long it was.</summary>
    public async Task<TimeSpan> NextDelayAsync()
    {
        var delay = await Clock.NextDelayAsync();
        Clock.Advance(delay);
        return delay;
    }

    public async ValueTask DisposeAsync()
    {
        await Collector.DisposeAsync().AsTask().WaitAsync(s_patience);
        _http.Dispose();
    }
}

/// <summary>Time that a test moves, and that says when somebody begins to wait for it.</summary>
internal sealed class WatchedClock : FakeTimeProvider
{
    /// <summary>How long a witness may take to answer; timers of that length are time-outs, all others delays.</summary>
    public static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(5);

    private readonly Channel<TimeSpan> _delays = Channel.CreateUnbounded<TimeSpan>();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        if (dueTime != AnswerWithin)
        {
            _delays.Writer.TryWrite(dueTime);
        }

        return timer;
    }

    public async Task<TimeSpan> NextDelayAsync() => await _delays.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30));
}

/// <summary>Log lines, to be read one after the other.</summary>
internal sealed class RecordedLines : ILogger
{
    private readonly Channel<(LogLevel Level, string Text)> _lines = Channel.CreateUnbounded<(LogLevel, string)>();

    public bool IsEmpty => !_lines.Reader.TryPeek(out _);

    public async Task<(LogLevel Level, string Text)> NextAsync() => await _lines.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30));

    /// <summary>The lines that were there already.</summary>
    public IEnumerable<(LogLevel Level, string Text)> Rest()
    {
        while (_lines.Reader.TryRead(out var line))
        {
            yield return line;
        }
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _lines.Writer.TryWrite((logLevel, formatter(state, exception)));
}
