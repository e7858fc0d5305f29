using System.Globalization;
using System.Text;

namespace SecureChat.Ledger.Circle.Names;

/// <summary>
/// Whether this process can compare names at all. Under invariant globalization, or without the ICU library,
/// <c>Normalize</c> gives back what it got: every rule here would seem to hold and let look-alikes in.
/// </summary>
public static class UnicodeSelfCheck
{
    /// <summary>What is wrong, as one sentence for the operator, or null. To be asked once, at the start.</summary>
    public static string? Problem() => Problem(static (text, form) => text.Normalize(form));

    internal static string? Problem(Func<string, NormalizationForm, string> normalize)
    {
        if (!Normalizes(normalize))
        {
            return "Display names cannot be compared: Unicode normalization does nothing in this process. "
                + "Install the ICU library (libicu) and unset DOTNET_SYSTEM_GLOBALIZATION_INVARIANT.";
        }

        if (StringInfo.GetNextTextElementLength(Family) != Family.Length)
        {
            return "Display names cannot be measured: this .NET runtime does not keep emoji sequences together. Use .NET 10 or newer.";
        }

        return NameKeys.FoldCase("Stra\u00DFe") == "strasse" && NameKeys.Of("p\u0430ypal").ClashesWith(NameKeys.Of("PayPal"))
            ? null
            : "Display names cannot be compared: the Unicode tables in this program are damaged. Install it again.";
    }

    private const string Family = "\U0001F468\u200D\U0001F469\u200D\U0001F467\u200D\U0001F466";

    private static bool Normalizes(Func<string, NormalizationForm, string> normalize) =>
        normalize("\uFB01\uFF21", NormalizationForm.FormKC) == "fiA"
        && normalize("e\u0301", NormalizationForm.FormKC) == "\u00E9"
        && normalize("\u1112\u1161\u11AB", NormalizationForm.FormKC) == "\uD55C"
        && normalize("\u00C5", NormalizationForm.FormD) == "A\u030A";
}
