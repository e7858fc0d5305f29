using SecureChat.Ledger.Circle.Names;

namespace SecureChat.FuzzTests;

/// <summary>Display names: whatever text comes is judged, and has keys to be compared by.</summary>
internal static class NameTarget
{
    public static Target Names => new("display-name", Read, () => new[] { "Ada", "Zoë Straße", "علی\u200Cرضا", "👩🏽\u200D🚀 Mae", "A\u0301\u0301" }.Select(Target.Bytes));

    private static void Read(byte[] input)
    {
        // Halves of surrogate pairs, too, which no decoder of UTF-8 makes.
        string text = Target.Text(input).Replace('~', '\uD83D');
        NameKeys keys = NameKeys.Of(text);
        Target.Must(keys.ClashesWith(NameKeys.Of(text)), "a name clashes with itself");
        if (DisplayName.TryAccept(text, out NameKeys? accepted, out DisplayNameProblem? problem))
        {
            Target.Must(accepted == keys && keys.Folded.Length > 0, "an accepted name has something to be compared by");
        }
        else
        {
            Target.Must(problem.Sentence.Length > 0, "a refusal says why");
        }
    }
}
