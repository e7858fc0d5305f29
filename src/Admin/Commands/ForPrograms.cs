using System.CommandLine;

namespace SecureChat.Admin.Commands;

/// <summary>The option <c>--json</c>, which every command has.</summary>
internal static class ForPrograms
{
    /// <summary>Of a command that asks nothing.</summary>
    public static Option<bool> Option() => new("--json") { Description = "For programs." };

    /// <summary>Of a command that asks before it does anything: it must have been told not to.</summary>
    /// <param name="yes">The option that says so.</param>
    public static Option<bool> OptionWith(Option<bool> yes)
    {
        Option<bool> json = new("--json") { Description = "For programs; only with --yes." };
        json.Validators.Add(result =>
        {
            if (result.GetValue(json) && !result.GetValue(yes))
            {
                result.AddError("A program cannot be asked: --json goes with --yes.");
            }
        });
        return json;
    }
}
