using System.Security.Cryptography;

namespace SecureChat.EnduranceTests;

/// <summary>
/// Where a test's chances come from: ENDURANCE_SEED of the environment, or a fresh seed, which is printed so that a failure can be repeated.
/// SplitMix64, because the framework's generator promises no sequence.
/// </summary>
internal sealed class Seed
{
    private readonly Lock gate = new();
    private ulong state;

    private Seed(ulong state) => this.state = state;

    public static Seed Choose(Action<string> say)
    {
        uint seed = uint.TryParse(Environment.GetEnvironmentVariable("ENDURANCE_SEED"), out uint given)
            ? given
            : (uint)RandomNumberGenerator.GetInt32(int.MaxValue);
        say($"ENDURANCE_SEED={seed}");
        return new Seed(seed);
    }

    /// <summary>From 0 up to a limit, without it.</summary>
    public int Below(int limit) => (int)(Next() % (ulong)limit);

    public bool Flip() => Below(2) == 0;

    /// <summary>Chances of its own for somebody who takes them at the same time as others.</summary>
    public Seed Split() => new(Next());

    private ulong Next()
    {
        lock (gate)
        {
            ulong mixed = state += 0x9E3779B97F4A7C15;
            mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
            mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
            return mixed ^ (mixed >> 31);
        }
    }
}
