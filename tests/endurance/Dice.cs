using System.Globalization;
using System.Security.Cryptography;
using Xunit.Abstractions;

namespace SecureChat.EnduranceTests;

/// <summary>
/// Chances that can be repeated, which several threads may take at once. SplitMix64, because the framework's generator promises no
/// sequence.
/// </summary>
internal sealed class Dice(ulong seed)
{
    private ulong state = seed;

    /// <summary>The seed of this run: <c>ENDURANCE_SEED</c>, or a fresh one. Whoever draws from it prints it, so that a failure can be repeated.</summary>
    public static ulong SeedOfRun { get; } = ulong.TryParse(Environment.GetEnvironmentVariable("ENDURANCE_SEED"), CultureInfo.InvariantCulture, out var given)
        ? given
        : BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8));

    /// <summary>Dice with the seed of this run, which is printed.</summary>
    public static Dice Of(ITestOutputHelper output)
    {
        output.WriteLine($"ENDURANCE_SEED={SeedOfRun}");
        return new Dice(SeedOfRun);
    }

    /// <summary>Dice for one case of many, so that it can be made again without those before it.</summary>
    public static Dice Of(ulong run, int number) => new(run ^ new Dice((ulong)number).Next());

    /// <summary>A number from 0 up to, and without, this one.</summary>
    public int Below(int count) => (int)(Next() % (ulong)count);

    public bool Flip() => Below(2) == 0;

    /// <summary>Whether something happens that does so one time of many.</summary>
    public bool OneIn(int many) => Below(many) == 0;

    public T OneOf<T>(IReadOnlyList<T> all) => all[Below(all.Count)];

    /// <summary>Dice of one's own, beside others who throw theirs at the same time.</summary>
    public Dice Split() => new(Next());

    public ulong Next()
    {
        var mixed = Interlocked.Add(ref state, 0x9E3779B97F4A7C15);
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return mixed ^ (mixed >> 31);
    }
}
