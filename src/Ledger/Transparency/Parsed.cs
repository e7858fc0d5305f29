using System.Diagnostics.CodeAnalysis;

namespace SecureChat.Ledger.Transparency;

/// <summary>Why bytes were not accepted: one sentence, which never repeats what the bytes said.</summary>
/// <param name="Reason">The sentence, without a final full stop.</param>
public readonly record struct Invalid(string Reason);

/// <summary>
/// What a strict parser gives back: the value, or the sentence that says what is wrong with the bytes.
/// Bytes of strangers are asked with <see cref="TryGet"/>. Bytes of our own, where only corruption can make them invalid,
/// are read with <see cref="Value"/>.
/// </summary>
/// <typeparam name="T">What the bytes stand for.</typeparam>
[SuppressMessage("Usage", "CA2225", Justification = "The conversions exist so that a parser can return either thing as it is.")]
public readonly struct Parsed<T>
    where T : notnull
{
    private readonly T? _value;
    private readonly string? _reason;

    private Parsed(T? value, string? reason)
    {
        _value = value;
        _reason = reason;
    }

    /// <summary>The value.</summary>
    /// <exception cref="FormatException">The bytes were invalid; the message is the sentence.</exception>
    public T Value => TryGet(out T? value, out string? reason) ? value : throw new FormatException(reason);

    /// <summary>The value if the bytes were valid, otherwise the sentence.</summary>
    public bool TryGet([NotNullWhen(true)] out T? value, [NotNullWhen(false)] out string? reason)
    {
        value = _value;
        reason = _reason ?? (_value is null ? "nothing was parsed" : null);
        return reason is null;
    }

    /// <summary>A valid value.</summary>
    public static implicit operator Parsed<T>(T value) => new(value, reason: null);

    /// <summary>A refusal.</summary>
    public static implicit operator Parsed<T>(Invalid invalid) => new(value: default, invalid.Reason);
}
