using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace SecureChat.Admin.Commands;

/// <summary>What to type, under the help of each command.</summary>
internal static class Examples
{
    private static readonly Dictionary<string, string[]> ByCommand = new()
    {
        ["securechat-admin"] =
        [
            "securechat-admin status data                     a relay's folder, whether it runs or not",
            "securechat-admin verify ledger-of-monday.db      a copy of its ledger",
            "AUDIT_TOKEN=… securechat-admin history https://chat.example/",
        ],
        ["status"] = ["securechat-admin status", "securechat-admin status /srv/securechat --json"],
        ["history"] =
        [
            "securechat-admin history data --last 20",
            "securechat-admin history data --since 2026-01-01 --until 2026-01-31 --member Ada",
            "securechat-admin history data --type MemberAdmitted --type MemberLeft --format csv > members.csv",
            "securechat-admin history data | less",
        ],
        ["members"] = ["securechat-admin members data", "securechat-admin members data --at 2026-01-31", "securechat-admin members data --all --at 120"],
        ["requests"] = ["securechat-admin requests data", "securechat-admin requests data --at 2026-01-31T18:30"],
        ["diff"] = ["securechat-admin diff 2026-01-01 2026-01-31 data", "securechat-admin diff 120 now data", "securechat-admin diff 7d now data"],
        ["who-admitted"] = ["securechat-admin who-admitted Ada data", "securechat-admin who-admitted 17 https://chat.example/"],
        ["verify"] =
        [
            "securechat-admin verify data",
            "securechat-admin verify data --against checkpoint-of-monday --policy policy",
            "securechat-admin verify https://chat.example/ --policy policy",
        ],
        ["checkpoint"] = ["securechat-admin checkpoint data > checkpoint-of-monday"],
        ["proof"] = ["securechat-admin proof Ada -o ada.tlog-proof data", "securechat-admin proof 17 -o entry-17.tlog-proof data"],
        ["export"] = ["securechat-admin export data ledger-of-monday"],
        ["report"] = ["securechat-admin report data -o circle.html", "securechat-admin report https://chat.example/ -o circle.html --policy policy"],
        ["backup"] = ["securechat-admin backup /mnt/backup/ledger-of-monday.db", "securechat-admin backup /mnt/backup/ledger.db data --replace --json"],
        ["restore"] = ["securechat-admin restore /mnt/backup/ledger-of-monday.db data"],
        ["rebuild"] = ["securechat-admin rebuild data"],
        ["import"] = ["securechat-admin import /srv/old-server/data/securechat.db data", "securechat-admin import old.db data --origin chat.example/ledger --yes"],
        ["erase"] = ["securechat-admin erase Mallory data", "securechat-admin erase data --request 6f0c2f5e-1111-4c52-a306-b5bbf4ee2bd7"],
        ["accept-rollback"] = ["securechat-admin accept-rollback data", "securechat-admin accept-rollback data --checkpoint lost-checkpoint"],
        ["completion"] =
        [
            "source <(securechat-admin completion bash)                                              # in ~/.bashrc",
            "securechat-admin completion zsh > \"${fpath[1]}/_securechat-admin\"",
            "securechat-admin completion fish > ~/.config/fish/completions/securechat-admin.fish",
        ],
    };

    /// <summary>Puts the examples under the help.</summary>
    public static void AddTo(RootCommand root)
    {
        HelpOption help = root.Options.OfType<HelpOption>().Single();
        help.Action = new HelpWithExamples((HelpAction)help.Action!);
    }

    private sealed class HelpWithExamples(HelpAction usual) : SynchronousCommandLineAction
    {
        public override int Invoke(ParseResult parseResult)
        {
            int code = usual.Invoke(parseResult);
            Command command = parseResult.CommandResult.Command;
            if (ByCommand.TryGetValue(command is RootCommand ? "securechat-admin" : command.Name, out string[]? lines))
            {
                TextWriter output = parseResult.InvocationConfiguration.Output;
                output.WriteLine("Examples:");
                foreach (string line in lines)
                {
                    output.WriteLine($"  {line}");
                }

                output.WriteLine();
            }

            return code;
        }
    }
}
