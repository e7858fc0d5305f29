using System.Threading.Tasks.Sources;

namespace SecureChat.Web.Relay;

/// <summary>
/// Wakes one task on the thread that gives the signal, any number of times, without allocating. Whoever uses it makes sure
/// that <see cref="Reset"/>, <see cref="Set"/> and <see cref="WaitAsync"/> take turns.
/// </summary>
internal sealed class InlineSignal : IValueTaskSource
{
    private ManualResetValueTaskSourceCore<bool> core;

    /// <summary>Makes ready for the next signal.</summary>
    public void Reset() => core.Reset();

    /// <summary>Gives the signal, and runs whoever waits for it.</summary>
    public void Set() => core.SetResult(true);

    /// <summary>Waits for the signal after the last <see cref="Reset"/>.</summary>
    public ValueTask WaitAsync() => new(this, core.Version);

    void IValueTaskSource.GetResult(short token) => core.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => core.GetStatus(token);

    void IValueTaskSource.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        core.OnCompleted(continuation, state, token, flags);
}
