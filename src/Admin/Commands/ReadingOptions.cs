using System.CommandLine;
using SecureChat.Admin.History;
using SecureChat.Admin.Sources;

namespace SecureChat.Admin.Commands;

/// <summary>What every reading command is given: which ledger, whose it must be, whether it is verified first, and for whom the answer is.</summary>
internal sealed class ReadingOptions
{
    private const string TokenVariable = "AUDIT_TOKEN";

    private readonly Argument<string> path = new("PATH")
    {
        Description = $"A data folder, a ledger.db or a copy of one, an exported folder, or the address of a relay (https://…). Without it: the folder of {FolderArgument.Variable}, or else data.",
        Arity = ArgumentArity.ZeroOrOne,
        DefaultValueFactory = _ => FolderArgument.Default(),
    };

    private readonly Option<string?> token = new("--token")
    {
        HelpName = "TOKEN",
        Description = $"The audit token of the relay. Better in the environment variable {TokenVariable}, where other users of the machine do not see it.",
    };

    private readonly Option<string?> policy = new("--policy")
    {
        HelpName = "FILE",
        Description = "Whose ledger it must be, as a tlog-policy: without it, the key that is found with the ledger.",
    };

    private readonly Option<string> verify = new("--verify")
    {
        HelpName = "auto|always|never",
        Description = $"Whether the ledger is verified before it is shown: auto does so up to {Reading.ShortLedger} entries.",
        DefaultValueFactory = _ => "auto",
    };

    private readonly Option<bool> json = ForPrograms.Option();

    private static readonly Dictionary<string, WhenToVerify> Choices = new()
    {
        ["auto"] = WhenToVerify.Auto,
        ["always"] = WhenToVerify.Always,
        ["never"] = WhenToVerify.Never,
    };

    /// <summary>Whether the answer is for a program.</summary>
    public bool IsJson(ParseResult line) => line.GetValue(json);

    /// <summary>Adds them to a command, behind its own.</summary>
    /// <param name="command">The command.</param>
    /// <param name="verifies">Whether it leaves the choice to verify.</param>
    public void AddTo(Command command, bool verifies = true)
    {
        command.Add(path);
        command.Add(token);
        command.Add(policy);
        if (verifies)
        {
            verify.AcceptOnlyFromAmong([.. Choices.Keys]);
            command.Add(verify);
        }

        command.Add(json);
    }

    /// <summary>Which ledger is meant.</summary>
    public LogArgument Ledger(ParseResult line) =>
        new(line.GetRequiredValue(path), line.GetValue(token) ?? AuditToken(), LogPlace.Policy(line.GetValue(policy)));

    /// <summary>Reads the ledger, as it was asked for.</summary>
    public Reading Read(ParseResult line, Terminal terminal) =>
        ReadableLog.Read(Ledger(line), log => Reading.Of(log, When(line), terminal));

    /// <summary>Whether the ledger is to be verified first.</summary>
    public WhenToVerify When(ParseResult line) => Choices[line.GetRequiredValue(verify)];

    private static string? AuditToken() => Environment.GetEnvironmentVariable(TokenVariable) is { Length: > 0 } value ? value : null;
}
