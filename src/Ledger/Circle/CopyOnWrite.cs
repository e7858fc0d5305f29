namespace SecureChat.Ledger.Circle;

/// <summary>
/// A collection that a state shares with the states copied from it for as long as neither changes it: a vote changes one collection of
/// six, and copying the others is most of what deciding it would cost.
/// </summary>
/// <remarks>
/// Several threads may share a state that was handed out, at once: they write the same true. It is never changed any more, which is why
/// none of them can find the collection half changed.
/// </remarks>
/// <param name="value">The collection.</param>
/// <param name="copy">Makes another one with the same content.</param>
internal struct CopyOnWrite<T>(T value, Func<T, T> copy)
    where T : class
{
    private T value = value;
    private bool isShared;

    /// <summary>The collection, for reading.</summary>
    public readonly T Value => value;

    /// <summary>The collection, for changing: copied first when somebody else has it, too.</summary>
    public T Own()
    {
        if (isShared)
        {
            value = copy(value);
            isShared = false;
        }

        return value;
    }

    /// <summary>The same collection for another state. Both copy it before they change it.</summary>
    public CopyOnWrite<T> Share()
    {
        isShared = true;
        return this;
    }
}
