using System.Globalization;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace SecureChat.EnduranceTests.Hostile;

/// <summary>Choices that come again with the same seed (SplitMix64). Each case has its own, so that it can be made again without those before it.</summary>
internal sealed class Chance(ulong seed)
{
    private ulong state = seed;

    /// <summary>How what was chosen is printed: with as few escapes as JSON allows.</summary>
    public static JsonSerializerOptions Readable { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The seed of this run: <c>ENDURANCE_SEED</c>, or a fresh one.</summary>
    public static ulong SeedOfRun { get; } = ulong.TryParse(Environment.GetEnvironmentVariable("ENDURANCE_SEED"), CultureInfo.InvariantCulture, out var given)
        ? given
        : BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8));

    /// <summary>The choices of one case of a run.</summary>
    public static Chance Of(ulong run, int number) => new(run ^ new Chance((ulong)number).Next());

    public int Below(int limit) => (int)((Next() >> 11) % (ulong)limit);

    /// <summary>Whether something happens that does so one time of many.</summary>
    public bool OneIn(int many) => Below(many) == 0;

    public T Pick<T>(IReadOnlyList<T> choices) => choices[Below(choices.Count)];

    private ulong Next()
    {
        var mixed = state += 0x9E3779B97F4A7C15;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return mixed ^ (mixed >> 31);
    }
}
