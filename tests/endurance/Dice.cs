using System.Security.Cryptography;
using Xunit.Abstractions;

namespace SecureChat.EnduranceTests;

/// <summary>
/// Chances that can be repeated: the seed comes from <c>ENDURANCE_SEED</c>, otherwise it is fresh, and it is told either way.
/// The generator is SplitMix64.
/// </summary>
internal sealed class Dice(ulong seed)
{
    private ulong state = seed;

    /// <summary>Dice with the seed of this run.</summary>
    public static Dice Of(ITestOutputHelper output)
    {
        var seed = ulong.TryParse(Environment.GetEnvironmentVariable("ENDURANCE_SEED"), out var given)
            ? given
            : BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8));
        output.WriteLine($"ENDURANCE_SEED={seed}");
        return new Dice(seed);
    }

    /// <summary>A number from 0 up to, and without, this one.</summary>
    public int Below(int count) => (int)(Next() % (ulong)count);

    public T OneOf<T>(IReadOnlyList<T> all) => all[Below(all.Count)];

    public ulong Next()
    {
        var mixed = state += 0x9E3779B97F4A7C15;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return mixed ^ (mixed >> 31);
    }
}
